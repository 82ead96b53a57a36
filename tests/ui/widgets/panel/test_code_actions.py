"""What can be done with code: the field over the selection, menus, and what they ask for."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QApplication, QMenu, QPushButton, QToolButton

from app.core.edits import EditKind
from app.ui.widgets.controls.choices import Choice
from app.ui.widgets.panel.code_panel import CodePanel


@pytest.fixture
def panel(qtbot):
    widget = CodePanel()
    qtbot.addWidget(widget)
    widget.resize(560, 420)
    widget.show()
    widget.code_actions.set_languages(lambda: [Choice("Python", "Python"), Choice("Go", "Go")])
    key = widget.open_tab("a.py", "python", ("#", ""))
    widget.append(key, "x = '😀'\ndef f():\n    pass\n")
    widget.close_block(key)
    return widget


@pytest.fixture
def wished(panel):
    found = []
    panel.code_actions.wished.connect(found.append)
    return found


def select(panel, words):
    text = panel.text()
    at = len(text[: text.index(words)].encode("utf-16-le")) // 2
    cursor = panel.editor().textCursor()
    cursor.setPosition(at)
    cursor.setPosition(at + len(words), QTextCursor.MoveMode.KeepAnchor)
    panel.editor().setTextCursor(cursor)


def menus():
    return [w for w in QApplication.topLevelWidgets() if isinstance(w, QMenu) and w.isVisible()]


def test_what_to_change_is_typed_over_the_selection(panel, qtbot, wished):
    select(panel, "pass")
    command = next(c for c in panel.commands if c.keys == "Ctrl+I")
    command.act()
    bar = panel.code_actions.bar
    assert bar.isVisible()
    assert bar.parent() is panel.editor()
    assert panel.editor().rect().contains(bar.geometry())
    qtbot.keyClicks(bar.field, "return 1")
    qtbot.keyClick(bar.field, Qt.Key.Key_Return)
    (edit,) = wished
    assert (edit.kind, edit.words, edit.code) == (EditKind.EDIT, "return 1", "pass")
    assert (edit.selected.name, edit.selected.language) == ("a.py", "python")
    panel.code_actions.show_activity("Writing the change…")
    assert not bar.field.isVisible()
    with qtbot.waitSignal(panel.code_actions.stop_requested):
        panel.findChild(QPushButton, "stopEdit").click()
    with qtbot.waitSignal(panel.code_actions.stop_requested):
        qtbot.keyClick(panel.findChild(QPushButton, "stopEdit"), Qt.Key.Key_Escape)
    panel.code_actions.show_trouble("The model wrote nothing.")
    assert bar.words.text() == "The model wrote nothing."
    panel.findChild(QToolButton, "closeEdit").click()
    assert not bar.isVisible()
    assert panel.text() == "x = '😀'\ndef f():\n    pass\n"


def test_nothing_is_sent_without_words_and_esc_closes(panel, qtbot, wished):
    panel.code_actions.do(EditKind.EDIT)
    bar = panel.code_actions.bar
    qtbot.keyClick(bar.field, Qt.Key.Key_Return)
    qtbot.keyClick(bar.field, Qt.Key.Key_Escape)
    assert not bar.isVisible()
    assert wished == []


def test_what_is_to_be_changed_is_selected(panel):
    scopes = []
    panel.code_actions.scope_wished.connect(scopes.append)
    panel.code_actions.do(EditKind.EDIT)
    (edit,) = scopes
    text = edit.selected.text
    found = replace(edit.selected, start=text.index("def"), end=len(text))
    panel.code_actions.show_scope(replace(found, text="another text"))
    assert not panel.editor().textCursor().hasSelection()
    panel.code_actions.show_scope(found)
    assert panel.editor().textCursor().selectedText() == "def f():\u2029    pass"
    panel.code_actions.do(EditKind.EDIT)
    assert len(scopes) == 1


def test_the_menus_offer_all_of_it(panel, wished):
    panel.findChild(QToolButton, "codeActions").click()
    (menu,) = menus()
    names = [action.objectName() for action in menu.actions()]
    assert names == [f"edit-{kind}" for kind in panel.code_actions.kinds]
    next(action for action in menu.actions() if action.objectName() == "edit-types").trigger()
    menu.close()
    assert wished[-1].kind is EditKind.TYPES
    panel.editor().customContextMenuRequested.emit(QPoint(9, 9))
    menu = menus()[-1]
    assert "edit-explain" in [action.objectName() for action in menu.actions()]
    menu.close()


def test_translating_asks_for_the_language(panel, wished):
    panel.code_actions.do(EditKind.TRANSLATE)
    popup = panel.code_actions.languages
    assert popup.isVisible()
    popup.chosen.emit("Go")
    popup.close()
    assert (wished[-1].kind, wished[-1].words) == (EditKind.TRANSLATE, "Go")


def test_the_field_and_the_words_go_with_their_editor(panel, wished):
    panel.code_actions.do(EditKind.EDIT)
    panel.code_actions.show_words("What this code does", "Nothing.")
    assert panel.code_actions.note.isVisible()
    assert panel.code_actions.note.text.text() == "Nothing."
    key = panel.open_tab("b.py", "python", ("#", ""))
    assert not panel.code_actions.bar.isVisible()
    assert not panel.code_actions.note.isVisible()
    panel.code_actions.do(EditKind.TYPES)  # it is still being written
    panel.code_actions.do(EditKind.EDIT)
    assert wished == []
    assert not panel.code_actions.bar.isVisible()
    panel.close_block(key)
    panel.clear()
    panel.code_actions.do(EditKind.EDIT)
    assert not panel.code_actions.bar.isVisible()
