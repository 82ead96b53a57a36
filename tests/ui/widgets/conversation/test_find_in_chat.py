"""Finding in the conversation marks what is wanted, and nothing that was wanted before."""

import time
from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from said import said

from app.core.messages import Role
from app.ui.widgets.code.code_view import CodeView
from app.ui.widgets.conversation.conversation import Conversation
from app.ui.widgets.conversation.find_in_chat import FindInChat
from app.ui.widgets.conversation.prose_block import ProseBlock
from app.ui.widgets.look.palette import colours

ANSWER = "Two emails.\n\n```sql\nSELECT email FROM users\n```\n"
UNSEEN = "".join(f"[{n}]: http://example.org/{'x' * 450}\n" for n in range(670))
"""Definitions of links: long, and nothing is drawn of them."""
FILLING = "A sentence of many words of which one reads only the first. " * 3 + "\n\n"


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


def test_messages_that_are_not_drawn_yet_are_counted_and_drawn_when_one_goes_there(qtbot):
    chat = _chat(qtbot)
    chat.load(
        [said(Role.ASSISTANT, f"Answer {n} has *one* needle.\n\n" + FILLING, n) for n in range(300)]
    )
    bar = _open(chat, qtbot)
    QTest.keyClicks(bar.wanted, "needle")
    assert len(chat.messages()) < 300  # most of them wait for their turn
    qtbot.waitUntil(lambda: bar.count.text() == "300 of 300")
    for _ in range(25):
        QTest.keyClick(bar.wanted, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert bar.count.text() == "275 of 300"
    qtbot.waitUntil(lambda: _marked_in_sight(chat) == "Answer 274 has one needle.", timeout=20_000)
    assert bar.count.text() == "275 of 300"
    for _ in range(26):
        QTest.keyClick(bar.wanted, Qt.Key.Key_Return)  # around the end, to the first
    assert bar.count.text() == "1 of 300"


def test_what_waits_behind_show_more_is_found_and_shown(qtbot):
    chat = _chat(qtbot)
    long_answer = "A first needle.\n\n" + UNSEEN + "\nThe last needle stands here.\n"
    chat.load([said(Role.USER, "Write much", 1), said(Role.ASSISTANT, long_answer, 2)])
    qtbot.waitUntil(lambda: chat.findChild(QPushButton, "showMore") is not None, timeout=20_000)
    bar = _open(chat, qtbot)
    QTest.keyClicks(bar.wanted, "needle")
    qtbot.waitUntil(lambda: bar.count.text() == "2 of 2")
    qtbot.waitUntil(
        lambda: _marked_in_sight(chat) == "The last needle stands here.", timeout=20_000
    )
    assert bar.count.text() == "2 of 2"


def test_code_and_questions_are_found_to_their_ends(qtbot):
    chat = _chat(qtbot)
    question = "word " * 5_000 + "\nThe needle of the question."
    code = "```py\n" + "x = 1\n" * 2_500 + "needle = 2\n" + "x = 1\n" * 2_500 + "```\n"
    chat.load([said(Role.USER, question, 1), said(Role.ASSISTANT, code, 2)])
    bar = _open(chat, qtbot)
    QTest.keyClicks(bar.wanted, "needle")
    qtbot.waitUntil(lambda: bar.count.text() == "2 of 2")
    qtbot.waitUntil(lambda: _marked_in_sight(chat) == "needle = 2", timeout=20_000)
    QTest.keyClick(bar.wanted, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: _marked_in_sight(chat) == "The needle of the question.", timeout=20_000)


def test_an_answer_that_grows_is_found_in_while_one_stays_where_one_is(chat, qtbot):
    bar = _open(chat, qtbot)
    QTest.keyClicks(bar.wanted, "email")
    QTest.keyClick(bar.wanted, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert bar.count.text() == "2 of 3"
    chat.begin_answer(said(Role.ASSISTANT, "", 3))
    chat.append("More about email.\n")
    qtbot.waitUntil(lambda: bar.count.text() == "2 of 4")


def test_another_chat_is_found_in_anew(chat, qtbot):
    bar = _open(chat, qtbot)
    QTest.keyClicks(bar.wanted, "email")
    chat.load([said(Role.USER, "One email only", 1)])
    qtbot.waitUntil(lambda: bar.count.text().endswith("of 1"))
    assert _marked_in_sight(chat) == "One email only"


def test_what_is_very_common_stalls_nothing(qtbot):
    chat = _chat(qtbot)
    chat.load([said(Role.ASSISTANT, FILLING * 20, n) for n in range(100)])
    bar = _open(chat, qtbot)
    steps = []

    def step(work):
        began = time.thread_time()
        work()
        steps.append(time.thread_time() - began)

    for letter in "of":
        step(partial(QTest.keyClicks, bar.wanted, letter))
    qtbot.waitUntil(lambda: bar.count.text().endswith("of 10,000+"), timeout=20_000)
    for _ in range(5):
        step(partial(bar.go, -1))
    assert max(steps) < 0.1


def _chat(qtbot):
    widget = Conversation()
    qtbot.addWidget(widget)
    widget.resize(700, 500)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def _open(chat, qtbot):
    bar = FindInChat(chat)
    qtbot.addWidget(bar)
    bar.open()
    return bar


def _marked_in_sight(chat):
    """Return the paragraph or line whose hit is marked as the one that one is at, if it is seen."""
    accent = QColor(colours().accent)
    for text in chat.findChildren(ProseBlock) + chat.findChildren(CodeView):
        for mark in text.extraSelections():
            if mark.format.background().color() == accent:
                place = text.viewport().mapTo(
                    chat.viewport(), text.cursorRect(mark.cursor).center()
                )
                if chat.viewport().rect().contains(place):
                    return mark.cursor.block().text()
    return ""
