"""The code panel's presenter: finds the code of answers and keeps it as versions of tabs.

A block about the same code as a tab of an earlier answer becomes that tab's next version: it
defines the same name, or most of its lines are the same. What the user makes of a block is kept
in the history and comes back with the chat.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from app.core.hunks import Hunk
from app.core.messages import Role
from app.generation.fences import CodeClosed, CodeOpened, CodeText, FenceEvent, FenceReader
from app.generation.hunks import compare, similarity
from app.generation.languages import Language, language_of_fence, lexer_name
from app.services.chats import Chats
from app.services.editors import Editors
from app.services.tasks import Tasks
from app.store.files import write_text
from app.store.history import StoredMessage

SAME_CODE = 0.5
"""Share of lines from which on a block counts as a new version of a tab."""

# The first name that a block defines makes a good file name; Python, JavaScript, Rust, Go, C-likes.
_DEFINITION = re.compile(
    r"^\s*(?:export\s+|pub\s+|async\s+|public\s+|static\s+)*"
    r"(?:def|class|function|fn|func|struct|interface|enum|type|resource\s+\"\w+\")\s+\"?(\w+)",
    re.MULTILINE,
)

Source = tuple[int, int]
"""Where code comes from: a message's id, and which of its blocks, counted from 0."""


class CodeView(Protocol):
    """What the code panel does; see `app.ui.widgets.code_panel`."""

    def open_tab(self, title: str, language: str, comment: tuple[str, str]) -> int: ...  # noqa: D102
    def append(self, key: int, text: str) -> None: ...  # noqa: D102
    def name_tab(self, key: int, title: str) -> None: ...  # noqa: D102
    def merge(self, key: int, into: int) -> None: ...  # noqa: D102
    def close_block(self, key: int) -> None: ...  # noqa: D102
    def show_edit(self, key: int, version: int, text: str) -> None: ...  # noqa: D102
    def show_difference(self, key: int, old: str, hunks: Sequence[Hunk]) -> None: ...  # noqa: D102
    def show_tab(self, key: int) -> None: ...  # noqa: D102
    def show_saved(self, key: int, path: Path) -> None: ...  # noqa: D102
    def ask_path(self, key: int, title: str, text: str) -> None: ...  # noqa: D102
    def clear(self) -> None: ...  # noqa: D102


@dataclass(slots=True)
class _Tab:
    """A tab: its versions' sources and the texts that the model gave them."""

    key: int
    title: str
    language: Language | None
    sources: list[Source] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    is_named: bool = False
    path: Path | None = None


