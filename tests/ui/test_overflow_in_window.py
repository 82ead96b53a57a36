"""A long chat meets the end of the context, in the whole window with the built-in model."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
import qasync
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QCheckBox, QLabel, QPushButton
from shiboken6 import delete

from app.bootstrap import services
from app.core.chats import MessageState
from app.core.messages import Role
from app.services.chats.chats import Chats
from app.services.chats.history_file import HistoryFile
from app.services.tasks import Tasks
from app.store.history import History
from app.ui.presenters.ensemble import make_presenters
from app.ui.window import Window
from app.ui.wiring.introduction import introduce

SAID = "def f(x):\n    return x + 1\n" * 10
QUESTION = "Reverse a string"


class Rig:
    """The window with real services, on the event loop of Qt."""

    def __init__(self, built: Any, window: Window, history: History) -> None:
        self.window = window
        self.history = history
        self.bugs: list[BaseException] = []
        self.tasks = Tasks(self.bugs.append)
        self.chats = Chats(HistoryFile.of(history), built.generation)
        to = make_presenters(window, built, self.tasks, lambda key, value: None, chats=self.chats)
        self.chat, self.draft, self.models = to.chat, to.draft, to.models
        self.open_chat, self.chat_settings = to.open_chat, to.chat_settings
        introduce(window, to)

    async def begin(self, turns: int) -> int:
        """Load the model and open a chat of `turns` questions with answers."""
        await self.models.begin(None)
        await self.draft.begin()
        chat, parent = self.history.add_chat("long"), None
        for number in range(turns):
            for role, text in (
                (Role.USER, f"Question {number}: {SAID}"),
                (Role.ASSISTANT, f"```python\n{SAID}```"),
            ):
                parent = self.history.add_message(
                    chat.id, role, text, parent_id=parent, state=MessageState.DONE
                ).id
        await self.open_chat.show(chat.id)
        self.chat_settings.change("chat.max_tokens", 12)
        return chat.id

    async def until(self, is_so: Callable[[], Any], what: str) -> None:
        deadline = time.monotonic() + 150
        while not is_so():
            assert time.monotonic() < deadline, f"{what} did not happen"
            await asyncio.sleep(0.02)

    def text(self, name: str) -> str:
        label = self.window.findChild(QLabel, name)
        assert label is not None
        return label.text()

    async def send(self) -> None:
        """Write the question and press Enter."""
        self.window.composer.setFocus()
        QTest.keyClicks(self.window.composer.editor, QUESTION)
        QTest.keyClick(self.window.composer.editor, Qt.Key.Key_Return)

    async def press(self, name: str, *, remember: bool = False) -> None:
        """Press a button of the dialog."""
        await self.until(lambda: self.button(name) is not None, "the dialog")
        box = self.window.findChild(QCheckBox, "rememberOverflow")
        assert box is not None
        box.setChecked(remember)
        button = self.button(name)
        assert button is not None
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        await self.until(lambda: self.button(name) is None, "the end of the dialog")

    def button(self, name: str) -> QAbstractButton | None:
        found = self.window.findChild(QPushButton, name)
        return found if found is not None and found.isVisible() else None

    async def answered(self, chat_id: int, number: int) -> str:
        """Wait for the chat's message `number`, finished, and return its text."""

        def is_done() -> bool:
            said = self.history.messages(chat_id)
            return len(said) == number and said[-1].state is not MessageState.WRITING

        await self.until(is_done, f"message {number}")
        await self.rested()
        return self.history.messages(chat_id)[-1].text

    async def rested(self) -> None:
        """Wait until the window takes the next question."""
        stop = self.window.findChild(QAbstractButton, "stop")
        assert stop is not None
        await self.until(
            lambda: not self.chat.is_busy and not stop.isVisible(), "the end of the answer"
        )

    def notices(self) -> str:
        cards = [card.accessibleName() for card in self.window.conversation.messages()]
        return "\n".join(cards)


Play = Callable[[Callable[[Rig], Coroutine[Any, Any, None]]], None]


@pytest.fixture
def play(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Play:
    monkeypatch.setenv("STARWRIGHT_HOME", str(tmp_path))

    qapp.setQuitOnLastWindowClosed(False)  # as the program does: its loop ends in order

    def play(work: Callable[[Rig], Coroutine[Any, Any, None]]) -> None:
        loop = qasync.QEventLoop(qapp)
        with loop, services() as built:
            window = Window(lambda: None)
            window.show()
            history = History(tmp_path / "history.sqlite3")

            async def run() -> None:
                rig = Rig(built, window, history)
                try:
                    await work(rig)
                finally:
                    delete(window)  # its timers ask for nothing once the loop has ended
                    await rig.tasks.close()
                assert rig.bugs == []

            loop.run_until_complete(run())
            history.close()

    return play


def test_a_long_chat_overflows_and_each_choice_works(play: Play) -> None:
    async def work(rig: Rig) -> None:
        chat_id = await rig.begin(10)
        await rig.until(lambda: "of 2,048 tokens" in rig.text("contextText"), "the count")
        used = int(rig.text("contextText").split()[0].replace(",", ""))
        assert used > 2_048
        assert "Too much by" in rig.window.status_line.meter.toolTip()

        await rig.send()
        await rig.press("overflowCancel")
        await rig.rested()
        assert rig.window.composer.draft() == QUESTION
        assert len(rig.history.messages(chat_id)) == 20

        QTest.keyClick(rig.window.composer.editor, Qt.Key.Key_Return)
        await rig.press("overflowSummarise")
        await rig.answered(chat_id, 22)
        assert rig.window.composer.draft() == ""
        assert "A summary of the messages is sent instead." in rig.notices()

        await rig.send()
        await rig.press("overflowTrim", remember=True)
        await rig.answered(chat_id, 24)
        assert rig.notices().count("Not sent:") == 2

        await rig.send()  # remembered: it is not asked again
        await rig.answered(chat_id, 26)
        assert rig.notices().count("Not sent:") == 3
        assert rig.history.chat_settings(chat_id)["chat.overflow"] == "trim"

    play(work)


def test_the_context_is_raised_in_the_window(play: Play, tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "settings.toml").write_text("[engine]\ncontext_tokens = 512\n")

    async def work(rig: Rig) -> None:
        chat_id = await rig.begin(3)
        await rig.until(lambda: "of 512 tokens" in rig.text("contextText"), "the count")
        await rig.send()
        await rig.press("overflowRaise")
        await rig.answered(chat_id, 8)
        await rig.until(lambda: "of 1,024 tokens" in rig.text("contextText"), "the count")
        assert "Not sent" not in rig.notices()
        assert "context_tokens = 1024" in (tmp_path / "config" / "settings.toml").read_text()

    play(work)


def test_a_count_follows_the_typing(play: Play) -> None:
    async def work(rig: Rig) -> None:
        await rig.begin(1)
        QTest.keyClicks(rig.window.composer.editor, QUESTION)
        await rig.until(lambda: rig.text("draftTokens").startswith("Draft "), "the count")
        tip = rig.window.status_line.meter.toolTip
        await rig.until(lambda: "Draft: " in tip(), "the draft in the bar")
        assert "Chat so far: " in tip()
        assert "Room for the answer: " in tip()

    play(work)
