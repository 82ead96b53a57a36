"""Blocks of prose out of sight take their new heights when the window has time."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable

from PySide6.QtCore import QObject, QTimer

from app.ui.widgets.controls.parting import living
from app.ui.widgets.conversation.prose_block import ProseBlock

_SLICE_S = 0.005


class StaleBlocks(QObject):
    """Those blocks of a conversation that were laid out for another width, a slice at a time."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._blocks: deque[ProseBlock] = deque()
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._fit)

    def fit(self, blocks: Iterable[ProseBlock]) -> None:
        """Fit these, and no others that still wait."""
        self._blocks = deque(block for block in blocks if block.is_stale)
        self._timer.start()

    def forget(self) -> None:
        """Fit none: they leave the screen."""
        self._timer.stop()
        self._blocks.clear()

    def _fit(self) -> None:
        ends_at = time.perf_counter() + _SLICE_S
        while self._blocks and time.perf_counter() < ends_at:
            block = living(self._blocks.popleft())
            if block is not None and block.is_stale:
                block.fit()
        if not self._blocks:
            self._timer.stop()
