"""What is done with a message is done with a real pointer: it enters what stands below the bar."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot
from said import said

from app.core.chats import StoredMessage
from app.core.messages import Role
from app.ui.widgets.conversation.conversation import Conversation
from app.ui.widgets.conversation.message_actions import MessageAction


@pytest.fixture
def chat(qtbot: QtBot) -> Iterator[Conversation]:
    window, view = QWidget(), Conversation()
    column = QVBoxLayout(window)
    column.addWidget(view)
    column.addWidget(QLineEdit(objectName="elsewhere"))
    qtbot.addWidget(window)
    window.resize(900, 700)
    window.show()
    qtbot.waitExposed(window)
    view.load(turns())
    qtbot.waitUntil(lambda: bar(view).isVisible())
    yield view  # noqa: PT022 - the window is kept as long


def turns() -> list[StoredMessage]:
    return [
        said(Role.USER, "Question", 1),
        said(Role.ASSISTANT, "Answer\n\n```python\nx = 1\n```\n", 2, alternatives=(7, 2, 8)),
        said(Role.USER, "And then?", 3),
        said(Role.ASSISTANT, "Then that.", 4),
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
        chat.begin_answer(said(Role.ASSISTANT, "", 9))
        chat.append("Another answer.")
        chat.set_busy(is_busy=False)
        assert len(chat.messages()) == number + 1


def edit_with_mouse(chat: Conversation, qtbot: QtBot, number: int) -> QPlainTextEdit:
    qtbot.wait(20)  # laid out
    point_at(chat.messages()[number])
    qtbot.waitUntil(lambda: bar(chat).isVisible())
    button = chat.findChild(QToolButton, "message-edit")
    assert isinstance(button, QToolButton)
    click(button)
    editor = chat.findChild(QPlainTextEdit, "messageText")
    assert isinstance(editor, QPlainTextEdit)
    qtbot.waitUntil(editor.hasFocus)
    return editor


def test_the_bar_never_covers_the_editor_and_the_keyboard_goes_back(
    chat: Conversation, qtbot: QtBot
) -> None:
    elsewhere = chat.window().findChild(QLineEdit, "elsewhere")
    assert isinstance(elsewhere, QLineEdit)
    elsewhere.setFocus()
    for name in ("cancelEdit", "saveEdit"):
        for number in (1, 2, 3):
            editor = edit_with_mouse(chat, qtbot, number)
            editor.insertPlainText("More. ")
            button = chat.findChild(QPushButton, name)
            assert isinstance(button, QPushButton)
            for widget in (editor, button):
                point_at(widget)
                qtbot.wait(20)
                assert not is_covered(button, bar(chat))
            click(button)
            assert elsewhere.hasFocus()
            qtbot.wait(20)  # the editor is deleted


def is_covered(widget: QWidget, by: QWidget) -> bool:
    return by.isVisible() and by.geometry().intersects(
        QRect(widget.mapTo(by.parentWidget(), QPoint()), widget.size())
    )


def test_an_edit_with_the_keyboard_ends_where_it_began(chat: Conversation, qtbot: QtBot) -> None:
    qtbot.keyClick(chat, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    button = chat.findChild(QToolButton, "message-edit")
    assert isinstance(button, QToolButton)
    button.setFocus()
    qtbot.keyClick(button, Qt.Key.Key_Space)
    editor = chat.findChild(QPlainTextEdit, "messageText")
    assert isinstance(editor, QPlainTextEdit)
    assert editor.hasFocus()
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert button.hasFocus()
    with qtbot.waitSignal(chat.left):
        qtbot.keyClick(button, Qt.Key.Key_Escape)


def test_what_was_edited_is_there_when_the_chat_is_open_again(
    chat: Conversation, qtbot: QtBot
) -> None:
    editor = edit_with_mouse(chat, qtbot, 3)
    editor.moveCursor(editor.textCursor().MoveOperation.End)
    qtbot.keyClicks(editor, " And more.")
    chat.load([said(Role.USER, "Another chat", 8)])
    assert chat.findChild(QPlainTextEdit, "messageText") is None or not editor.isVisible()
    qtbot.wait(20)
    chat.load(turns())
    again = chat.findChild(QPlainTextEdit, "messageText")
    assert isinstance(again, QPlainTextEdit)
    assert again.toPlainText() == "Then that. And more."
    qtbot.keyClick(again, Qt.Key.Key_Escape)
    chat.load(turns())
    qtbot.wait(20)
    assert chat.findChild(QPlainTextEdit, "messageText") is None


def test_no_break_spaces_survive_editing(chat: Conversation, qtbot: QtBot) -> None:
    chat.load([said(Role.USER, "10\u00a0km\u2028on", 1)])
    editor = edit_with_mouse(chat, qtbot, 0)
    editor.moveCursor(editor.textCursor().MoveOperation.End)
    qtbot.keyClicks(editor, "!")
    with qtbot.waitSignal(chat.edited) as saved:
        qtbot.keyClick(editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert saved.args[1] == "10\u00a0km\u2028on!"


def test_code_is_edited_in_the_font_of_code(chat: Conversation, qtbot: QtBot) -> None:
    editor = edit_with_mouse(chat, qtbot, 1)

    def families() -> list[str]:
        blocks = [editor.document().findBlockByNumber(n) for n in range(editor.blockCount())]
        found = [block.layout().formats() for block in blocks if block.text()]
        return ["code" if formats else "prose" for formats in found]

    assert families() == ["prose", "code", "code", "code"]
    assert not editor.document().isModified()
    assert editor.verticalScrollBar().maximum() == 0  # as tall as its lines, which differ
    editor.moveCursor(editor.textCursor().MoveOperation.Start)
    qtbot.keyClicks(editor, "~~~")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: families() == ["code"] * 5)
    assert editor.verticalScrollBar().maximum() == 0


@pytest.mark.parametrize("key", [Qt.Key.Key_Left, Qt.Key.Key_Right])
def test_a_key_that_comes_when_the_bar_has_gone_does_nothing(
    chat: Conversation, key: Qt.Key
) -> None:
    button = bar(chat).findChildren(QToolButton)[0]
    button.setFocus()
    bar(chat).hide()
    QTest.keyClick(button, key)
    QTest.keyClick(chat.window(), key)
    assert not bar(chat).isVisible()
