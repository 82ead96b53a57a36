"""The tabs of the code panel, whoever they belong to: opened, edited, compared, changed, closed.

An answer's code is followed by `answer_code`, the user's own tabs by `own_tabs`; what is done with
tabs as files by `code_files`.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from app.core.errors import RequestError
from app.generation.infill.repository import SourceFile
from app.services.chats.chats import Chats
from app.services.tasks import Tasks
from app.text.hunks import compare, rebased
from app.text.languages import label_of_file, language_named
from app.ui.presenters.answer_code import AnswerCode
from app.ui.presenters.own_tabs import OwnTabs
from app.ui.presenters.views import CodeView


class CodePresenter:
    """The tabs of one code panel."""

    def __init__(
        self, view: CodeView, own_tabs: OwnTabs, answers: AnswerCode, chats: Chats, tasks: Tasks
    ) -> None:
        self._view = view
        self._own_tabs = own_tabs
        self._answers = answers
        self._chats = chats
        self._tasks = tasks

    async def restore(self) -> None:
        """Open what was open when the window was left. Raises `StoreError` of a lost file."""
        try:
            await self._own_tabs.restore()
        finally:
            self._answers.recall(self._own_tabs.kept)

    async def keep(self) -> None:
        """Keep which tabs are open, what is not saved, and where each stands."""
        key = self._view.current_key()
        stands = self._answers.how_it_stands(key)
        await self._own_tabs.keep(replace(stands, shown=self._own_tabs.number(key)))

    def files(self) -> list[SourceFile]:
        """Return what the tabs hold now, the newest last, each with its file's path or its name."""
        return [*self._own_tabs.files(), *self._answers.files()]

    def file_named(self, name: str) -> SourceFile | None:
        """Return what the newest tab of this name holds."""
        found = [file for file in self.files() if Path(file.path).name == name]
        return found[-1] if found else None

    def new_tab(self, language: str) -> None:
        """Open an empty tab; an unknown language means plain text."""
        self._own_tabs.new(language)

    def close(self, key: int) -> None:
        """Close a tab. Code of an answer is only put out of sight, its message brings it back."""
        if key in self._own_tabs:
            self._own_tabs.close(key)
        else:
            self._answers.hide(key)

    def choose_language(self, key: int, name: str) -> None:
        """Take a tab for code in a language, by its name."""
        known = language_named(name)
        comment = (known.comment, known.comment_end) if known else ("#", "")
        self._view.set_language(key, known.label if known else "", comment)
        tab = self._answers.tab(key)
        if key in self._own_tabs:
            self._own_tabs.choose_language(key, name)
        elif tab is not None:
            tab.told = known

    def edited(self, key: int, version: int, text: str) -> None:
        """Keep what the user made of a version."""
        if key in self._own_tabs:
            self._own_tabs.edited(key, text)
        tab = self._answers.tab(key)
        if tab is not None:
            tab.edits[version] = text
        if tab is not None and version < len(tab.sources):
            message_id, block = tab.sources[version]
            if message_id:
                self._tasks.start(self._chats.keep_edit(message_id, block, text), name="keep edit")

    def compare(self, key: int, old: str, new: str) -> None:
        """Show how two versions differ; found out off this thread."""

        async def find() -> None:
            hunks = await asyncio.to_thread(compare, old, new)
            self._view.show_difference(key, old, hunks)

        self._tasks.start(find(), name="compare")

    def propose(self, key: int, text: str, *, of: str | None = None) -> None:
        """Show `text` as a change to a tab, to be taken over hunk by hunk.

        `of` is the tab's text that it was made from: what the user typed since then stays.
        """

        async def propose() -> None:
            current = self._view.text_of(key)
            if current is None:
                return  # its chat is no longer shown
            changed = text
            if of is not None:
                merged = await asyncio.to_thread(rebased, of, text, current)
                if merged is None:
                    raise RequestError(
                        "The code was changed in the same place while the model was writing.",
                        hint="Ask for the change again.",
                    )
                changed = merged
            self._view.propose(key, changed)

        self._tasks.start(propose(), name="propose")

    def open_new(self, title: str) -> int:
        """Open a tab of the user's own for a new file that is written now; `write` fills it."""
        label = label_of_file(title)
        known = language_named(label)
        comment = (known.comment, known.comment_end) if known else ("#", "")
        key = self._view.open_tab(title, label, comment)
        self._own_tabs.adopt(key, title, label)
        return key

    def write(self, key: int, text: str) -> None:
        """Add to a new file, unless its tab is gone."""
        if key in self._own_tabs:
            self._own_tabs.grow(key, text)
            self._view.append(key, text)

    def close_new(self, key: int) -> None:
        """A new file is whole: it may be edited."""
        if key in self._own_tabs:
            self._view.close_block(key)
