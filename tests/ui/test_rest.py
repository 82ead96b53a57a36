"""A window in which nothing happens does nothing: no painting, no laying out, no time taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.core.models import FileFamily, ModelFile, ModelState
from app.ui.window import Window

MODEL = ModelFile(Path("a.gguf"), "Starwright demo", FileFamily.GGUF, 6_700_000)
_WORK = (QEvent.Type.Paint, QEvent.Type.LayoutRequest, QEvent.Type.UpdateRequest)


class Watch(QObject):
    """Counts what the widgets of the program are made to do."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: Counter[str] = Counter()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _WORK and isinstance(watched, QWidget):
            self.seen[f"{type(watched).__name__} {event.type().name}"] += 1
        return False


@pytest.fixture
def watch(qapp: QApplication) -> Iterator[Watch]:
    watch = Watch()
    qapp.installEventFilter(watch)
    yield watch
    qapp.removeEventFilter(watch)


@pytest.mark.parametrize("width", [820, 900, 1000, 1100, 1200, 1440])
def test_a_window_at_rest_rests(qtbot: QtBot, theme: object, watch: Watch, width: int) -> None:
    window = Window(lambda: None)
    qtbot.addWidget(window)
    window.resize(width, 700)
    window.show()
    window.model_picker.set_models([MODEL], memory_bytes=10**10)
    window.model_picker.show_model(MODEL, ModelState.READY)
    qtbot.wait(300)
    for _ in range(60):  # a busy machine may take long to come to rest
        watch.seen.clear()
        qtbot.wait(300)
        if watch.seen.total() < 10:
            break
    assert watch.seen.total() < 10, watch.seen.most_common(5)
