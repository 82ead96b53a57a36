"""The panel's part for suggestions: the text around the cursor, the button, what is said."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QPushButton

from app.ui.widgets.panel.code_panel import CodePanel
from app.ui.widgets.panel.suggestions import LINES_AFTER, LINES_BEFORE, place_in


@pytest.fixture
def panel(qtbot):
    widget = CodePanel()
    qtbot.addWidget(widget)
    widget.resize(500, 400)
    widget.show()
    return widget


def write(panel, text, line=1, column=1):
    key = panel.open_tab("a.py", "python", ("#", ""))
    panel.append(key, text)
    panel.close_block(key)
    panel.editor().go_to_line(line, column)
    return panel.editor()


def test_the_place_is_the_text_around_the_cursor_exactly(panel):
    text = "# مرحبا 😀\u00a0x\n\tdef é():\n\n"
    editor = write(panel, text, 1, 10)
    place = panel.suggestions.place()
    assert place.before == "# مرحبا 😀"  # the emoji is one column, and two of Qt's characters
    assert place.before + place.after == text
    assert (place.name, place.lines_before, place.lines_after) == ("a.py", 0, 0)
    assert editor.ghost.is_watching


def test_of_a_long_file_the_nearest_lines_are_taken_and_the_start_stays_while_typing(panel, qtbot):
    lines = [f"line {n}" for n in range(2_000)]
    editor = write(panel, "\n".join(lines), 1_000, 5)
    place = place_in(editor, "")
    assert place.lines_before % 64 == 0
    assert LINES_BEFORE <= 999 - place.lines_before < LINES_BEFORE + 64
    assert place.lines_after == 2_000 - 1_000 - LINES_AFTER
    assert place.before == "\n".join([*lines[place.lines_before : 999], "line"])
    assert place.after == "\n".join([" 999", *lines[1_000 : 1_000 + LINES_AFTER]])
    qtbot.keyClicks(editor, "xyz")
    assert place_in(editor, "").before == place.before + "xyz"


def test_lines_without_end_are_cut(panel, qtbot):
    long = "\n".join(letter * 19_000 for letter in "acde")
    editor = write(panel, f"{long}\nb\n{long}", 5, 2)
    qtbot.waitUntil(lambda: not editor.isReadOnly())  # a long text enters in slices
    place = place_in(editor, "")
    assert len(place.before) < 40_000
    assert place.before.endswith("b")
    assert place.lines_before == 4
    assert len(place.after) < 40_000
    assert place.lines_after == 3


def test_text_that_is_shown_cut_has_no_place(panel):
    write(panel, "a" * 100_000 + "\nb\n", 2, 2)
    assert panel.suggestions.place() is None


def test_there_is_no_place_while_an_answer_streams_or_text_is_selected(panel):
    assert panel.suggestions.place() is None
    panel.open_tab("a.py", "python", ("#", ""))
    assert panel.suggestions.place() is None
    editor = write(panel, "abc")
    editor.selectAll()
    assert panel.suggestions.place() is None


def test_the_button_and_the_key_ask_and_leave_the_cursor_in_the_code(panel, qtbot):
    editor = write(panel, "abc")
    button = panel.findChild(QPushButton, "infill")
    assert button.text() == "Suggest  Ctrl+Space"
    with qtbot.waitSignal(panel.suggestions.requested):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(panel.suggestions.requested):
        qtbot.keyClick(editor, Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier)
    assert editor.hasFocus()
    assert editor.text() == "abc"


def test_another_tab_ends_a_suggestion(panel, qtbot):
    editor = write(panel, "abc")
    panel.suggestions.place()
    panel.suggestions.show_suggestion("grey")
    assert editor.ghost.text == "grey"
    with qtbot.waitSignal(panel.suggestions.left):
        write(panel, "other")
    assert editor.ghost.text == ""


def test_a_note_stands_until_it_is_taken_away(panel):
    panel.suggestions.show_note("This model cannot. Choose another.")
    assert panel.suggestions.note.isVisible()
    panel.suggestions.show_note("")
    assert not panel.suggestions.note.isVisible()
    panel.suggestions.show_state("1 of 2", "more")
    assert panel.suggestions.state.text() == "1 of 2"


def test_suggesting_while_typing_is_switched_beside_the_button(panel, qtbot):
    write(panel, "abc")
    state = [False]
    panel.suggestions.is_while_typing = lambda: state[0]
    panel.suggestions.pause_toggled.connect(lambda: state.append(not state.pop()))
    for is_on in (True, False):
        qtbot.mouseClick(panel.suggestions.when, Qt.MouseButton.LeftButton)
        menu = panel.findChild(QMenu, "suggestMenu")
        entry = next(one for one in menu.actions() if one.isCheckable())
        assert entry.text() == "Suggest while typing"
        assert entry.isChecked() is not is_on
        qtbot.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(entry).center())
        assert state == [is_on]
        qtbot.waitUntil(lambda: panel.findChild(QMenu, "suggestMenu") is None)


def test_no_two_commands_of_the_panel_share_their_keys(panel):
    keys = [command.keys for command in panel.commands if command.keys]
    assert sorted(keys) == sorted(set(keys))
    assert "Ctrl+Shift+B" not in keys  # the window's list of snippets
