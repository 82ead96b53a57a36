"""The running window: what is opened after it stands, and how all is closed again."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Coroutine, Sequence
from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from app.core.errors import StoreError
from app.core.settings import Value
from app.services.chats.chats import Chats
from app.services.chats.history_file import HistoryFile
from app.services.services import Services
from app.services.snippets import Snippets
from app.services.tasks import Tasks
from app.services.threads import start_thread
from app.ui.presenters.ensemble import make_presenters
from app.ui.presenters.history import HistoryPresenter
from app.ui.start.first_paint import FirstPaint
from app.ui.start.garbage import collect_here
from app.ui.start.kept_state import KeptState
from app.ui.start.opening import sorted_out
from app.ui.start.single_instance import SingleInstance
from app.ui.start.trouble import Trouble
from app.ui.widgets.code.lexers import LEXERS
from app.ui.widgets.controls.questions import Leaving
from app.ui.widgets.look.theme import Theme
from app.ui.window import Window
from app.ui.wiring.introduction import introduce
from app.ui.wiring.snippets import add_snippets

_log = logging.getLogger(__name__)


class Program:
    """One window with all that works behind it."""

    def __init__(self, services: Services, instance: SingleInstance) -> None:
        self._services = services
        self._closing = asyncio.Event()
        self._theme = _theme(services)
        self._window = Window(self._wish_to_close)
        self._trouble = Trouble(self._window.conversation, services.paths.log)
        self._tasks = Tasks(self._trouble.report)
        self._state = KeptState(self._window, services.paths.window_state)
        self._file = HistoryFile(services.paths.database)
        self._chats = Chats(self._file, services.generation)
        self._snippets = Snippets(self._file, services.generation, services.models)
        self._to = make_presenters(
            self._window, services, self._tasks, self._follow, chats=self._chats
        )
        self._history = HistoryPresenter(
            self._window, self._file, self._to.open_chat, self._to.chats, self._tasks
        )
        introduce(self._window, self._to)
        instance.raise_requested.connect(self._raise)
        self._painted = FirstPaint(self._window)

    async def run(self, paths: Sequence[Path]) -> None:
        """Show the window, open what it needs, and stay until it is closed."""
        self._trouble.watch(self._closing.set)
        self._window.show()
        await self._painted.wait()
        self._collector = collect_here(self._window)
        LEXERS.begin()
        self._lexing = start_thread("lexers", LEXERS.work)
        wanted = await asyncio.to_thread(sorted_out, paths)
        self._tasks.start(self._open(wanted.files), name="open")
        self._tasks.start(self._to.models.begin(wanted.model), name="open models")
        if wanted.folder is None:
            self._to.project.begin()
        else:
            self._to.project.choose(wanted.folder)
        await self._closing.wait()
        await self._close()

    async def _open(self, files: Sequence[Path]) -> None:
        """Open the history, and show what was there when the window was left."""
        await self._history.begin()
        for problem in self._services.settings.problems:
            self._trouble.report(problem)
        await self._tried(self._to.draft.begin())
        await self._tried(self._to.chats.begin())
        # Made now, and not before the first paint.
        add_snippets(self._window, self._to, self._snippets, self._tasks)
        self._to.code_files.find_editor()
        await self._tried(self._to.code.restore())
        if files:
            self._to.own_tabs.open(files)
        await self._tried(self._state.reopen(self._chats, self._to.open_chat))
        keeping = self._state.keep_on(self._to.open_chat, self._to.code)
        self._tasks.start(keeping, name="keep window state")
        self._tasks.start(self._chats.index_older(), name="index older messages")

    async def _tried(self, step: Coroutine[None, None, None]) -> None:
        """Take a step; where a damaged history keeps it from being taken, the others are."""
        try:
            await step
        except StoreError as error:
            self._trouble.report(error)

    async def _close(self) -> None:
        self._window.code_panel.tell_edits()
        await self._state.keep(self._to.open_chat, self._to.code)
        try:
            if self._chats.is_open:
                await self._to.draft.keep()
        except StoreError as error:
            _log.error("The draft could not be saved: %s", error)
        try:
            await self._to.settings.keep()
        except StoreError as error:
            _log.error("The settings could not be saved: %s", error)
        self._snippets.close()
        await self._tasks.close()
        LEXERS.end()
        await asyncio.to_thread(self._lexing.join)
        problem = await self._chats.close()
        if problem is not None:
            _log.error("The last answer could not be saved: %s", problem)
        await self._file.close()

    def _follow(self, key: str, value: Value) -> None:
        """Let a changed setting of the window hold at once."""
        if key == "window.theme":
            self._theme.choose(str(value))
        elif key == "window.text_percent":
            self._theme.set_text(int(value))
        elif key == "editor.command":
            self._to.code_files.find_editor()

    def _wish_to_close(self) -> None:
        """Close, after one question where text is in no file."""
        self._window.code_panel.tell_edits()
        unsaved = self._to.own_tabs.unsaved()
        if unsaved:
            can_save = self._to.own_tabs.has_file_to_save()
            self._window.dialogs.ask_leave(unsaved, self._leave, can_save=can_save)
        else:
            self._leave(Leaving.KEEP)

    def _leave(self, how: Leaving) -> None:
        async def leave() -> None:
            if how is Leaving.SAVE:
                await self._to.own_tabs.save_all()
            elif how is Leaving.DISCARD:
                self._to.own_tabs.discard_all()
            self._window.hide()
            self._closing.set()

        self._tasks.start(leave(), name="leave")

    def _raise(self, paths: list[Path]) -> None:
        self._window.come_forward()

        async def open_() -> None:
            wanted = await asyncio.to_thread(sorted_out, paths)
            if wanted.model is not None:
                self._to.models.choose(wanted.model)
            if wanted.folder is not None:
                self._to.project.choose(wanted.folder)
            if wanted.files:
                self._to.own_tabs.open(wanted.files)

        self._tasks.start(open_(), name="open what was handed over")


def _theme(services: Services) -> Theme:
    application = QGuiApplication.instance()
    assert isinstance(application, QApplication)
    theme = Theme(application)
    theme.choose(os.environ.get("STARWRIGHT_THEME") or str(services.settings.value("window.theme")))
    theme.set_text(int(services.settings.value("window.text_percent")))
    theme.apply()
    return theme
