"""Text twice as large: all of it grows, at once, and the narrow window still shows everything."""

import pytest
from PySide6.QtWidgets import QLabel, QPushButton, QScrollArea, QWidget
from said import said

from app.core.context import ContextKind, ContextPart
from app.core.messages import Role
from app.core.settings import CHAT_SETTINGS
from app.core.syntax import Syntax, SyntaxState
from app.ui.widgets.conversation.conversation import Conversation
from app.ui.widgets.conversation.prose_block import ProseBlock
from app.ui.widgets.panel.code_panel import CodePanel
from app.ui.widgets.settings.chat_settings import ChatSettingsDialog
from app.ui.widgets.snippets.snippets_dialog import SnippetsDialog
from app.ui.widgets.status.status_line import StatusLine
from app.ui.window import Window


@pytest.fixture
def large(theme):
    yield theme
    theme.set_text(100)


def test_prose_and_code_grow_at_once(large, qtbot):
    chat = Conversation()
    panel = CodePanel()
    for widget in (chat, panel):
        qtbot.addWidget(widget)
        widget.resize(600, 400)
        widget.show()
    chat.load([said(Role.ASSISTANT, "Some words.\n\n```python\nx = 1\n```\n", 1)])
    key = panel.open_tab("a.py", "python", ("#", ""))
    panel.append(key, "x = 1\n")
    panel.close_block(key)
    prose = chat.findChild(ProseBlock)
    before = prose.height(), panel.editor().fontMetrics().height()
    large.set_text(200)
    qtbot.waitUntil(lambda: prose.height() >= 1.8 * before[0])
    assert panel.editor().fontMetrics().height() >= 1.8 * before[1]
    large.set_text(100)
    qtbot.waitUntil(lambda: (prose.height(), panel.editor().fontMetrics().height()) == before)


@pytest.mark.parametrize("percent", [100, 150, 200])
def test_no_button_is_cut_in_a_window_of_1000_pixels(large, qtbot, percent):
    large.set_text(percent)
    window = Window(lambda: None)
    qtbot.addWidget(window)
    window.resize(1000, 700)
    window.show()
    window.code_panel.open_tab("a.py", "python", ("#", ""))
    qtbot.wait(50)
    cut = [
        button.objectName()
        for button in window.findChildren(QPushButton)
        if button.isVisible() and button.text() and button.height() < button.fontMetrics().height()
    ]
    assert cut == []
    assert window.width() == 1000
    outside = [
        child.objectName()
        for child in window.findChildren(QWidget)
        if child.objectName() in ("send", "copyCode", "saveCode", "offlineBadge", "modelPicker")
        and not window.rect().contains(child.mapTo(window, child.rect().center()))
    ]
    assert outside == []


def test_a_chats_settings_grow_with_the_text_and_scroll_only_down(large, qtbot):
    large.set_text(150)
    dialog = ChatSettingsDialog({one.key: one.default for one in CHAT_SETTINGS})
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitExposed(dialog)
    area = dialog.findChild(QScrollArea)
    assert area.horizontalScrollBar().maximum() == 0


def cut_words(parent):
    """What labels and buttons in sight say that is wider than they are."""
    return [
        child.text()
        for kind in (QLabel, QPushButton)
        for child in parent.findChildren(kind)
        if child.isVisible()
        and child.text()
        and not (isinstance(child, QLabel) and child.wordWrap())
        and child.width() < child.fontMetrics().horizontalAdvance(child.text())
    ]


