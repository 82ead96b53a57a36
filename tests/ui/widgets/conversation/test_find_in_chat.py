"""Finding in the conversation marks what is wanted, and nothing that was wanted before."""

import pytest
from PySide6.QtTest import QTest
from said import said

from app.core.messages import Role
from app.ui.widgets.conversation.conversation import Conversation
from app.ui.widgets.conversation.find_in_chat import FindInChat

ANSWER = "Two emails.\n\n```sql\nSELECT email FROM users\n```\n"


@pytest.fixture
def chat(qtbot):
    widget = Conversation()
    qtbot.addWidget(widget)
    widget.resize(700, 500)
    widget.show()
    widget.load([said(Role.USER, "Find emails", 1), said(Role.ASSISTANT, ANSWER, 2)])
    qtbot.waitExposed(widget)
    return widget


def test_what_was_found_while_one_typed_is_not_left_selected(chat, qtbot):
    bar = FindInChat(chat)
    qtbot.addWidget(bar)
    bar.open()
    view = chat.messages()[1].code_blocks()[0].view
    QTest.keyClicks(bar.wanted, "email")
    assert bar.count.text() == "3 of 3"
    assert [mark.cursor.selectedText() for mark in view.extraSelections()] == ["email"]
    QTest.keyClicks(bar.wanted, "s")
    assert bar.count.text() == "2 of 2"
    assert view.extraSelections() == []
    assert not view.textCursor().hasSelection()
