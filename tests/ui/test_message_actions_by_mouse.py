"""What is done with a message is done with a real pointer: it enters what stands below the bar."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFrame, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from app.core.messages import Role
from app.ui.widgets.conversation import Conversation
from app.ui.widgets.message import Turn
from app.ui.widgets.message_actions import MessageAction


@pytest.fixture
def chat(qtbot: QtBot) -> Conversation:
    view = Conversation()
    qtbot.addWidget(view)
    view.resize(900, 700)
    view.show()
    qtbot.waitExposed(view)
    view.load(turns())
    qtbot.waitUntil(lambda: bar(view).isVisible())
    return view


def turns() -> list[Turn]:
    return [
        Turn(Role.USER, "Question", 1),
        Turn(Role.ASSISTANT, "Answer\n\n```python\nx = 1\n```\n", 2, number=2, of=3),
        Turn(Role.USER, "And then?", 3),
        Turn(Role.ASSISTANT, "Then that.", 4),
    ]


def bar(chat: Conversation) -> QFrame:
    found = chat.findChild(QFrame, "messageActions")
    assert isinstance(found, QFrame)
    return found


def point_at(widget: QWidget, place: QPoint | None = None) -> QPoint:
    """Move the pointer there as a hand does: the window is told, and knows where it stands."""
    place = place or widget.rect().center()
    window = widget.window().windowHandle()
    there = widget.mapTo(widget.window(), place)
    QCursor.setPos(widget.mapToGlobal(place))
    QTest.mouseMove(window, there)
    return there


def click(widget: QWidget) -> None:
    there = point_at(widget)
    window = widget.window().windowHandle()
    QTest.mouseClick(window, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, there)


@pytest.mark.parametrize("action", [MessageAction.REGENERATE, MessageAction.DELETE])
def test_the_chat_is_usable_after_an_action(
    chat: Conversation, qtbot: QtBot, action: MessageAction
) -> None:
    number = 3

    def act(_action: MessageAction, _message_id: object) -> None:
        chat.load(turns()[:number])
        chat.set_busy(is_busy=True)

    chat.action_requested.connect(act)
    for _ in range(3):
        chat.set_busy(is_busy=False)
        chat.load(turns())
        qtbot.wait(20)
        point_at(chat.messages()[number])
        qtbot.waitUntil(lambda: bar(chat).isVisible())
        button = chat.findChild(QToolButton, f"message-{action}")
        assert isinstance(button, QToolButton)
        with qtbot.waitSignal(chat.action_requested):
            click(button)
        qtbot.wait(20)  # what leaves is deleted
        chat.begin_answer(Turn(Role.ASSISTANT, "", 9))
        chat.append("Another answer.")
        chat.set_busy(is_busy=False)
        assert len(chat.messages()) == number + 1
