"""Text twice as large: all of it grows, at once, and the narrow window still shows everything."""

import pytest
from PySide6.QtWidgets import QPushButton, QScrollArea, QWidget

from app.core.messages import Role
from app.core.settings import CHAT_SETTINGS
from app.ui.widgets.chat_settings import ChatSettingsDialog
from app.ui.widgets.code_panel import CodePanel
from app.ui.widgets.conversation import Conversation
from app.ui.widgets.message import Turn
from app.ui.widgets.prose_block import ProseBlock
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
    chat.load([Turn(Role.ASSISTANT, "Some words.\n\n```python\nx = 1\n```\n", 1)])
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
