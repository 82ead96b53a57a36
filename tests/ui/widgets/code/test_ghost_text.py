"""Grey text at the cursor: shown, typed along, taken and refused, and never in the document."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QInputMethodEvent
from PySide6.QtWidgets import QApplication

from app.ui.widgets.code.code_editor import CodeEditor
from app.ui.widgets.look.palette import colours

CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
GHOST = "return x\n    # é😀\n"


class Following:
    """Keeps the suggestion while it is typed along, as the presenter does."""

    def __init__(self, editor):
        self.ghost = editor.ghost
        self.heard = []
        self.ghost.typed.connect(self.typed)
        self.ghost.left.connect(lambda: self.heard.append("left"))
        self.ghost.written.connect(lambda: self.heard.append("written"))
        self.ghost.walked.connect(self.heard.append)
        self.ghost.refused.connect(lambda: self.heard.append("refused"))

    def suggest(self, text):
        self.ghost.watch()
        self.rest = text
        self.ghost.show(text)

    def typed(self, text):
        self.heard.append(text)
        if self.rest.startswith(text):
            self.rest = self.rest[len(text) :]
            self.ghost.show(self.rest)
        else:
            self.ghost.clear()


@pytest.fixture
def editor(qtbot):
    view = CodeEditor()
    qtbot.addWidget(view)
    view.set_language("python")
    view.set_text("def f(x):\n    \n\nprint(f(2))\n")
    view.set_editable()
    view.resize(500, 400)
    view.show()
    view.setFocus()
    view.go_to_line(2, 5)
    return view


@pytest.fixture
def following(editor):
    made = Following(editor)
    made.suggest(GHOST)
    return made


def state(editor):
    cursor = editor.textCursor()
    return editor.text(), cursor.position(), editor.document().isModified()


def test_it_is_seen_and_moves_lines_but_is_not_in_the_document(editor, following):
    following.ghost.clear()
    before = state(editor)
    height = editor.blockBoundingRect(editor.textCursor().block()).height()
    following.suggest(GHOST)
    assert state(editor) == before
    assert not editor.document().isUndoAvailable()
    block = editor.textCursor().block()
    assert editor.blockBoundingRect(block).height() == 3 * height
    picture = editor.grab().toImage()
    row = [picture.pixelColor(x, 30).name() for x in range(picture.width())]
    assert any(QColor(name) == QColor(colours().code.ghost) for name in row) or len(set(row)) > 2
    following.ghost.clear()
    assert editor.blockBoundingRect(block).height() == height
    assert state(editor) == before


def test_typing_along_keeps_it_and_anything_else_ends_it(editor, following, qtbot):
    qtbot.keyClicks(editor, "ret")
    assert following.ghost.text == GHOST[3:]
    assert following.heard == ["r", "e", "t"]
    qtbot.keyClicks(editor, "x")
    assert following.ghost.text == ""
    assert editor.text().startswith("def f(x):\n    retx\n")
    assert not editor.textCursor().block().layout().preeditAreaText()


def test_a_new_line_typed_along_goes_on_in_the_next_line(editor, qtbot):
    following = Following(editor)
    following.suggest("x = 1\n    y = 2")
    qtbot.keyClicks(editor, "x = 1")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert following.ghost.text == "y = 2"
    layouts = [editor.document().findBlockByNumber(n).layout() for n in (1, 2)]
    assert [layout.preeditAreaText() for layout in layouts] == ["", "y = 2"]


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ([(Qt.Key.Key_Tab, None)], GHOST),
        ([(Qt.Key.Key_Right, CTRL)], "return"),
        ([(Qt.Key.Key_Right, CTRL)] * 3, "return x\n    #"),
        ([(Qt.Key.Key_Down, CTRL)], "return x"),
        ([(Qt.Key.Key_Down, CTRL)] * 2, "return x\n    # é😀"),
        ([(Qt.Key.Key_Right, CTRL), (Qt.Key.Key_Tab, None)], GHOST),
    ],
)
def test_all_a_word_or_a_line_is_taken_and_undone_step_by_step(
    editor, following, qtbot, keys, text
):
    before = editor.text()
    for key, held in keys:
        qtbot.keyClick(editor, key, held or Qt.KeyboardModifier.NoModifier)
    assert editor.text() == before.replace("    \n", f"    {text}\n")
    assert following.ghost.text == GHOST[len(text) :]
    assert (
        editor.textCursor().block().text()[: editor.textCursor().positionInBlock()]
        == ("    " + text).rpartition("\n")[2]
    )
    for _ in keys:
        editor.undo()
    assert editor.text() == before
    assert not editor.document().isUndoAvailable()


def test_one_undo_takes_back_what_was_taken_and_not_what_was_typed(editor, following, qtbot):
    qtbot.keyClicks(editor, "re")
    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    editor.undo()
    assert editor.text() == "def f(x):\n    re\n\nprint(f(2))\n"


def test_the_other_keys(editor, following, qtbot):
    qtbot.keyClick(editor, Qt.Key.Key_BracketRight, ALT)
    qtbot.keyClick(editor, Qt.Key.Key_BracketLeft, ALT)
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert following.heard == [1, -1, "refused"]
    assert following.ghost.text == GHOST
    following.ghost.clear()
    qtbot.keyClick(editor, Qt.Key.Key_Tab)  # is a tab again
    assert editor.text().startswith("def f(x):\n        \n")


@pytest.mark.parametrize(
    "act",
    [
        lambda editor, qtbot: qtbot.keyClick(editor, Qt.Key.Key_Left),
        lambda editor, qtbot: qtbot.keyClick(editor, Qt.Key.Key_Backspace),
        lambda editor, qtbot: editor.undo() or editor.selectAll(),
        lambda editor, qtbot: editor.replace_text("all new"),
        lambda editor, qtbot: editor.replace_lines(0, 0, "import os\n"),
        lambda editor, qtbot: qtbot.mousePress(
            editor.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(90, 45)
        ),
        lambda editor, qtbot: editor.clearFocus(),
    ],
)
def test_whatever_else_is_done_ends_it(editor, following, qtbot, act):
    act(editor, qtbot)
    assert "left" in following.heard
    assert following.ghost.text == ""
    block = editor.document().firstBlock()
    while block.isValid():
        assert not block.layout().preeditAreaText()
        block = block.next()


def test_colours_behind_it_are_those_of_before(editor, qtbot):
    editor.go_to_line(4, 7)  # print(|f(2))
    block = editor.textCursor().block()
    before = [(f.start, f.length) for f in block.layout().formats()]
    assert (8, 1) in before  # the number
    following = Following(editor)
    following.suggest("é😀\nb, ")
    shown = [(f.start, f.length) for f in block.layout().formats()]
    assert (8 + 7, 1) in shown
    assert (6, 7) in shown
    editor._highlighter._forget()  # as a change of the theme does
    assert sorted((f.start, f.length) for f in block.layout().formats()) == sorted(shown)
    following.ghost.clear()
    assert [(f.start, f.length) for f in block.layout().formats()] == before


def test_an_input_method_may_write_along_or_take_the_place(editor, following):
    commit = QInputMethodEvent()
    commit.setCommitString("ret")
    QApplication.sendEvent(editor, commit)
    assert following.ghost.text == GHOST[3:]
    QApplication.sendEvent(editor, QInputMethodEvent())
    assert following.ghost.text == GHOST[3:]
    QApplication.sendEvent(editor, QInputMethodEvent("あ", []))
    assert following.heard[-1] == "left"
    assert following.ghost.text == ""
    assert "return" not in editor.text()


def test_bidirectional_text_around_it_stays_as_it_is(editor, qtbot):
    text = 'x = "مرحبا" + "" + "😀"\n'
    editor.set_text(text)
    editor.go_to_line(1, 16)
    assert editor.textCursor().positionInBlock() == 15
    following = Following(editor)
    following.suggest("سلام😀\nb")
    assert editor.text() == text
    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    assert editor.text() == 'x = "مرحبا" + "سلام😀\nb" + "😀"\n'


def test_writing_where_nobody_waits_is_told_for_a_pause(editor, qtbot):
    following = Following(editor)
    qtbot.keyClicks(editor, "ab")
    qtbot.keyClick(editor, Qt.Key.Key_Backspace)
    assert following.heard == ["written", "written"]