def test_a_narrow_status_line_leaves_out_what_matters_least(large, qtbot):
    large.set_text(150)
    line = StatusLine()
    qtbot.addWidget(line)
    line.set_context([ContextPart(ContextKind.CHAT, "Chat", 128)], total=2_048)
    line.set_speed(94.4, 0.05, is_writing=False)
    line.set_memory(3_200_000_000, 25_000_000_000)
    line.show()
    seen = {}
    for width in (1_600, 900, 600, 300, 200, 1_600):
        line.resize(width, 40)
        qtbot.wait(1)
        assert (line.width(), cut_words(line)) == (width, [])
        seen[width] = [label.text() for label in line.findChildren(QLabel) if label.isVisible()]
    assert len(seen[1_600]) == 4
    assert seen[900] == [
        "●  Offline",
        "128 of 2,048 tokens",
        "Wrote 94.4 tok/s",
        "RAM 3.2 of 25 GB",
    ]
    assert seen[300] == ["●  Offline", "128 of 2,048"]
    assert seen[200] == ["●  Offline"]


@pytest.mark.parametrize(("percent", "width"), [(100, 300), (150, 300), (150, 240)])
def test_a_narrow_code_panel_still_offers_suggestions(large, qtbot, percent, width):
    large.set_text(percent)
    panel = CodePanel()
    panel.setMinimumWidth(200)
    qtbot.addWidget(panel)
    panel.resize(width, 400)
    panel.show()
    qtbot.wait(1)
    assert cut_words(panel.empty) == []
    assert not panel.foot.isVisible()  # there is nothing to suggest in
    key = panel.open_tab("a.py", "python", ("#", ""))
    panel.append(key, "x = 1\n")
    panel.close_block(key)
    qtbot.wait(1)
    panel.foot.show_syntax(Syntax(SyntaxState.PARSES))
    qtbot.wait(1)
    assert panel.width() == width
    assert panel.suggestions.button.isVisible()
    assert panel.foot.status.isVisible()
    assert cut_words(panel.foot) == []
    inside = panel.foot.rect().adjusted(8, 0, -12, 0)
    ends = panel.suggestions.button.mapTo(panel.foot, panel.suggestions.button.rect().topRight())
    assert inside.contains(ends)
    panel.resize(460, 400)
    panel.foot.show_syntax(Syntax(SyntaxState.ERROR, 1, 1, "“)” is missing before the colon"))
    qtbot.wait(1)
    place = panel.foot.findChild(QLabel, "codePlace")
    assert place.isHidden() or cut_words(place.parentWidget()) == []


def test_a_narrow_block_of_code_says_its_language_and_whether_it_parses(large, qtbot):
    large.set_text(150)
    chat = Conversation()
    qtbot.addWidget(chat)
    chat.resize(320, 400)
    chat.show()
    chat.load([said(Role.ASSISTANT, "```python\nx = 1\n```\n", 1)])
    block = chat.messages()[0].code_blocks()[0]
    for state, words in ((SyntaxState.PARSES, "✓"), (SyntaxState.ERROR, "line 12")):
        block.badge.show_syntax(Syntax(state, 12, 1, "no"))
        block.head.fit()
        qtbot.wait(1)
        assert [label.text() for label in block.head.findChildren(QLabel)] == ["Python", words]
        assert cut_words(block.head) == []


def test_the_snippets_fit_a_narrow_screen(large, qtbot):
    large.set_text(150)
    dialog = SnippetsDialog()
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.resize(900, 600)
    qtbot.wait(1)
    assert dialog.size().toTuple() == (900, 600)
    assert cut_words(dialog) == []


def test_a_narrow_row_of_tools_keeps_the_versions_whole(large, qtbot):
    large.set_text(150)
    panel = CodePanel()
    panel.setMinimumWidth(200)
    qtbot.addWidget(panel)
    panel.resize(240, 400)
    panel.show()
    panel.open_tab("a.py", "python", ("#", ""))
    tools = panel.tools
    tools.show_version(1, 2)
    qtbot.wait(1)
    assert cut_words(tools) == []
    shown = [child for child in (tools.before, tools.after, tools.copy) if child.isVisible()]
    assert len(shown) == 3
    pill = tools.before.parentWidget()
    assert pill.width() >= pill.sizeHint().width()
    assert not tools.keep.isVisible()
    panel.resize(900, 400)
    qtbot.wait(1)
    assert tools.keep.isVisible()
    assert tools.save.isVisible()
