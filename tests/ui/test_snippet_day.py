"""The whole window with the built-in model: ask, keep, search, insert, run again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import qasync
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication
from shiboken6 import delete

from app.bootstrap import services
from app.services.chats.chats import Chats
from app.services.chats.history_file import HistoryFile
from app.services.services import Services
from app.services.snippets import Snippets
from app.services.tasks import Tasks
from app.store.history import History
from app.ui.presenters.ensemble import make_presenters
from app.ui.widgets.snippets.snippets_dialog import SnippetsDialog
from app.ui.window import Window
from app.ui.wiring.introduction import introduce
from app.ui.wiring.snippets import add_snippets


class Desk:
    """A window whose presenters all work, as `app.ui.start.run` puts them together."""

    def __init__(self, built: Services, history: History) -> None:
        self.bugs: list[BaseException] = []
        self.window = Window(lambda: None)
        self.tasks = Tasks(self.bugs.append)
        file = HistoryFile.of(history)
        self.chats = Chats(file, built.generation)
        self.to = make_presenters(
            self.window, built, self.tasks, lambda key, value: None, chats=self.chats
        )
        introduce(self.window, self.to)
        snippets = Snippets(file, built.generation, built.models)
        add_snippets(self.window, self.to, snippets, self.tasks)
        found = self.window.findChild(SnippetsDialog)
        assert isinstance(found, SnippetsDialog)
        self.dialog = found

    async def begin(self) -> None:
        self.window.show()
        await self.to.models.begin(None)
        await self.to.draft.begin()
        await self.to.chats.begin()

    def press(self, name: str) -> None:
        button = self.window.findChild(QAbstractButton, name)
        assert isinstance(button, QAbstractButton), name
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    async def until(self, is_so: Callable[[], bool], what: str) -> None:
        for _ in range(3000):
            if is_so():
                return
            await asyncio.sleep(0.02)
        raise AssertionError(f"{what} did not happen within 60 s")


Day = Callable[[Callable[["Desk"], Coroutine[Any, Any, None]]], None]


@pytest.fixture
def day(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Day:
    monkeypatch.setenv("STARWRIGHT_HOME", str(tmp_path))
    qapp.setQuitOnLastWindowClosed(False)  # as the program does: its loop ends in order

    def spend(work: Callable[[Desk], Coroutine[Any, Any, None]]) -> None:
        loop = qasync.QEventLoop(qapp)
        with loop, services() as built, closing(History(tmp_path / "h.sqlite3")) as history:
            desk = Desk(built, history)

            async def whole() -> None:
                await desk.begin()
                await work(desk)
                desk.window.code_panel.tell_edits()
                await desk.to.draft.keep()
                delete(desk.window)  # its timers ask for nothing once the loop has ended
                await desk.tasks.close()

            loop.run_until_complete(asyncio.wait_for(whole(), 300))
            assert not desk.bugs, desk.bugs

    return spend


def test_ask_keep_search_insert_run_again(
    day: Day,
) -> None:
    async def work(desk: Desk) -> None:
        window, dialog = desk.window, desk.dialog
        window.composer.set_draft("Write a Python function that checks whether a number is prime")
        desk.press("send")
        await desk.until(lambda: desk.to.chat.is_busy, "the question")
        await desk.until(lambda: not desk.to.chat.is_busy, "the answer")
        desk.press("keepBlock")
        await desk.until(lambda: not window.undo_bar.isHidden(), "keeping")
        desk.press("openSnippets")
        await desk.until(lambda: dialog.page.text.text() != "", "the list")
        kept = dialog.page.text.text()
        assert kept.startswith("def is_prime")
        name = dialog.page.name.text()
        assert name.startswith("Write a Python function that checks")

        QTest.keyClicks(dialog.list.search, "zzz")
        await desk.until(lambda: dialog.list.all() == [], "finding nothing")
        dialog.list.search.clear()
        QTest.keyClicks(dialog.list.search, "PRIME python")
        await desk.until(lambda: len(dialog.list.all()) == 1, "finding it")

        editor = window.code_panel.editor()
        assert editor is not None
        editor.replace_text("# mine\n")
        editor.moveCursor(editor.textCursor().MoveOperation.End)
        desk.press("insertSnippet")
        assert window.code_panel.text() == f"# mine\n{kept}"

        desk.press("runSnippet")
        await desk.until(
            lambda: dialog.page.run.words().startswith(("Identical", "Different")), "running again"
        )
        assert dialog.page.run.words().startswith("Identical")

        editor.moveCursor(editor.textCursor().MoveOperation.Start)
        editor.moveCursor(
            editor.textCursor().MoveOperation.EndOfLine, editor.textCursor().MoveMode.KeepAnchor
        )
        desk.press("keepSnippet")
        dialog.list.search.clear()
        await desk.until(lambda: len(dialog.list.all()) == 2, "keeping a selection")
        assert dialog.list.all()[0].text == "# mine"
        dialog.close()

    day(work)
