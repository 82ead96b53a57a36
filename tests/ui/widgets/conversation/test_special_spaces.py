"""Spaces and separators that look like others stay what they are, in every editor."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from app.text.markdown.reader import MarkdownReader
from app.ui.widgets.code.code_editor import CodeEditor
from app.ui.widgets.composer.draft_editor import DraftEditor
from app.ui.widgets.controls.growing_editor import GrowingEditor
from app.ui.widgets.controls.plain_text import for_qt, from_qt
from app.ui.widgets.conversation.message_editor import MessageEditor
from app.ui.widgets.conversation.prose_block import ProseBlock
from app.ui.widgets.panel.code_panel import CodePanel

TEXT = "10\u00a0km\u202f%\na\u2028b\nc\u2029d\u2007\u3000\ufeff\u200b"
TEXT += "\ufdd0\ufdd1\ufffc\x85\x0c\U0001f600\n"


def all_keys(qtbot: QtBot, editor: object, *keys: str) -> None:
    for key in keys:
        qtbot.keyClick(editor, key, Qt.KeyboardModifier.ControlModifier)


@pytest.mark.parametrize("make", [DraftEditor, lambda: GrowingEditor(tallest_lines=5)])
def test_what_is_pasted_into_a_field_is_what_it_gives_back(make: object, qtbot: QtBot) -> None:
    editor = make()
    qtbot.addWidget(editor)
    editor.show()
    QGuiApplication.clipboard().setText(TEXT)
    all_keys(qtbot, editor, "V")
    assert editor.toPlainText() == TEXT
    all_keys(qtbot, editor, "A", "X")
    assert QGuiApplication.clipboard().text() == TEXT
    assert editor.toPlainText() == ""
    all_keys(qtbot, editor, "Z")
    assert editor.toPlainText() == TEXT
    editor.setPlainText(TEXT)
    assert editor.toPlainText() == TEXT


def test_an_edited_message_keeps_them(qtbot: QtBot) -> None:
    editor = MessageEditor(TEXT, is_answer=False)
    qtbot.addWidget(editor)
    editor.show()
    qtbot.keyClick(editor.editor, Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(editor.editor, "x")
    assert editor.text() == f"x{TEXT}"


def test_the_code_panel_keeps_them_typed_copied_and_kept(qtbot: QtBot) -> None:
    panel = CodePanel()
    qtbot.addWidget(panel)
    panel.show()
    key = panel.open_tab("a.py", "python", ("#", ""))
    panel.append(key, TEXT)
    panel.close_block(key)
    assert panel.text() == TEXT
    editor = panel.editor()
    qtbot.keyClicks(editor, "x")
    assert panel.text() == f"x{TEXT}"
    panel.copy_code()
    assert QGuiApplication.clipboard().text() == f"x{TEXT}"
    all_keys(qtbot, editor, "A", "C")
    assert QGuiApplication.clipboard().text() == f"x{TEXT}"
    with qtbot.waitSignal(panel.keep_requested) as kept:
        panel.keep_shown()
    assert kept.args[2] == f"x{TEXT}"
    data = QMimeData()
    data.setText(TEXT)
    editor.insertFromMimeData(data)  # in place of what is selected, as a drop does
    assert panel.text() == TEXT
    editor.replace_text(f"{TEXT}y")
    panel.tell_edits()
    assert panel.text() == f"{TEXT}y"
    panel.insert_at_cursor(TEXT)
    assert panel.text() == f"{TEXT}y{TEXT}"


def test_nothing_is_longer_or_shorter_in_qt() -> None:
    assert len(for_qt(TEXT)) == len(TEXT)
    assert from_qt(for_qt(TEXT)) == TEXT


PROSE = "10\u00a0km, 20\u202f%, a\u2009b\u2007c\u3000d \u200bend"


def copied(qtbot: QtBot, prose: ProseBlock) -> str:
    qtbot.addWidget(prose)
    prose.resize(500, 100)
    prose.show()
    qtbot.mouseDClick(prose.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    all_keys(qtbot, prose, "A", "C")
    return QGuiApplication.clipboard().text()


@pytest.mark.parametrize(
    "markdown", [PROSE, f"- {PROSE}", f"# {PROSE}", f"> **{PROSE}**", f"`{PROSE}`"]
)
def test_they_are_shown_in_an_answer_and_copied_from_it(markdown: str, qtbot: QtBot) -> None:
    reader = MarkdownReader()
    prose = ProseBlock()
    prose.show_blocks([*reader.feed(f"{markdown}\n"), *reader.finish()], frozenset(), {})
    assert prose.document().toRawText().strip("\u2029") == PROSE
    assert copied(qtbot, prose).strip("\n") == PROSE


def test_what_ends_a_line_of_an_answer_ends_it_in_what_is_copied(qtbot: QtBot) -> None:
    reader = MarkdownReader()
    prose = ProseBlock()
    text = "one  \ntwo\n\n| a | b |\n|---|---|\n| c<br>d | e\u00a0f |\n"
    prose.show_blocks([*reader.feed(text), *reader.finish()], frozenset(), {})
    lines = copied(qtbot, prose).split("\n")
    assert [line for line in lines if line] == ["one", "two", "a", "b", "c", "d", "e\u00a0f"]


def test_a_question_is_copied_as_it_was_typed(qtbot: QtBot) -> None:
    prose = ProseBlock()
    prose.set_plain(TEXT)
    assert copied(qtbot, prose) == TEXT


def test_code_in_a_line_keeps_its_runs_of_spaces(qtbot: QtBot) -> None:
    reader = MarkdownReader()
    prose = ProseBlock()
    blocks = [*reader.feed("Use `a   =  1` here.\n"), *reader.finish()]
    prose.show_blocks(blocks, frozenset(), {})
    assert copied(qtbot, prose) == "Use a   =  1 here."


def test_shift_and_enter_begin_a_line_that_is_one_in_every_file(qtbot: QtBot) -> None:
    for editor in (DraftEditor(), MessageEditor("", is_answer=True).editor, CodeEditor()):
        qtbot.addWidget(editor)
        editor.setReadOnly(False)
        qtbot.keyClicks(editor, "a")
        qtbot.keyClick(editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
        qtbot.keyClicks(editor, "b")
        assert editor.toPlainText() == "a\nb"


def test_alt_and_enter_break_the_line_of_a_draft(qtbot: QtBot) -> None:
    editor = DraftEditor()
    qtbot.addWidget(editor)
    qtbot.keyClicks(editor, "a")
    qtbot.keyClick(editor, Qt.Key.Key_Return, Qt.KeyboardModifier.AltModifier)
    qtbot.keyClicks(editor, "b")
    assert editor.toPlainText() == "a\nb"
