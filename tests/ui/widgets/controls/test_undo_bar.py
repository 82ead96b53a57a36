"""Undo stays while one needs it, and can be found afterwards."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.ui.widgets.controls import undo_bar
from app.ui.widgets.controls.elided import Elided
from app.ui.widgets.controls.undo_bar import UndoBar


@pytest.fixture
def bar(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[UndoBar]:
    monkeypatch.setattr(undo_bar, "SHOWN_MS", 150)
    monkeypatch.setattr(undo_bar, "SHOWN_AFTER_MS", 100)
    window, made = QWidget(), UndoBar()
    column = QVBoxLayout(window)
    column.addWidget(made)
    column.addStretch()
    qtbot.addWidget(window)
    window.resize(400, 200)
    window.show()
    qtbot.waitExposed(window)
    point(window, QPoint(200, 190))
    yield made  # noqa: PT022 - the window is kept as long


def point(window: QWidget, place: QPoint) -> None:
    QCursor.setPos(window.mapToGlobal(place))
    QTest.mouseMove(window.windowHandle(), place)


def test_it_stays_for_half_a_minute() -> None:
    assert undo_bar.SHOWN_MS == 30_000


def test_it_goes_by_itself_but_not_under_the_pointer(
    bar: UndoBar, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    bar.offer("Chat “a” deleted.", lambda: None)
    qtbot.waitUntil(bar.isHidden)
    monkeypatch.setattr(undo_bar, "SHOWN_MS", 1000)  # time to point at it on a busy machine
    bar.offer("Chat “b” deleted.", lambda: None)
    qtbot.wait(1)
    point(bar.window(), bar.mapTo(bar.window(), bar.rect().center()))
    qtbot.wait(1200)
    assert bar.isVisible()
    point(bar.window(), QPoint(200, 190))
    qtbot.waitUntil(bar.isHidden)


def test_what_is_out_of_sight_can_still_be_undone_once(bar: UndoBar, qtbot: QtBot) -> None:
    undone: list[str] = []
    for name in "abc":
        bar.offer(f"Chat “{name}” deleted.", lambda name=name: undone.append(name))  # type: ignore[misc]
    assert [done.text for done in bar.kept] == [f"Chat “{name}” deleted." for name in "cba"]
    first = bar.kept[-1]
    bar.undo(first)
    bar.undo(first)
    assert undone == ["a"]
    assert bar.isVisible()  # it still offers to undo the last
    qtbot.mouseClick(bar.findChild(QPushButton, "undo"), Qt.MouseButton.LeftButton)
    assert undone == ["a", "c"]
    assert bar.isHidden()
    assert len(bar.kept) == 1


def test_a_long_sentence_gives_way_and_undo_stays_whole(bar: UndoBar, qtbot: QtBot) -> None:
    bar.offer(f"Message “{'words ' * 20}” deleted.", lambda: None)
    text, undo = bar.findChild(Elided), bar.findChild(QPushButton)
    assert bar.window().width() == 400
    qtbot.waitUntil(lambda: text.geometry().right() < undo.geometry().left())
    assert undo.geometry().right() <= bar.width()
