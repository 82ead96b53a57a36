"""The longest step of the window's thread while an answer is shown that hardly anybody writes.

A step is one turn of the event loop, or one call that hands text over: nothing that the user does
is seen to meanwhile. What counts is the processor time of the thread, so that a busy machine adds
little.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

from PySide6.QtWidgets import QApplication

from app.core.chats import MessageState, StoredMessage
from app.core.messages import Role
from app.ui.widgets.code.token_kinds import lexer_for
from app.ui.widgets.conversation.conversation import Conversation
from app.ui.widgets.look.theme import Theme

CASES = {
    "5 MB of code": "```py\n" + "    value = compute(index) + 12  # note\n" * 130_000 + "```\n",
    "2,000 blocks of code": "a\n\n```py\nx = 1\n```\n" * 2_000,
    "300 blocks of code": "```py\nx=1\n```\n" * 300,
    "13,000 fences": "```\n" * 13_000,
    "a table of 2,000 by 10": "|a" * 10
    + "|\n"
    + "|-" * 10
    + "|\n"
    + ("|cell" * 10 + "|\n") * 2_000,
    "a word of 1 MB": "x" * 1_000_000,
    "240 kB of &amp;": "&amp;" * 48_000,
    "90 kB of brackets": "[" * 90_000,
    "50,000 items": "- item\n" * 50_000,
    "20,000 quoted lines": "> > > deep\n" * 20_000,
}
_PIECES = 40
_AT_REST = 12  # turns without work after which all is shown
_NO_WORK_S = 0.0005


def longest_steps_ms(name: str) -> tuple[float, float]:
    """Return the longest step in milliseconds of a reopened answer, and of one that streams."""
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    Theme(application).apply()
    lexer_for("py")  # made once for all code, and not what is measured here
    return _measure(application, CASES[name], pieces=0), _measure(
        application, CASES[name], pieces=_PIECES
    )


def _measure(application: QApplication, text: str, *, pieces: int) -> float:
    gc.collect()
    gc.disable()  # as in the program, which collects at times of its own
    chat = Conversation()
    chat.resize(760, 600)
    chat.show()
    application.processEvents()
    steps: list[float] = []

    def step(work: Callable[[], object]) -> None:
        began = time.thread_time()
        work()
        steps.append(time.thread_time() - began)

    if pieces:
        chat.begin_answer(_answer(""))
        size = len(text) // pieces + 1
        for at in range(0, len(text), size):
            chat.append(text[at : at + size])
            step(chat.flush)
            step(application.processEvents)
        step(chat.finish)
    else:
        step(lambda: chat.load([_answer(text)]))
    rested = 0
    while rested < _AT_REST:
        step(application.processEvents)
        rested = rested + 1 if steps[-1] < _NO_WORK_S else 0
        time.sleep(0.001)
    step(chat.clear)
    step(application.processEvents)
    chat.deleteLater()
    application.processEvents()
    gc.enable()
    return max(steps) * 1000


def _answer(text: str) -> StoredMessage:
    return StoredMessage(1, 1, Role.ASSISTANT, text, MessageState.WRITING, "", "", 0.0)
