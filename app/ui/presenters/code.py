"""Finds the code blocks of an answer while it streams and sends them to the code panel."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Protocol

from app.generation.fences import CodeClosed, CodeOpened, CodeText, FenceEvent, FenceReader
from app.generation.languages import Language, language_of_fence, lexer_name

# The first name that a block defines makes a good file name; Python, JavaScript, Rust, Go, C-likes.
_DEFINITION = re.compile(
    r"^\s*(?:export\s+|pub\s+|async\s+|public\s+|static\s+)*"
    r"(?:def|class|function|fn|func|struct|interface|enum|type|resource\s+\"\w+\")\s+\"?(\w+)",
    re.MULTILINE,
)


class CodeView(Protocol):
    """What the code panel does; see `app.ui.widgets.code_panel`."""

    def open_tab(self, title: str, language: str) -> int: ...  # noqa: D102
    def append(self, number: int, text: str) -> None: ...  # noqa: D102
    def name_tab(self, number: int, title: str) -> None: ...  # noqa: D102
    def close_block(self, number: int) -> None: ...  # noqa: D102
    def clear(self) -> None: ...  # noqa: D102


class CodePresenter:
    """Follows one answer at a time; the tabs of earlier answers stay."""

    def __init__(self, view: CodeView) -> None:
        self._view = view
        self._reader = FenceReader()
        self._blocks = 0
        self._tab = -1
        self._language: Language | None = None
        self._text = ""
        self._is_named = False

    def show_chat(self, answers: Iterable[str]) -> None:
        """Show the code of a chat's answers in place of what is shown."""
        self._view.clear()
        self._blocks = 0
        for answer in answers:
            self.begin()
            self.feed(answer)
            self.finish()

    def begin(self) -> None:
        """A new answer begins."""
        self._reader = FenceReader()

    def resume(self, text: str) -> None:
        """The last answer, which has this text so far, goes on; its tabs are there already."""
        self._reader = FenceReader()
        self._reader.feed(text)

    def feed(self, text: str) -> None:
        """Take more of the answer."""
        self._show(self._reader.feed(text))

    def finish(self) -> None:
        """The answer is over, also where it ends inside a block."""
        self._show(self._reader.finish())

    def show_block(self, code: str, language: str) -> None:
        """Open a block that the user sent to the panel."""
        self._show([CodeOpened(0, language), CodeText(0, code), CodeClosed(0, was_closed=True)])

    def _show(self, events: list[FenceEvent]) -> None:
        for event in events:
            match event:
                case CodeOpened(info=info):
                    self._open(info)
                case CodeText(text=text):
                    self._view.append(self._tab, text)
                    self._name(text)
                case CodeClosed():
                    self._view.close_block(self._tab)

    def _open(self, info: str) -> None:
        self._blocks += 1
        self._language = language_of_fence(info)
        self._text, self._is_named = "", False
        words = info.split()
        lexer = lexer_name(words[0]) if words else ""
        self._tab = self._view.open_tab(f"code-{self._blocks}{self._extension}", lexer)

    @property
    def _extension(self) -> str:
        return self._language.extension if self._language else ".txt"

    def _name(self, text: str) -> None:
        if self._is_named:
            return
        self._text += text
        lines, newline, _ = self._text.rpartition("\n")
        found = _DEFINITION.search(lines + newline)
        if found:
            self._view.name_tab(self._tab, f"{found[1]}{self._extension}")
        self._is_named = bool(found) or len(self._text) > 4000
