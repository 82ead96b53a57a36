"""One writes and finds where one is: in the whole window, with a pointer and keys."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from desk import ENDLESS, Desk, at_desk
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QPushButton, QWidget
from screen_hand import Hand, by_hand

from app.ui.widgets.conversation.prose_block import ProseBlock

CTRL = Qt.KeyboardModifier.ControlModifier


def centre(widget: QWidget) -> QPoint:
    return widget.mapToGlobal(widget.rect().center())


def in_sight(talk: QWidget) -> QPoint:
    """Return a place of prose that is seen at this moment."""
    seen = (block for block in talk.findChildren(ProseBlock) if block.isVisible())
    block = next(block for block in seen if not block.visibleRegion().isEmpty())
    return block.mapToGlobal(block.visibleRegion().boundingRect().center())


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STARWRIGHT_HOME", str(tmp_path))
    return tmp_path


def test_keys_go_where_one_means_them(qapp: QApplication, home: Path) -> None:
    async def work(desk: Desk) -> None:
        window, hand = desk.window, Hand()
        composer, talk = window.composer, window.conversation

        # A chat is opened by a click; what is typed then is a question, not a search for titles.
        chats = window.sidebar.list
        place = chats.visualItemRect(chats.item(1)).center()
        await by_hand(partial(hand.click, chats.viewport().mapToGlobal(place)))
        title = chats.item(1).text()
        assert window.isActiveWindow()
        await desk.until(
            lambda: bool(talk.messages()) and talk.messages()[0].text().startswith(title),  # type: ignore[attr-defined]
            "the chat",
        )
        await desk.rest()
        opened = desk.to.open_chat.chat_id
        await by_hand(partial(hand.type, "pr?"))
        assert composer.draft() == "pr?"
        assert desk.to.open_chat.chat_id == opened
        composer.clear_draft()

        # In the messages too; and what was copied goes in there.
        await by_hand(lambda: hand.click(in_sight(talk)))
        assert not composer.editor.hasFocus()
        QGuiApplication.clipboard().setText("pasted")
        await by_hand(partial(hand.press, Qt.Key.Key_V, CTRL))
        assert composer.draft() == "pasted"
        composer.clear_draft()

        # Up in the empty composer edits the last question.
        await by_hand(partial(hand.press, Qt.Key.Key_Up))
        edited = talk.findChild(QPlainTextEdit, "messageText")
        assert isinstance(edited, QPlainTextEdit)
        assert edited.hasFocus()
        assert edited.toPlainText() in ("Prime test, please.", "Regex for logs, please.")
        await by_hand(partial(hand.press, Qt.Key.Key_Escape))
        assert composer.editor.hasFocus()

        # Ctrl+F finds in the chat from there, and in the code from the code.
        await by_hand(partial(hand.press, Qt.Key.Key_F, CTRL))
        find = window.find_in_chat
        assert find.isVisible()
        await by_hand(partial(hand.type, "PLEASE"))
        assert find.count.text() == "2 of 2"
        await by_hand(partial(hand.press, Qt.Key.Key_Return))
        assert find.count.text() == "1 of 2"
        marked = [p for p in talk.findChildren(ProseBlock) if p.extraSelections()]
        assert len(marked) == 2
        assert not marked[0].visibleRegion().isEmpty()
        await by_hand(partial(hand.type, "x"))
        assert find.count.text() == "No results"
        assert not [p for p in talk.findChildren(ProseBlock) if p.extraSelections()]
        await by_hand(partial(hand.press, Qt.Key.Key_Escape))
        assert not find.isVisible()
        assert composer.editor.hasFocus()
        editor = window.code_panel.editor()
        assert editor is not None
        await by_hand(partial(hand.click, centre(editor)))
        await by_hand(partial(hand.press, Qt.Key.Key_F, CTRL))
        assert window.code_panel.find_bar.isVisible()
        assert not find.isVisible()

        # Esc stops an answer also where the keyboard is on no text.
        await by_hand(partial(hand.press, Qt.Key.Key_Escape))
        composer.set_draft(f"{ENDLESS}, please.")
        send = window.findChild(QPushButton, "send")
        assert isinstance(send, QPushButton)
        await by_hand(partial(hand.click, centre(send)))
        assert desk.to.chat.is_busy
        await by_hand(lambda: hand.click(in_sight(talk)))
        await by_hand(partial(hand.press, Qt.Key.Key_Escape))
        await desk.until(lambda: not desk.to.chat.is_busy, "the end")
        assert desk.bugs == []

    at_desk(qapp, home, work)
