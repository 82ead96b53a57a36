"""Writing in the code panel: indentation, comments, brackets, finding, lines, zoom."""

import time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor

from app.ui.widgets.code.brackets import partner
from app.ui.widgets.code.code_editor import CodeEditor
from app.ui.widgets.look.palette import DARK
from app.ui.widgets.panel.find_bar import FindBar
from app.ui.widgets.panel.go_to_line import GoToLine


@pytest.fixture
def editor(qtbot):
    view = CodeEditor()
    qtbot.addWidget(view)
    view.set_editable()
    view.resize(500, 400)
    view.show()
    return view


def fill(editor, text, start=None, end=None):
    """Put text in; the cursor, or the selection, stands from `start` to `end`."""
    editor.set_text(text)
    cursor = editor.textCursor()
    cursor.setPosition(len(text) if start is None else start)
    if end is not None:
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
    editor.setTextCursor(cursor)


def test_a_new_line_keeps_the_indentation_and_goes_deeper_after_an_opening(editor, qtbot):
    fill(editor, "    if x:")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.keyClicks(editor, "y()")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.keyClicks(editor, "z()")
    assert editor.text() == "    if x:\n        y()\n        z()"


def test_a_line_broken_behind_an_emoji_goes_by_what_stands_before_the_cursor(editor, qtbot):
    fill(editor, "  f('😀', [x])", len("  f('😀', [") + 1)  # an emoji is two of Qt's characters
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert editor.text() == "  f('😀', [\n      x])"
    fill(editor, "f('😀' x[)", len("f('😀' x") + 1)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert editor.text() == "f('😀' x\n[)"


def test_columns_count_characters_on_the_way_there_and_back(editor):
    fill(editor, "a = '😀' + b\n")
    editor.go_to_line(1, len("a = '😀' + b"))
    cursor = editor.textCursor()
    cursor.movePosition(QTextCursor.MoveOperation.EndOfLine, QTextCursor.MoveMode.KeepAnchor)
    assert cursor.selectedText() == "b"


def test_tab_indents_to_the_next_stop_and_whole_lines(editor, qtbot):
    fill(editor, "ab")
    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    assert editor.text() == "ab  "
    fill(editor, "a\n\nb\nc", 0, 4)
    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    assert editor.text() == "    a\n\n    b\nc"
    qtbot.keyClick(editor, Qt.Key.Key_Backtab)
    assert editor.text() == "a\n\nb\nc"
    editor.undo()
    assert editor.text() == "    a\n\n    b\nc"


@pytest.mark.parametrize(
    ("comment", "text", "commented"),
    [
        (("#", ""), "a\n  b\n\nc", "# a\n#   b\n\n# c"),
        (("//", ""), "  a\n    b", "  // a\n  //   b"),
        (("<!--", "-->"), "<p>😀</p>", "<!-- <p>😀</p> -->"),
    ],
)
def test_lines_are_commented_out_and_in_again(editor, comment, text, commented):
    editor.set_comment(*comment)
    editor.set_text(text)
    editor.selectAll()
    editor.toggle_comment()
    assert editor.text() == commented
    editor.toggle_comment()
    assert editor.text() == text


def test_inserted_code_takes_the_indentation_of_its_place(editor):
    fill(editor, "def f():\n    ")
    editor.insert_at_cursor("if x:\n    y()\n\nz()")
    assert editor.text() == "def f():\n    if x:\n        y()\n\n    z()"
    editor.undo()
    assert editor.text() == "def f():\n    "


def test_brackets_find_their_partners():
    text = "f(a[0], (b))"
    assert partner(text, 1) == 11
    assert partner(text, 11) == 1
    assert partner(text, 3) == 5
    assert partner(text, 0) is None
    assert partner("((", 0) is None
    assert partner("", 0) is None


def test_a_line_is_gone_to(editor, qtbot):
    editor.set_text("\n".join(str(n) for n in range(100)))
    bar = GoToLine()
    qtbot.addWidget(bar)
    bar.open_for(editor)
    qtbot.keyClicks(bar.field, "42:2")
    qtbot.keyClick(bar.field, Qt.Key.Key_Return)
    cursor = editor.textCursor()
    assert (cursor.blockNumber(), cursor.positionInBlock()) == (41, 1)
    assert not bar.isVisible()
    editor.go_to_line(9_999)
    assert editor.textCursor().blockNumber() == 99


def test_zoom_has_limits_and_keeps_the_numbers_in_line(editor):
    before = editor.viewport().x()
    editor.set_zoom(24)
    assert editor.viewport().x() > before
    editor.set_zoom(1000)
    assert editor.font().pointSizeF() < 30


@pytest.fixture
def bar(editor, qtbot):
    find_bar = FindBar()
    qtbot.addWidget(find_bar)
    editor.set_text("one Two three\ntwo 2 one\n(a) two")
    find_bar.open_for(editor, can_replace=True)
    return find_bar


def test_finding_counts_and_walks_around_the_end(editor, bar, qtbot):
    qtbot.keyClicks(bar.wanted, "two")
    qtbot.waitUntil(lambda: bar.count.text() == "3 found")
    places = []
    for _ in range(4):
        qtbot.keyClick(bar.wanted, Qt.Key.Key_Return)
        places.append(editor.textCursor().selectionStart())
    assert places == [4, 14, 28, 4]
    assert bar.count.text() == "1 of 3"
    qtbot.keyClick(bar.wanted, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert editor.textCursor().selectionStart() == 28
    bar.has_case.setChecked(True)
    qtbot.waitUntil(lambda: bar.count.text().endswith(("2", "2 found")))


def test_what_is_typed_is_no_pattern_until_asked(editor, bar, qtbot):
    qtbot.keyClicks(bar.wanted, "(a)")
    qtbot.waitUntil(lambda: bar.count.text() == "1 found")
    bar.wanted.setText("(")
    bar.is_regular.setChecked(True)
    assert bar.count.text() == "Invalid regular expression"


def test_replacing_one_and_all_with_groups(editor, bar, qtbot):
    bar.is_regular.setChecked(True)
    bar.wanted.setText(r"(\w)wo")
    bar.replacement.setText(r"<\1>")
    bar.go(1)
    bar.replace()
    assert editor.text() == "one <T> three\ntwo 2 one\n(a) two"
    bar.replace_all()
    assert editor.text() == "one <T> three\n<t> 2 one\n(a) <t>"
    editor.undo()
    assert "wo" in editor.text()


def test_a_hopeless_pattern_does_not_hold_up_the_window(editor, bar, qtbot):
    editor.set_text("a" * 4000 + "!\n")
    bar.is_regular.setChecked(True)
    began = time.thread_time()
    bar.wanted.setText("(a+)+$")
    qtbot.wait(50)
    assert time.thread_time() - began < 3


def test_escape_closes_and_gives_the_keyboard_back(editor, bar, qtbot):
    qtbot.keyClick(bar.wanted, Qt.Key.Key_Escape)
    assert not bar.isVisible()
    assert editor.extraSelections()  # the current line stays marked


def test_the_marked_line_follows_the_theme(editor, theme):
    theme.choose("light")
    fill(editor, "x = 1")
    theme.choose("dark")
    marks = editor.extraSelections()
    assert marks[0].format.background().color().name() == DARK.sidebar.lower()
