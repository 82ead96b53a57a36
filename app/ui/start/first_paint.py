"""Waits until the window stands: everything slow comes after its first paint."""

from __future__ import annotations

import asyncio
import logging
import time

import psutil
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

_log = logging.getLogger(__name__)


class FirstPaint(QObject):
    """Waits for the window's first paint and logs how long it took since the process began."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._done = asyncio.Event()
        window.installEventFilter(self)

    async def wait(self) -> None:
        """Return once the window was painted."""
        await self._done.wait()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See the first paint; never swallow anything."""
        if event.type() is QEvent.Type.Paint and not self._done.is_set():
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self._tell)
        return False

    def _tell(self) -> None:
        age_s = time.time() - psutil.Process().create_time()
        _log.info("First paint %.0f ms after the process began", age_s * 1000)
        self._done.set()
