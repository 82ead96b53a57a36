"""The whole window with the built-in model: a key in the code panel brings grey text."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
import qasync
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.bootstrap import services
from app.core.events import Reading
from app.core.sampling import Sampling
from app.generation.infill.begun import continued
from app.generation.infill.holes import Hole
from app.services.answering.generation import InfillRequest
from app.services.chats.chats import Chats
from app.services.chats.history_file import HistoryFile
from app.services.services import Services
from app.services.tasks import Tasks
from app.ui.presenters.ensemble import make_presenters
from app.ui.widgets.code.code_editor import CodeEditor
from app.ui.window import Window
from app.ui.wiring.introduction import introduce

CODE = "def is_prime(n):\n    if n < 2:\n        return False\n    \n    return True\n"
CTRL = Qt.KeyboardModifier.ControlModifier


class Rig:
    def __init__(self, built: Services) -> None:
        self.window = Window(lambda: None)
        self.failures: list[BaseException] = []
        self.tasks = Tasks(self.failures.append)
        self.built = built
        panel = self.window.code_panel
        self.to = make_presenters(
            self.window,
            built,
            self.tasks,
            lambda key, value: None,
            chats=Chats(HistoryFile(None), built.generation),
        )
        introduce(self.window, self.to)
        self.window.show()
        key = panel.open_tab("is_prime.py", "python", ("#", ""))
        panel.append(key, CODE)
        panel.close_block(key)
        editor = panel.editor()
        assert editor is not None
        self.editor: CodeEditor = editor
        editor.go_to_line(4, 5)

    async def load(self) -> None:
        await self.built.models.restore_choice()
        model = self.built.models.status.model
        assert model is not None
        await self.built.models.load(model)

    async def until(self, is_so: Callable[[], bool]) -> None:
        for _ in range(12_000):
            if is_so():
                return
            await asyncio.sleep(0.01)
        raise AssertionError("it did not happen within two minutes")

    def key(self, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.editor, key, held)


@pytest.fixture
def play(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Callable[[Rig], Coroutine[Any, Any, None]]], None]:
    monkeypatch.setenv("STARWRIGHT_HOME", str(tmp_path))

    def play(work: Callable[[Rig], Coroutine[Any, Any, None]]) -> None:
        async def whole() -> None:
            rig = Rig(built)
            await rig.load()
            await work(rig)
            await rig.tasks.close()
            rig.window.hide()
            rig.window.deleteLater()
            assert not rig.failures, rig.failures

        loop = qasync.QEventLoop(qapp)
        with loop, services() as built:
            loop.run_until_complete(asyncio.wait_for(whole(), 300))

    return play


def test_the_key_brings_grey_text_that_tab_writes(
    play: Callable[[Callable[[Rig], Coroutine[Any, Any, None]]], None],
) -> None:
    async def work(rig: Rig) -> None:
        ghost, suggestions = rig.editor.ghost, rig.window.code_panel.suggestions
        place = rig.editor.textCursor().position()
        rig.key(Qt.Key.Key_Space, CTRL)
        await rig.until(lambda: bool(ghost.text))
        await rig.until(lambda: not rig.tasks._running)
        assert rig.editor.text() == CODE
        assert rig.editor.textCursor().position() == place
        suggested = ghost.text
        assert "return True" not in suggested.splitlines()[-1]  # the line below the hole
        rig.key(Qt.Key.Key_Tab)
        assert rig.editor.text() == CODE.replace("\n    \n", f"\n    {suggested}\n")
        assert ghost.text == ""
        assert suggestions.state.text() == ""
        rig.editor.undo()
        assert rig.editor.text() == CODE

    play(work)


def test_a_pause_brings_it_and_escape_refuses_it(
    play: Callable[[Callable[[Rig], Coroutine[Any, Any, None]]], None],
) -> None:
    async def work(rig: Rig) -> None:
        rig.built.settings.set_value("code.suggest_on_pause", True)
        rig.built.settings.set_value("code.suggest_delay_ms", 50)
        QTest.keyClicks(rig.editor, "for d")
        await rig.until(lambda: bool(rig.editor.ghost.text))
        rig.key(Qt.Key.Key_Escape)
        assert rig.editor.ghost.text == ""
        assert rig.editor.text() == CODE.replace("\n    \n", "\n    for d\n")
        await asyncio.sleep(0.2)
        assert rig.editor.ghost.text == ""  # refused is refused

    play(work)


def test_a_typed_letter_is_all_that_is_read_anew(
    play: Callable[[Callable[[Rig], Coroutine[Any, Any, None]]], None],
) -> None:
    async def work(rig: Rig) -> None:
        model = rig.built.models.status.model
        assert model is not None
        read, last = [], None
        for typed in ("", "f", "fo", "for", "for d", "for d in x:\n    ", "for d in x:\n        p"):
            last = continued(Hole(f"{CODE * 8}    {typed}", f"\n{CODE * 8}"), last)
            request = InfillRequest(last, sampling=Sampling(temperature=0, seed=1, max_tokens=8))
            async with aclosing(rig.built.generation.infill(model, request)) as events:
                async for event in events:
                    if isinstance(event, Reading) and event.done_tokens == event.total_tokens:
                        read.append(event.total_tokens - event.reused_tokens)
        first, *others = read
        assert first > 300
        assert max(others) < 24

    play(work)