class CodePresenter:
    """Follows one answer at a time; the tabs of earlier answers stay."""

    def __init__(self, view: CodeView, tasks: Tasks, editors: Editors) -> None:
        self._view = view
        self._tasks = tasks
        self._editors = editors
        self._chats: Chats | None = None
        self._tabs: dict[int, _Tab] = {}
        self._reader = FenceReader()
        self._message_id = 0
        self._block = -1
        self._blocks = 0
        self._tab: _Tab | None = None

    def use(self, chats: Chats) -> None:
        """Keep the user's edits there."""
        self._chats = chats

    # --- what the answers bring ----------------------------------------------------------

    def show_chat(
        self, messages: Iterable[StoredMessage], edits: Mapping[Source, str] | None = None
    ) -> None:
        """Show the code of a chat's answers, and what the user made of it."""
        self._view.clear()
        self._tabs = {}
        self._blocks = 0
        for message in messages:
            if message.role is Role.ASSISTANT:
                self.begin(message.id)
                self.feed(message.text)
                self.finish()
        for tab in self._tabs.values():
            for version, source in enumerate(tab.sources):
                text = (edits or {}).get(source)
                if text is not None and text != tab.texts[version]:
                    self._view.show_edit(tab.key, version, text)

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

    def show_block(self, code: str, language: str) -> None:
        """Show a block that the user sent to the panel: its tab, or a new one."""
        for tab in self._tabs.values():
            if any(text.strip() == code.strip() for text in tab.texts):
                self._view.show_tab(tab.key)
                return
        self._open(language)
        self._append(code)
        self._view.close_block(self._current.key)

    # --- what the user does --------------------------------------------------------------

    def edited(self, key: int, version: int, text: str) -> None:
        """Keep what the user made of a version."""
        tab = self._tabs.get(key)
        if tab is not None and self._chats is not None and version < len(tab.sources):
            message_id, block = tab.sources[version]
            if message_id:
                self._tasks.start(self._chats.keep_edit(message_id, block, text), name="keep edit")

    def compare(self, key: int, old: str, new: str) -> None:
        """Show how two versions differ; found out off this thread."""

        async def find() -> None:
            hunks = await asyncio.to_thread(compare, old, new)
            self._view.show_difference(key, old, hunks)

        self._tasks.start(find(), name="compare")

    def save(self, key: int, title: str, text: str) -> None:
        """Save a tab where it was saved before, or ask where."""
        tab = self._tabs.get(key)
        if tab is not None and tab.path is not None:
            self.save_to(key, tab.path, text)
        else:
            self._view.ask_path(key, title, text)

    def save_to(self, key: int, path: Path, text: str) -> None:
        """Save a tab as this file, which is its place from now on."""

        async def write() -> None:
            await asyncio.to_thread(write_text, path, text)
            if key in self._tabs:
                self._tabs[key].path = path
            self._view.show_saved(key, path)

        self._tasks.start(write(), name="save code")

    def open_outside(self, key: int, title: str, text: str, line: int) -> None:
        """Open a tab's text in the user's own editor; a tab never saved goes as a copy."""
        tab = self._tabs.get(key)
        path = tab.path if tab is not None else None
        self._tasks.start(self._editors.open(title, text, line, path=path), name="open editor")

    # --- how it is done ------------------------------------------------------------------

    @property
    def _current(self) -> _Tab:
        assert self._tab is not None
        return self._tab

    def _show(self, events: list[FenceEvent]) -> None:
        for event in events:
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
                    self._find_similar()

    def _open(self, info: str) -> None:
        self._blocks += 1
        language = language_of_fence(info)
        words = info.split()
        lexer = lexer_name(words[0]) if words else ""
        title = f"code-{self._blocks}{language.extension if language else '.txt'}"
        comment = (language.comment, language.comment_end) if language else ("#", "")
        key = self._view.open_tab(title, lexer, comment)
        self._tab = _Tab(key, title, language, texts=[""])
        self._tabs[key] = self._tab

    def _append(self, text: str) -> None:
        tab = self._current
        tab.texts[-1] += text
        self._view.append(tab.key, text)

    def _name(self) -> None:
        tab = self._current
        if tab.is_named or len(tab.texts) > 1:
            return
        lines, newline, _ = tab.texts[-1].rpartition("\n")
        found = _DEFINITION.search(lines + newline)
        tab.is_named = bool(found) or len(tab.texts[-1]) > 4000
        if found is None:
            return
        title = f"{found[1]}{tab.language.extension if tab.language else '.txt'}"
        earlier = [other for other in self._earlier() if other.title == title]
        if earlier:
            self._merge(earlier[-1])
        else:
            tab.title = title
            self._view.name_tab(tab.key, title)

    def _find_similar(self) -> None:
        """Where a block is whole: is it a new version of code that another answer gave?"""
        tab = self._current
        if len(tab.sources) != 1:
            return
        likeness = [
            (similarity(other.texts[-1], tab.texts[-1]), other) for other in self._earlier()
        ]
        best = max(likeness, key=lambda pair: pair[0], default=(0.0, tab))
        if best[0] >= SAME_CODE:
            self._merge(best[1])

    def _earlier(self) -> list[_Tab]:
        """Return the tabs of earlier answers in the language of the current one."""
        return [
            other
            for other in self._tabs.values()
            if other.language == self._current.language
            and other.sources
            and other.sources[-1][0] != self._message_id
        ]

    def _merge(self, into: _Tab) -> None:
        tab = self._current
        del self._tabs[tab.key]
        into.sources += tab.sources
        into.texts += tab.texts
        self._view.merge(tab.key, into.key)
        self._tab = into
