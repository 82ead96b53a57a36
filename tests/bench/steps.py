"""The longest step of the window's thread: answers that hardly anybody writes, long chats.

A step is one turn of the event loop, or one call that hands text over: nothing that the user does
is seen to meanwhile. What counts is the processor time of the thread, so that a busy machine adds
little.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from said import said

from app.core.messages import Role
from app.core.settings import DECLARED
from app.ui.widgets.code.token_kinds import lexer_for
from app.ui.widgets.conversation.conversation import Conversation
from app.ui.widgets.conversation.find_in_chat import FindInChat
from app.ui.widgets.look.theme import Theme
from app.ui.window import Window

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


CHAT_MESSAGES = 300
_PROSE = "A sentence of many words of which one reads only the first. " * 20 + "\n\n"
_CODE = "```py\n" + "value = compute(index)  # note\n" * 20 + "```\n"


class Steps:
    """Takes the time of each step of one window. A step is `take`n, or a `turn` of the loop."""

    def __init__(self) -> None:
        application = QApplication.instance() or QApplication([])
        assert isinstance(application, QApplication)
        self._application = application
        self._taken: list[float] = []
        Theme(application).apply()
        lexer_for("py")  # made on another thread in the program

    def take(self, work: Callable[[], object]) -> None:
        """Do something in one step."""
        began = time.thread_time()
        work()
        self._taken.append(time.thread_time() - began)

    def turn(self) -> None:
        """Let the event loop come round once, and delete what wishes to be deleted."""
        self.take(self._turn)

    def rest(self) -> None:
        """Turn until all is done."""
        rested = 0
        while rested < _AT_REST:
            self.turn()
            rested = rested + 1 if self._taken[-1] < _NO_WORK_S else 0
            time.sleep(0.001)

    def longest_ms(self) -> float:
        """Return the longest since this was asked before."""
        taken, self._taken = self._taken, []
        return max(taken) * 1000

    def _turn(self) -> None:
        self._application.processEvents()
        self._application.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@contextmanager
def _shown_chat(steps: Steps) -> Iterator[Conversation]:
    gc.collect()
    gc.disable()  # as in the program, which collects at times of its own
    chat = Conversation()
    chat.resize(760, 600)
    chat.show()
    steps.turn()
    steps.longest_ms()
    yield chat
    chat.deleteLater()
    steps.turn()
    gc.enable()


def answer_steps_ms(name: str) -> tuple[float, float]:
    """Return the longest step in milliseconds of a reopened answer, and of one that streams."""
    return _answer_step_ms(CASES[name], pieces=0), _answer_step_ms(CASES[name], pieces=_PIECES)


def _answer_step_ms(text: str, *, pieces: int) -> float:
    steps = Steps()
    with _shown_chat(steps) as chat:
        if pieces:
            chat.begin_answer(said(Role.ASSISTANT))
            size = len(text) // pieces + 1
            for at in range(0, len(text), size):
                chat.append(text[at : at + size])
                steps.take(chat.flush)
                steps.turn()
            steps.take(chat.finish)
        else:
            steps.take(lambda: chat.load([said(Role.ASSISTANT, text)]))
        steps.rest()
        steps.take(chat.clear)
        steps.rest()
        return steps.longest_ms()


def chat_steps_ms() -> Iterator[tuple[str, float]]:
    """Yield the longest steps in milliseconds of what is done with a chat of many messages."""
    steps = Steps()
    said_so = [
        said(Role.ASSISTANT, f"Answer {n} of many.\n\n{_PROSE}{_CODE}", n)
        for n in range(CHAT_MESSAGES)
    ]
    with _shown_chat(steps) as chat:
        bar = FindInChat(chat)
        bar.show()
        steps.turn()
        steps.longest_ms()
        steps.take(lambda: chat.load(said_so))
        steps.take(bar.open)
        for letter in "words":
            steps.take(lambda letter=letter: bar.wanted.insert(letter))
        steps.take(lambda: bar.go(1))  # around the end, to the first
        steps.rest()
        yield "found in and drawn to its first", steps.longest_ms()
        steps.take(bar.leave)
        steps.take(chat.clear)
        steps.rest()
        yield "closed", steps.longest_ms()


def settings_step_ms() -> float:
    """Return the longest step in milliseconds of the settings' first opening."""
    steps = Steps()
    window = Window(lambda: None)
    window.resize(1300, 850)
    window.show()
    steps.rest()
    steps.longest_ms()
    steps.take(lambda: window.pages.show_settings({one.key: one.default for one in DECLARED}))
    steps.rest()
    window.deleteLater()
    return steps.longest_ms()
