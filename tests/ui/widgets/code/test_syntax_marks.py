"""Whether code parses, where a user sees it: the strip, the underline, the badge of a block."""

import pytest
from PySide6.QtGui import QTextCharFormat
from PySide6.QtWidgets import QToolButton
from said import said

from app.core.edits import EditKind
from app.core.messages import Role
from app.core.syntax import PARSES, UNKNOWN, Span, Syntax, SyntaxState
from app.ui.widgets.conversation.code_block import CodeAction
from app.ui.widgets.conversation.message_view import AnswerMessage
from app.ui.widgets.panel.code_panel import CodePanel

WRONG = Syntax(SyntaxState.ERROR, 2, 5, "“)” is missing before “:”", (Span(2, 5, 2, 8),))


@pytest.fixture
def panel(qtbot):
    widget = CodePanel()
    qtbot.addWidget(widget)
    widget.resize(700, 400)
    widget.show()
    return widget


def write(panel, text):
    key = panel.open_tab("a.py", "python", ("#", ""))
    panel.append(key, text)
    panel.close_block(key)
    return panel.editor().syntax_watch


def underlined(editor):
    waves = QTextCharFormat.UnderlineStyle.WaveUnderline
    marks = [mark for mark in editor.extraSelections() if mark.format.underlineStyle() is waves]
    return [mark.cursor.selectedText() for mark in marks]


def test_whole_code_is_handed_over_to_be_checked(panel, qtbot):
    asked = []
    panel.check_requested.connect(lambda *what: asked.append(what[1:]))
    write(panel, "x = 1\n")
    assert asked == [("python", "x = 1\n", True)]
    with qtbot.waitSignal(panel.check_requested) as told:
        qtbot.keyClicks(panel.editor(), "y")
    assert told.args[1:] == ["python", "yx = 1\n", True]


def test_code_is_looked_at_while_it_streams(panel, qtbot):
    key = panel.open_tab("a.py", "python", ("#", ""))
    with qtbot.waitSignal(panel.check_requested) as told:
        panel.append(key, "x = 1\ny =")
    assert told.args[1:] == ["python", "x = 1\ny =", False]
    watch = panel.editor().syntax_watch
    watch.show(PARSES)
    assert not panel.foot.status.isVisible()  # nothing blinks while it is written
    watch.show(WRONG)
    assert "Line 2" in panel.foot.status.words()


def test_the_strip_says_that_it_parses_or_what_is_wrong(panel):
    watch = write(panel, "one\ntwo (three\n")
    watch.show(PARSES)
    assert panel.foot.status.text() == "✓ parses"
    watch.show(WRONG)
    assert panel.foot.status.words() == "Line 2: “)” is missing before “:”"
    watch.show(UNKNOWN)
    assert not panel.foot.status.isVisible()


def test_what_is_wrong_is_underlined_and_a_click_goes_there(panel):
    watch = write(panel, "one\ntwo (three\n")
    editor = panel.editor()
    watch.show(WRONG)
    assert underlined(editor) == ["(th"]
    panel.foot.status.click()
    assert editor.textCursor().position() == len("one\ntwo ")
    watch.show(PARSES)
    assert underlined(editor) == []


def test_columns_are_right_behind_characters_of_two_units(panel):
    watch = write(panel, "😀😀 wrong\n")
    watch.show(Syntax(SyntaxState.ERROR, 1, 4, "no", (Span(1, 4, 1, 9),)))
    assert underlined(panel.editor()) == ["wrong"]


def test_places_outside_the_text_are_survived(panel):
    watch = write(panel, "x")
    for span in (Span(9, 1, 9, 2), Span(1, 50, 1, 60), Span(1, 2, 1, 2), Span(2, 1, 1, 1)):
        watch.show(Syntax(SyntaxState.ERROR, span.line, span.column, "no", (span,)))
        panel.foot.status.click()


