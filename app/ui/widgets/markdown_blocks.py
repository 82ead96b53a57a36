"""Cuts Markdown into the blocks that the conversation shows, while it is still being written.

`BlockSplitter` does no I/O and keeps no widget: text goes in by pieces of any size, and out come
code (its start, its text, its end) and prose. `prose_html` turns prose into safe HTML.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict


@dataclass(frozen=True, slots=True)
class ProseText:
    """More Markdown outside of fences."""

    text: str


@dataclass(frozen=True, slots=True)
class CodeStart:
    """A fence opened; `language` is its first word, possibly empty."""

    language: str


@dataclass(frozen=True, slots=True)
class CodeText:
    """More text inside the open fence."""

    text: str


@dataclass(frozen=True, slots=True)
class CodeEnd:
    """The fence closed."""


BlockEvent = ProseText | CodeStart | CodeText | CodeEnd

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_OPENING = re.compile(r"([ \t]*)(`{3,}|~{3,})[ \t]*([^\s`]*)[^`\n]*\n?\Z")
_MAY_OPEN = re.compile(r"[ \t]*(`{0,2}|~{0,2}|`{3,}[^`\n]*|~{3,}[^\n]*)\Z")


class BlockSplitter:
    """Tells fences from prose line by line.

    A fence may be indented, as models write them inside lists; its indentation is taken off its
    lines. An unfinished line is held back only while it may still become a fence.
    """

    def __init__(self) -> None:
        self._held = ""
        self._fence = ""
        self._indent = 0
        self._at_line_start = True

    def feed(self, text: str) -> list[BlockEvent]:
        """Return what `text` adds."""
        events: list[BlockEvent] = []
        lines = _LINE.findall(self._held + text)
        self._held = ""
        for line in lines:
            self._take(line, events)
        return _joined(events)

    def finish(self) -> list[BlockEvent]:
        """Return what was held back; an open fence ends here."""
        events: list[BlockEvent] = []
        if self._held:
            held, self._held = self._held, ""
            self._take_line(held, events)
        if self._fence:
            self._fence = ""
            events.append(CodeEnd())
        return _joined(events)

    def _take(self, line: str, events: list[BlockEvent]) -> None:
        is_whole = line.endswith("\n")
        if not self._at_line_start:
            self._emit(line, events)
        elif is_whole:
            self._take_line(line, events)
        elif self._may_be_fence(line):
            self._held = line
            return
        else:
            self._emit(self._without_indent(line), events)
        self._at_line_start = is_whole

    def _take_line(self, line: str, events: list[BlockEvent]) -> None:
        if self._fence:
            mark = line.strip()
            if len(mark) >= len(self._fence) and not mark.strip(self._fence[0]):
                self._fence = ""
                events.append(CodeEnd())
            else:
                self._emit(self._without_indent(line), events)
            return
        opening = _OPENING.match(line)
        if opening is None:
            self._emit(line, events)
            return
        self._indent, self._fence = len(opening[1].expandtabs(4)), opening[2]
        events.append(CodeStart(opening[3].strip("{}.,:")))

    def _may_be_fence(self, line: str) -> bool:
        if self._fence:
            mark = line.strip()
            return not mark.strip(self._fence[0]) and len(line) < 80
        return _MAY_OPEN.match(line) is not None

    def _without_indent(self, line: str) -> str:
        if not self._fence or not self._indent:
            return line
        blanks = len(line) - len(line.lstrip(" "))
        return line[min(blanks, self._indent) :]

    def _emit(self, text: str, events: list[BlockEvent]) -> None:
        events.append(CodeText(text) if self._fence else ProseText(text))


def _joined(events: list[BlockEvent]) -> list[BlockEvent]:
    result: list[BlockEvent] = []
    for event in events:
        last = result[-1] if result else None
        if isinstance(event, ProseText) and isinstance(last, ProseText):
            result[-1] = ProseText(last.text + event.text)
        elif isinstance(event, CodeText) and isinstance(last, CodeText):
            result[-1] = CodeText(last.text + event.text)
        else:
            result.append(event)
    return result


LONGEST_LIVE_PROSE = 2_000  # characters; what is rendered anew at each flush


def frozen_length(text: str) -> int:
    """Return how many characters of live prose no further text can change, 0 for none.

    Only long prose is cut: at a block, between the items of a long list, and at last anywhere
    in a paragraph that does not end.
    """
    if len(text) < LONGEST_LIVE_PROSE:
        return 0
    starts = [
        token.map[0]
        for token in _MARKDOWN.parse(text)
        if token.map and (token.level == 0 or (token.level == 1 and token.type == "list_item_open"))
    ]
    lines = _LINE.findall(text)
    if starts and starts[-1] > 0:
        return sum(len(line) for line in lines[: starts[-1]])
    if len(text) < 4 * LONGEST_LIVE_PROSE:
        return 0
    return max(text.rfind(" "), text.rfind("\n")) + 1 or len(text)


class _SafeRenderer(RendererHTML):
    """HTML that fetches nothing: pictures become their words with a link to the address."""

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        token = tokens[idx]
        words = self.renderInlineAsText(token.children or [], options, env)
        link = Token("link_open", "a", 1)
        link.attrSet("href", str(token.attrGet("src") or ""))
        return f"<a{self.renderAttrs(link)}>{words or 'picture'}</a>"


_MARKDOWN = MarkdownIt("commonmark", {"html": False}, renderer_cls=_SafeRenderer).enable(
    ["table", "strikethrough"]
)


def prose_html(text: str) -> str:
    """Return Markdown as HTML; raw HTML in it stays text, `javascript:` links do too."""
    return str(_MARKDOWN.render(text)).rstrip("\n")
