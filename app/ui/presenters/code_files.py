"""Tabs as files: saved, read again, dragged out of the window, opened in the user's own editor."""

from __future__ import annotations

import asyncio
from pathlib import Path

from app.services.editors import Editors
from app.services.source_files import PLAIN, TextFormat, write_source
from app.services.tasks import Tasks
from app.text.file_names import suggested_path
from app.ui.presenters.answer_code import AnswerCode
from app.ui.presenters.own_tabs import OwnTabs
from app.ui.presenters.views import CodeView


class CodeFiles:
    """The files of one code panel's tabs."""

    def __init__(
        self,
        view: CodeView,
        own_tabs: OwnTabs,
        answers: AnswerCode,
        tasks: Tasks,
        editors: Editors,
    ) -> None:
        self._view = view
        self._own_tabs = own_tabs
        self._answers = answers
        self._tasks = tasks
        self._editors = editors

    def save(self, key: int, title: str, text: str) -> None:
        """Save a tab where it was saved before, or ask where."""
        tab = self._answers.tab(key)
        if key in self._own_tabs:
            self._own_tabs.save(key, text)
        elif tab is not None and tab.path is not None:
            self.save_to(key, tab.path, text)
        else:
            path = suggested_path(tab.language, text, tab.name) if tab is not None else ""
            self._view.ask_path(key, path or title, text)

    def save_to(self, key: int, path: Path, text: str) -> None:
        """Save a tab as this file, which is its place from now on."""
        if key in self._own_tabs:
            self._own_tabs.save_to(key, path, text)
            return

        async def write() -> None:
            tab = self._answers.tab(key)
            form = tab.form if tab is not None else PLAIN
            await asyncio.to_thread(write_source, path, text, form)
            if tab is not None and self._answers.tab(key) is tab:
                tab.path = path
                self._view.show_saved(key, path, text)

        self._tasks.start(write(), name="save code")

    def save_in(self, key: int, title: str, text: str, encoding: str) -> None:
        """Save a tab in an encoding, where it was saved before, or ask where."""
        tab = self._answers.tab(key)
        if key in self._own_tabs:
            self._own_tabs.save_in(key, encoding, text)
        elif tab is not None:
            tab.form = TextFormat(encoding=encoding)
            self._view.show_form(
                key,
                line_end=tab.form.line_end_words,
                encoding=encoding,
                is_exact=True,
                has_file=tab.path is not None,
            )
            self.save(key, title, text)

    def reopen(self, key: int, encoding: str) -> None:
        """Read the file of a tab again, in an encoding."""
        if key in self._own_tabs:
            self._own_tabs.reopen(key, encoding)

    def give_file(self, key: int, title: str, text: str) -> None:
        """Write a tab's text to a file that can be dragged out of the window."""

        async def write() -> None:
            self._view.show_file(key, await self._editors.copy(title, text))

        self._tasks.start(write(), name="copy code")

    def open_outside(self, key: int, title: str, text: str, line: int) -> None:
        """Open a tab's text in the user's own editor; a tab never saved goes as a copy."""
        tab = self._answers.tab(key)
        path = tab.path if tab is not None else None
        if key in self._own_tabs:
            # A file with unsaved text goes as a copy: the editor shall show what is seen here.
            path = None if self._view.is_edited(key) else self._own_tabs.path(key)
        self._tasks.start(self._editors.open(title, text, line, path=path), name="open editor")

    def find_editor(self) -> None:
        """Find out which editor code is opened in, and say its name."""

        async def find() -> None:
            self._view.name_editor(await asyncio.to_thread(self._editors.first_name))

        self._tasks.start(find(), name="find editor")
