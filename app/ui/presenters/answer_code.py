"""An answer's code: followed into tabs while it is written, and shown again with its chat.

Which code belongs to which tab says `app.ui.presenters.code_tabs`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from app.core.chats import StoredMessage
from app.core.tab_places import TabPlace
from app.generation.infill.repository import SourceFile
from app.services.tasks import Tasks
from app.store.open_tabs import OpenTabs
from app.text.encodings import printable
from app.text.fences import CodeClosed, CodeOpened, CodeText, FenceEvent
from app.text.languages import Language, language_named
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
from app.ui.presenters.fence_feed import FenceFeed
from app.ui.presenters.own_tabs import OwnTabs
from app.ui.presenters.views import CodeView


class AnswerCode:
    """Follows one answer at a time; the tabs of earlier answers stay."""

    def __init__(self, view: CodeView, own_tabs: OwnTabs, tasks: Tasks) -> None:
        self._view = view
        self._own_tabs = own_tabs
        self._tasks = tasks
        self._tabs: dict[int, Tab] = {}
        self._fences = FenceFeed(tasks, self._show)
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

    def tab(self, key: int) -> Tab | None:
        """Return the tab with this key, None where it is none of an answer's."""
        return self._tabs.get(key)

    def files(self) -> list[SourceFile]:
        """Return what the tabs hold now, the newest last, each with its file's path or its name."""
        return [
            SourceFile(printable(str(tab.path or tab.title)), tab.text)
            for tab in self._tabs.values()
        ]

    # --- how it was left -----------------------------------------------------------------

    def recall(self, kept: OpenTabs) -> None:
        """Let tabs stand as they were kept, as soon as their chat is shown."""
        self._places, self._hidden = dict(kept.places), dict.fromkeys(kept.hidden)
        self._wanted = kept.shown_code

    def how_it_stands(self, shown: int) -> OpenTabs:
        """Return which tab is `shown`, which are hidden, and where each stands."""
        self._note_places()
        tab = self._tabs.get(shown)
        name = name_of(tab) if tab is not None else ""
        return OpenTabs((), -1, name, dict(self._places), tuple(self._hidden))

    def hide(self, key: int) -> None:
        """Put a tab out of sight; its message brings it back."""
        if not self._view.is_writing(key):
            self._view.hide_tab(key)
            if key in self._tabs:
                self._hidden[name_of(self._tabs[key])] = None

    def _note_places(self) -> None:
        for key, tab in self._tabs.items():
            if tab.sources:
                self._places.pop(name_of(tab), None)
                self._places[name_of(tab)] = self._view.place_of(key)

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
            tab.edits = {number: edit for number, (_, edit) in enumerate(texts) if edit is not None}
            tab.key = self._view.add_tab(tab.title, tab.label, tab.comment, texts)
            self._tabs[tab.key] = tab
            self._view.put_place(tab.key, self._places.get(name_of(tab), TabPlace()))
            if name_of(tab) in self._hidden:
                self._view.hide_tab(tab.key)
        self._blocks = sum(len(tab.texts) for tab in tabs)
        seen = [tab for tab in tabs if name_of(tab) not in self._hidden]
        wanted = [tab for tab in seen if name_of(tab) == self._wanted]
        if wanted or (seen and in_front not in self._own_tabs):
            self._view.show_tab((wanted or seen)[-1].key)
        self._wanted = ""

    def clear(self) -> None:
        """Close all tabs but the user's own."""
        self._note_places()
        self._view.clear()
        self._tabs = {}
        self._blocks = 0
        self._fences.begin()  # a block that was open has no tab any more

    def begin(self, message_id: int = 0) -> None:
        """A new answer begins."""
        self._fences.begin()
        self._message_id, self._block = message_id, -1

    def resume(self, message: StoredMessage) -> None:
        """An answer that has its text so far goes on; its tabs are there already."""
        self._message_id = message.id
        self._fences.resume(message.text, self._find)

    @property
    def is_reading(self) -> bool:
        """Tell whether text that came at once is still being read, slice by slice."""
        return self._fences.is_reading

    def feed(self, text: str) -> None:
        """Take more of the answer."""
        self._fences.feed(text)

    def finish(self) -> None:
        """The answer is over, also where it ends inside a block."""
        self._fences.finish()

    def show_block(self, code: str, language: str, message_id: int | None = None) -> None:
        """Show a block that the user sent to the panel: its tab, or a new one."""
        for tab in self._tabs.values():
            if any(text.strip() == code.strip() for text in tab.texts):
                self._hidden.pop(name_of(tab), None)
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

    # --- how it is done ------------------------------------------------------------------

    @property
    def _current(self) -> Tab:
        assert self._tab is not None
        return self._tab

    def _find(self, events: list[FenceEvent]) -> None:
        """Find the tab of the block with which an answer goes on."""
        self._block = sum(isinstance(event, CodeOpened) for event in events) - 1
        source = (self._message_id, self._block)
        self._tab = next((tab for tab in self._tabs.values() if source in tab.sources), self._tab)

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
                if key not in kept and not tab.edits and tab.path is None:
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


def name_of(tab: Tab) -> str:
    """Return what a tab of an answer is called where its place is kept."""
    return ":".join(map(str, tab.sources[0])) if tab.sources else ""