def test_another_tab_shows_its_own_finding(panel):
    write(panel, "one\ntwo (three\n").show(WRONG)
    first = panel.tabs.tabData(0)
    write(panel, "x\n").show(PARSES)
    assert panel.foot.status.text() == "✓ parses"
    panel.show_tab(first)
    assert "Line 2" in panel.foot.status.words()


def test_a_code_block_has_a_badge(qtbot):
    answer = AnswerMessage(said(Role.ASSISTANT, ""))
    qtbot.addWidget(answer)
    asked = []
    answer.check_requested.connect(lambda *what: asked.append(what))
    answer.append("Look:\n\n```go\nfunc f() {}\n```\n")
    answer.finish()
    answer.resize(600, 300)
    answer.show()
    watch, language, text, is_whole = asked[-1]
    assert (language, text, is_whole) == ("go", "func f() {}", True)
    badge = answer.code_blocks()[0].badge
    assert not badge.isVisible()
    watch.show(PARSES)
    assert (badge.isVisible(), badge.text()) == (True, "parses")
    watch.show(WRONG)
    assert badge.text() == "error in line 2"


def test_an_error_can_be_repaired_from_the_strip(panel):
    wished = []
    panel.code_actions.wished.connect(wished.append)
    watch = write(panel, "one\ntwo (three\n")
    watch.show(PARSES)
    assert not panel.foot.repair.isVisible()
    watch.show(WRONG)
    assert panel.foot.repair.text() == "Fix"  # as the command is called
    panel.foot.repair.click()
    (edit,) = wished
    assert edit.kind is EditKind.REPAIR
    assert edit.code == "one\ntwo (three\n"
    assert edit.words == "In line 2: “)” is missing before “:”."


def test_of_long_code_the_part_around_the_error_is_repaired(panel, qtbot):
    wished = []
    panel.code_actions.wished.connect(wished.append)
    watch = write(panel, "# line\n" * 2_000 + "def f(:\n    pass\n")
    qtbot.waitUntil(lambda: not panel.editor().isReadOnly())  # long code enters in slices
    watch.show(Syntax(SyntaxState.ERROR, 2_001, 7, "wrong", (Span(2_001, 7, 2_001, 8),)))
    panel.repair()
    selected = wished[0].selected
    assert selected.text[selected.start :].startswith("def f(:")


def test_code_that_was_just_opened_is_repaired_once_it_is_checked(panel):
    wished = []
    panel.code_actions.wished.connect(wished.append)
    watch = write(panel, "two (three\n")
    panel.repair()
    assert wished == []
    watch.show(Syntax(SyntaxState.ERROR, 1, 5, "wrong", (Span(1, 5, 1, 6),)))
    assert len(wished) == 1
    watch.show(PARSES)
    panel.repair()
    assert len(wished) == 1
    assert "No errors found" in panel.code_actions.bar.words.text()


def test_a_block_offers_to_be_repaired_where_it_is_wrong(qtbot):
    answer = AnswerMessage(said(Role.ASSISTANT, ""))
    qtbot.addWidget(answer)
    answer.append("```go\nfunc f( {}\n```\n")
    answer.finish()
    answer.show()
    block = answer.code_blocks()[0]
    button = block.findChild(QToolButton, "repairBlock")
    assert not button.isVisible()
    block.view.syntax_watch.show(WRONG)
    assert button.isVisible()
    with qtbot.waitSignal(answer.code_requested) as asked:
        button.click()
    assert asked.args[:2] == [CodeAction.REPAIR, "func f( {}"]


def test_code_that_turns_out_to_be_another_language_is_checked_again(panel):
    asked = []
    write(panel, "x = 1\n")
    panel.check_requested.connect(lambda *what: asked.append(what[1:]))
    panel.editor().set_language("ruby")
    assert asked == [("ruby", "x = 1\n", True)]


def test_a_narrow_strip_keeps_what_matters(panel):
    write(panel, "x = 1\n").show(PARSES)
    panel.resize(240, 400)
    assert panel.foot.status.text() == "✓"  # the word is the first to go
    assert panel.suggestions.button.isVisible()
    panel.resize(900, 400)
    assert panel.foot.findChild(object, "codePlace").isVisible()
