"""Garbage is collected where Qt's objects may die: on the window's thread.

What is young is looked through every two seconds. What survived that is looked through as a whole,
which takes about a millisecond for a thousand objects: at once where they are few, as after a chat
was closed, and else when nobody uses the window. What stood before the first paint stays for good
and is never looked through.
"""

from __future__ import annotations

import gc
import time

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

COLLECT_EVERY_MS = 2000
WHOLE_EVERY_S = 30.0
LONGEST_WAIT_S = 600.0
"""After so long without a pause it is looked through all the same."""
FEW = 8_000
"""Objects; to look through them takes some 10 ms."""


class Collector(QObject):
    """Collects on the thread it was made on, until `stop`."""

    def __init__(
        self,
        window: QWidget,
        *,
        every_ms: int = COLLECT_EVERY_MS,
        whole_every_s: float = WHOLE_EVERY_S,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._whole_every_s = whole_every_s
        self._whole_at = time.monotonic()
        self._timer = QTimer(self, interval=every_ms)
        self._timer.timeout.connect(self._collect)
        self._timer.start()

    def stop(self) -> None:
        """Collect no more."""
        self._timer.stop()

    def _collect(self) -> None:
        gc.collect(1)
        waited_s = time.monotonic() - self._whole_at
        if waited_s < self._whole_every_s:
            return
        old = len(gc.get_objects(generation=2))
        if may_look_through(old, waited_s, is_in_use=_is_in_use(self._window)):
            gc.collect()
            self._whole_at = time.monotonic()


def collect_here(window: QWidget) -> Collector:
    """Collect garbage on the GUI thread only: elsewhere it would destroy Qt objects there."""
    gc.collect()
    gc.freeze()
    gc.disable()
    return Collector(window)


def may_look_through(old: int, waited_s: float, *, is_in_use: bool) -> bool:
    """Tell whether to look through so many old objects now that so long was waited."""
    return old <= FEW or not is_in_use or waited_s >= LONGEST_WAIT_S


def _is_in_use(window: QWidget) -> bool:
    is_active = QGuiApplication.applicationState() is Qt.ApplicationState.ApplicationActive
    return is_active and window.isVisible() and not window.isMinimized()
