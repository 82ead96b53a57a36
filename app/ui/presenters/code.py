"""The code panel's presenter: follows an answer's code into tabs, keeps what the user makes of it.

Which code belongs to which tab says `app.ui.presenters.code_tabs`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from app.core.chats import StoredMessage
from app.core.errors import RequestError
from app.core.hunks import Hunk
from app.core.tab_places import TabPlace
from app.generation.infill.repository import SourceFile
from app.services.chats.chats import Chats
from app.services.editors import Editors
from app.services.source_files import PLAIN, TextFormat, write_source
from app.services.tasks import Tasks
from app.store.open_tabs import OpenTabs
from app.text.encodings import printable
from app.text.fences import CodeClosed, CodeOpened, CodeText, FenceEvent, FenceReader
from app.text.file_names import suggested_path
from app.text.hunks import compare, rebased
from app.text.languages import Language, label_of_file, language_named
from app.text.names import NAMED_WITHIN
from app.ui.presenters.code_tabs import (
    MOST_TABS,
    Source,
    Tab,
    alike,
    defined_name,
    look_at,
    merge,
    named,
    new_tab,
    suggested_title,
    tabs_of,
)
from app.ui.presenters.own_tabs import OwnTabs, OwnTabsView


class CodeView(OwnTabsView, Protocol):
    """What the code panel does; see `app.ui.widgets.panel.code_panel`."""

    def open_tab(self, title: str, language: str, comment: tuple[str, str]) -> int: ...
    def append(self, key: int, text: str) -> None: ...
    def name_tab(self, key: int, title: str) -> None: ...
    def set_language(self, key: int, language: str, comment: tuple[str, str]) -> None: ...
    def merge(self, key: int, into: int) -> None: ...
    def close_block(self, key: int) -> None: ...
    def propose(self, key: int, text: str) -> None: ...
    def show_difference(self, key: int, old: str, hunks: Sequence[Hunk]) -> None: ...
    def show_file(self, key: int, path: Path) -> None: ...
    def clear(self) -> None: ...
    def hide_tab(self, key: int) -> None: ...
    def is_writing(self, key: int) -> bool: ...
    def current_key(self) -> int: ...
    def name_editor(self, name: str) -> None: ...


class CodePresenter:
    """Follows one answer at a time; the tabs of earlier answers stay."""

    def __init__(
        self, view: CodeView, own: OwnTabs, chats: Chats, tasks: Tasks, editors: Editors
    ) -> None:
        self._view = view
        self.own = own
        self._tasks = tasks
        self._editors = editors
        self._chats = chats
        self._tabs: dict[int, Tab] = {}
        self._reader = FenceReader()
        self._message_id = 0
        self._block = -1
        self._blocks = 0
        self._tab: Tab | None = None
        self._places: dict[str, TabPlace] = {}
        self._hidden: dict[str, None] = {}
        self._wanted = ""
        self._chosen: Language | None = None

    def expect_language(self, name: str) -> None:
        """Take code that says nothing of its language for this one; an unknown name means any."""
        self._chosen = language_named(name)

    # --- how it was left -----------------------------------------------------------------

    async def restore(self) -> None:
        """Open what was open when the window was left. Raises `StoreError` of a lost file."""
        try:
            await self.own.restore()
        finally:
            kept = self.own.kept
            self._places, self._hidden = dict(kept.places), dict.fromkeys(kept.hidden)
            self._wanted = kept.shown_code

    async def keep(self) -> None:
        """Keep which tabs are open, what is not saved, and where each stands."""
        self._note_places()
        key = self._view.current_key()
        shown = _name(self._tabs[key]) if key in self._tabs else ""
        await self.own.keep(
            OpenTabs((), self.own.number(key), shown, dict(self._places), tuple(self._hidden))
        )

    def _note_places(self) -> None:
        for key, tab in self._tabs.items():
            if tab.sources:
                self._places.pop(_name(tab), None)
                self._places[_name(tab)] = self._view.place_of(key)

    # --- what the answers bring ----------------------------------------------------------

    async def show_chat(
        self, messages: Sequence[StoredMessage], edits: Mapping[Source, str] | None = None
    ) -> None:
        """Show the code of a chat's answers, and what the user made of it."""
        tabs = await asyncio.to_thread(tabs_of, messages)
        in_front = self._view.current_key()
        self.clear()
        for tab in tabs:
            texts = [
                (text, (edits or {}).get(source))
                for text, source in zip(tab.texts, tab.sources, strict=True)
            ]
            tab.own = {number: own for number, (_, own) in enumerate(texts) if own is not None}
            tab.key = self._view.add_tab(tab.title, tab.label, tab.comment, texts)
            self._tabs[tab.key] = tab
            self._view.put_place(tab.key, self._places.get(_name(tab), TabPlace()))
            if _name(tab) in self._hidden:
                self._view.hide_tab(tab.key)
        self._blocks = sum(len(tab.texts) for tab in tabs)
        seen = [tab for tab in tabs if _name(tab) not in self._hidden]
        wanted = [tab for tab in seen if _name(tab) == self._wanted]
        if wanted or (seen and in_front not in self.own):
            self._view.show_tab((wanted or seen)[-1].key)
        self._wanted = ""

    def clear(self) -> None:
        """Close all tabs but the user's own."""
        self._note_places()
        self._view.clear()
        self._tabs = {}
        self._blocks = 0
        self._reader = FenceReader()  # a block that was open has no tab any more

    def begin(self, message_id: int = 0) -> None:
        """A new answer begins."""
        self._reader = FenceReader()
        self._message_id, self._block = message_id, -1

    def resume(self, message: StoredMessage) -> None:
        """An answer that has its text so far goes on; its tabs are there already."""
        self._reader = FenceReader()
        opened = [e for e in self._reader.feed(message.text) if isinstance(e, CodeOpened)]
        self._message_id, self._block = message.id, len(opened) - 1
        source = (self._message_id, self._block)
        self._tab = next((tab for tab in self._tabs.values() if source in tab.sources), self._tab)

    def feed(self, text: str) -> None:
        """Take more of the answer."""
        self._show(self._reader.feed(text))

    def finish(self) -> None:
        """The answer is over, also where it ends inside a block."""
        self._show(self._reader.finish())

    def show_block(self, code: str, language: str, message_id: int | None = None) -> None:
        """Show a block that the user sent to the panel: its tab, or a new one."""
        for tab in self._tabs.values():
            if any(text.strip() == code.strip() for text in tab.texts):
                self._hidden.pop(_name(tab), None)
                self._view.show_tab(tab.key)
                return
        self._open(language)
        self._current.shown_of = message_id
        self._append(code)
        self._view.close_block(self._current.key)

    def source_of(self, key: int, version: int) -> tuple[str, int | None]:
        """Return a tab's language, and the id of the answer that wrote a version of it."""
        tab = self._tabs.get(key)
        if tab is None:
            return "", None
        known = 0 <= version < len(tab.sources)
        info = tab.info or tab.label
        return info, (tab.sources[version][0] or None) if known else tab.shown_of

    def open_new(self, title: str) -> int:
        """Open a tab of the user's own for a new file that is written now; `write` fills it."""
        label = label_of_file(title)
        known = language_named(label)
        comment = (known.comment, known.comment_end) if known else ("#", "")
        key = self._view.open_tab(title, label, comment)
        self.own.adopt(key, title, label)
        return key

    def write(self, key: int, text: str) -> None:
        """Add to a new file, unless its tab is gone."""
        if key in self.own:
            self.own.grow(key, text)
            self._view.append(key, text)

    def close_new(self, key: int) -> None:
        """A new file is whole: it may be edited."""
        if key in self.own:
            self._view.close_block(key)

    def files(self) -> list[SourceFile]:
        """Return what the tabs hold now, the newest last, each with its file's path or its name."""
        tabs = [
            SourceFile(printable(str(tab.path or tab.title)), tab.text)
            for tab in self._tabs.values()
        ]
        return [*self.own.files(), *tabs]

    def file_named(self, name: str) -> SourceFile | None:
        """Return what the newest tab of this name holds."""
        found = [file for file in self.files() if Path(file.path).name == name]
        return found[-1] if found else None

    # --- what the user does --------------------------------------------------------------

    def new_tab(self, language: str) -> None:
        """Open an empty tab; an unknown language means plain text."""
        self.own.new(language)

    def close(self, key: int) -> None:
        """Close a tab. Code of an answer is only put out of sight, its message brings it back."""
        if key in self.own:
            self.own.close(key)
        elif not self._view.is_writing(key):
            self._view.hide_tab(key)
            if key in self._tabs:
                self._hidden[_name(self._tabs[key])] = None

    def choose_language(self, key: int, name: str) -> None:
        """Take a tab for code in a language, by its name."""
        known = language_named(name)
        comment = (known.comment, known.comment_end) if known else ("#", "")
        self._view.set_language(key, known.label if known else "", comment)
        if key in self.own:
            self.own.choose_language(key, name)
        elif key in self._tabs:
            self._tabs[key].told = known

    def edited(self, key: int, version: int, text: str) -> None:
        """Keep what the user made of a version."""
        if key in self.own:
            self.own.edited(key, text)
        tab = self._tabs.get(key)
        if tab is not None:
            tab.own[version] = text
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

    def save(self, key: int, title: str, text: str) -> None:
        """Save a tab where it was saved before, or ask where."""
        tab = self._tabs.get(key)
        if key in self.own:
            self.own.save(key, text)
        elif tab is not None and tab.path is not None:
            self.save_to(key, tab.path, text)
        else:
            path = suggested_path(tab.language, text, tab.name) if tab is not None else ""
            self._view.ask_path(key, path or title, text)

    def save_to(self, key: int, path: Path, text: str) -> None:
        """Save a tab as this file, which is its place from now on."""
        if key in self.own:
            self.own.save_to(key, path, text)
            return

        async def write() -> None:
            tab = self._tabs.get(key)
            form = tab.form if tab is not None else PLAIN
            await asyncio.to_thread(write_source, path, text, form)
            if tab is not None and self._tabs.get(key) is tab:
                tab.path = path
                self._view.show_saved(key, path, text)

        self._tasks.start(write(), name="save code")

    def save_in(self, key: int, title: str, text: str, encoding: str) -> None:
        """Save a tab in an encoding, where it was saved before, or ask where."""
        tab = self._tabs.get(key)
        if key in self.own:
            self.own.save_in(key, encoding, text)
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
        if key in self.own:
            self.own.reopen(key, encoding)

    def give_file(self, key: int, title: str, text: str) -> None:
        """Write a tab's text to a file that can be dragged out of the window."""

        async def write() -> None:
            self._view.show_file(key, await self._editors.copy(title, text))

        self._tasks.start(write(), name="copy code")

    def open_outside(self, key: int, title: str, text: str, line: int) -> None:
        """Open a tab's text in the user's own editor; a tab never saved goes as a copy."""
        tab = self._tabs.get(key)
        path = tab.path if tab is not None else None
        if key in self.own:
            # A file with unsaved text goes as a copy: the editor shall show what is seen here.
            path = None if self._view.is_edited(key) else self.own.path(key)
        self._tasks.start(self._editors.open(title, text, line, path=path), name="open editor")

    def find_editor(self) -> None:
        """Find out which editor code is opened in, and say its name."""

        async def find() -> None:
            self._view.name_editor(await asyncio.to_thread(self._editors.first_name))

        self._tasks.start(find(), name="find editor")

    # --- how it is done ------------------------------------------------------------------

    @property
    def _current(self) -> Tab:
        assert self._tab is not None
        return self._tab

    def _show(self, events: list[FenceEvent]) -> None:
        for event in self._newest(events):
            match event:
                case CodeOpened(info=info):
                    self._block += 1
                    self._open(info)
                    self._current.sources.append((self._message_id, self._block))
                case CodeText(text=text):
                    self._append(text)
                    self._name()
                case CodeClosed():
                    self._view.close_block(self._current.key)
                    self._settle()

    def _newest(self, events: list[FenceEvent]) -> list[FenceEvent]:
        """Leave out blocks that would not stay among the newest: a text may open thousands."""
        opened = [n for n, event in enumerate(events) if isinstance(event, CodeOpened)]
        skipped = len(opened) - MOST_TABS
        if skipped <= 0:
            return events
        self._block += skipped
        self._blocks += skipped
        return [*events[: opened[0]], *events[opened[skipped] :]]

    def _open(self, info: str) -> None:
        self._blocks += 1
        self._tab = tab = new_tab(self._blocks, info)
        tab.key = self._view.open_tab(tab.title, tab.label, tab.comment)
        self._tabs[tab.key] = tab
        self._drop_oldest()

    def _drop_oldest(self) -> None:
        """Keep no more tabs than a chat opens with; older code is a click away in its message.

        What the user sees, changed or saved stays.
        """
        if len(self._tabs) > MOST_TABS:
            kept = (self._current.key, self._view.current_key())
            for key, tab in self._tabs.items():
                if key not in kept and not tab.own and tab.path is None:
                    del self._tabs[key]
                    self._view.remove_tab(key)
                    return

    def _append(self, text: str) -> None:
        tab = self._current
        tab.growing.append(text)
        self._view.append(tab.key, text)

    def _name(self) -> None:
        tab = self._current
        if tab.is_named or len(tab.texts) > 1:
            return
        name = defined_name(tab)
        tab.is_named = bool(name) or len(tab.texts[-1]) > NAMED_WITHIN
        same = named(list(self._tabs.values()), tab, name) if name else None
        if same is not None:
            self._merge(tab, same)
        elif name:
            tab.name = name
            self._entitle(tab)

    def _entitle(self, tab: Tab) -> None:
        title = suggested_title(tab)
        if title and title != tab.title:
            tab.title = title
            self._view.name_tab(tab.key, title)

    def _settle(self) -> None:
        """Where a block is whole: is it a new version of code that another answer gave?"""
        tab = self._current
        tab.settle()
        if len(tab.sources) > 1:
            return
        if tab.is_told_by_content:
            self._tasks.start(self._tell(tab), name="detect language")
        else:
            self._settle_as(tab)

    async def _tell(self, tab: Tab) -> None:
        """Find out what a block is written in, where its fence does not say it."""
        if self._tabs.get(tab.key) is not tab:
            return  # newer code took its place
        found = await asyncio.to_thread(look_at, tab)
        if self._tabs.get(tab.key) is not tab:
            return  # its chat is no longer shown
        if found is None and not tab.info.strip():
            found = self._chosen
        if found is not None and found != tab.language:
            tab.told = found
            if tab.title.endswith(".txt"):
                tab.title = f"{tab.title.removesuffix('.txt')}{tab.extension}"
                self._view.name_tab(tab.key, tab.title)
            self._view.set_language(tab.key, tab.label, tab.comment)
        self._settle_as(tab)

    def _settle_as(self, tab: Tab) -> None:
        same = alike(list(self._tabs.values()), tab)
        if same is not None:
            self._merge(tab, same)
        else:
            self._entitle(tab)

    def _merge(self, tab: Tab, into: Tab) -> None:
        del self._tabs[tab.key]
        merge(tab, into)
        self._view.merge(tab.key, into.key)
        if self._tab is tab:
            self._tab = into


def _name(tab: Tab) -> str:
    """Return what a tab of an answer is called where its place is kept."""
    return ":".join(map(str, tab.sources[0])) if tab.sources else ""
