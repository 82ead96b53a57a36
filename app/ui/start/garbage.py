"""Garbage is collected where Qt's objects may die: on the window's thread."""

from __future__ import annotations

import gc
from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

COLLECT_EVERY_MS = 2000


def collect_here(window: QWidget) -> QTimer:
    """Collect garbage on the GUI thread only: elsewhere it would destroy Qt objects there."""
    gc.collect()
    gc.freeze()
    gc.disable()
    timer = QTimer(window, interval=COLLECT_EVERY_MS)
    timer.timeout.connect(partial(gc.collect, 1))
    timer.start()
    return timer
