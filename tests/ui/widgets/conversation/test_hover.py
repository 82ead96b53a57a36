"""What scrolls away from under a resting pointer is no longer shown as pointed at."""

from __future__ import annotations

from hands import Stillness
from PySide6.QtCore import QPoint
from PySide6.QtGui import QCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton
from said import said

from app.core.messages import Role
from app.ui.widgets.conversation.conversation import Conversation

ANSWER = "A number.\n\n```python\nx = 1\ny = 2\nz = 3\n```\n"


def test_a_button_that_scrolls_away_is_not_lit_any_more(qtbot, theme):
    chat = Conversation()
    qtbot.addWidget(chat)
    chat.resize(600, 300)
    chat.move(100, 100)
    chat.show()
    chat.load([said(Role.ASSISTANT, ANSWER, n) for n in range(8)])
    bar = chat.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 500)
    qtbot.waitUntil(Stillness(chat))
    buttons = chat.findChildren(QToolButton, "copyBlock")
    button = next(b for b in reversed(buttons) if not b.visibleRegion().isEmpty())
    place = button.mapTo(chat, button.rect().center())
    QCursor.setPos(chat.mapToGlobal(place))
    QTest.mouseMove(chat.windowHandle(), place + QPoint(1, 0))
    QTest.mouseMove(chat.windowHandle(), place)
    qtbot.waitUntil(button.underMouse)
    bar.setValue(bar.value() - 100)
    qtbot.waitUntil(lambda: not button.underMouse())
