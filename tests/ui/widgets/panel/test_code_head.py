"""A tab can be drawn out of the panel as a file, a selection as text."""

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QTextCursor
from PySide6.QtWidgets import QApplication

from app.ui.widgets.code.code_editor import CodeEditor
from app.ui.widgets.panel.code_head import file_mime
from app.ui.widgets.panel.code_panel import CodePanel

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton


@pytest.fixture
def panel(qtbot):
    widget = CodePanel()
    qtbot.addWidget(widget)
    widget.resize(500, 400)
    widget.show()
    for title, text in (("a.py", "one\n"), ("Größe 2.py", "two\n")):
        key = widget.open_tab(title, "python", ("#", ""))
        widget.append(key, text)
        widget.close_block(key)
    return widget


def mouse(tabs, kind, place, button, buttons):
    at = QPointF(place)
    QApplication.sendEvent(
        tabs,
        QMouseEvent(kind, at, tabs.mapToGlobal(at), button, buttons, Qt.KeyboardModifier(0)),
    )


def press(tabs, number):
    mouse(tabs, QEvent.Type.MouseButtonPress, tabs.tabRect(number).center(), LEFT, LEFT)


def move(tabs, place):
    mouse(tabs, QEvent.Type.MouseMove, place, NONE, LEFT)


def test_what_is_dropped_is_the_file(qtbot):
    path = Path("/some where/Größe 2.py")
    mime = file_mime(path)
    assert [url.toLocalFile() for url in mime.urls()] == [str(path)]
    assert mime.hasFormat("text/uri-list")
    assert not CodeEditor().canInsertFromMimeData(mime)  # not even into the panel itself
    assert bytes(mime.data("text/uri-list").data()).strip() == path.as_uri().encode()


def test_a_tab_that_leaves_the_bar_asks_for_its_file_once(panel, qtbot, tmp_path):
    asked, ready = [], []
    panel.file_requested.connect(lambda *words: asked.append(words))
    panel.tabs.drag_ready.disconnect()  # a real drag would wait for a real mouse
    panel.tabs.drag_ready.connect(ready.append)
    press(panel.tabs, 0)
    move(panel.tabs, panel.tabs.tabRect(0).center() + QPoint(15, 0))
    assert asked == []
    for down in (200, 220):
        move(panel.tabs, QPoint(60, down))
    key = panel.tabs.tabData(0)
    assert asked == [(key, "a.py", "one\n")]
    panel.show_file(key, tmp_path / "a.py")
    assert [mime.urls()[0].toLocalFile() for mime in ready] == [str(tmp_path / "a.py")]
    assert [panel.tabs.tabText(number) for number in (0, 1)] == ["a.py", "Größe 2.py"]


def test_a_tab_that_was_let_go_is_not_dragged(panel, qtbot, tmp_path):
    ready = []
    panel.tabs.drag_ready.disconnect()
    panel.tabs.drag_ready.connect(ready.append)
    press(panel.tabs, 1)
    move(panel.tabs, QPoint(60, 200))
    mouse(panel.tabs, QEvent.Type.MouseButtonRelease, QPoint(60, 200), LEFT, NONE)
    panel.show_file(panel.tabs.tabData(1), tmp_path / "a.py")
    assert ready == []
    move(panel.tabs, QPoint(60, 240))
    assert panel.tabs.currentIndex() == 1


def test_tabs_are_still_moved_among_each_other(panel):
    press(panel.tabs, 0)
    for step in range(1, 12):
        move(panel.tabs, panel.tabs.tabRect(0).center() + QPoint(step * 15, 0))
    mouse(
        panel.tabs,
        QEvent.Type.MouseButtonRelease,
        panel.tabs.tabRect(0).center() + QPoint(165, 0),
        LEFT,
        NONE,
    )
    assert panel.tabs.tabText(1) == "a.py"


def test_a_selection_is_dragged_as_text(panel):
    editor = panel.editor()
    cursor = editor.textCursor()
    cursor.movePosition(QTextCursor.MoveOperation.Start)
    cursor.movePosition(QTextCursor.MoveOperation.Right, QTextCursor.MoveMode.KeepAnchor, 2)
    editor.setTextCursor(cursor)
    mime = editor.createMimeDataFromSelection()
    assert mime.text() == "tw"
    assert editor.selected_text() == "tw"
    assert bool(editor.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse)


def test_a_selection_or_all_is_kept_as_a_snippet(panel, qtbot):
    with qtbot.waitSignal(panel.keep_requested) as kept:
        panel.tools.keep.click()
    key = panel.tabs.tabData(1)
    assert kept.args == [key, 0, "two\n"]
    cursor = panel.editor().textCursor()
    cursor.movePosition(QTextCursor.MoveOperation.Start)
    cursor.movePosition(QTextCursor.MoveOperation.EndOfLine, QTextCursor.MoveMode.KeepAnchor)
    panel.editor().setTextCursor(cursor)
    with qtbot.waitSignal(panel.keep_requested) as kept:
        panel.keep_shown()
    assert kept.args == [key, 0, "two"]
