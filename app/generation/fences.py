"""Code fences in Markdown, found while the text still streams.

The window's code panel and the command line's `--code` read code blocks from an answer with
this. CommonMark 0.31 section 4.5: a fence is at least three backticks or tildes, indented at most
three spaces, and is closed by at least as many of the same kind.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_OPENING = re.compile(r"^( {0,3})(`{3,}|~{3,})[ \t]*([^\n`]*)$")


@dataclass(frozen=True, slots=True)
class CodeOpened:
    """A code block begins. `info` is the fence's info string, `number` counts from 0."""

    number: int
    info: str


@dataclass(frozen=True, slots=True)
class CodeText:
    """More text of the open code block."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class CodeClosed:
    """The code block is complete; `was_closed` is False where the answer ended inside it."""

    number: int
    was_closed: bool


FenceEvent = CodeOpened | CodeText | CodeClosed


class FenceReader:
    """Reads an answer as it streams and tells of its code blocks, line by line held only
    where a line may still become a fence."""

    def __init__(self) -> None:
        self._line = ""
        self._sent = 0  # characters of the current line already given out as code
        self._fence = ""
        self._indent = 0
        self._number = -1

    def feed(self, text: str) -> list[FenceEvent]:
        """Take more of the answer."""
        events: list[FenceEvent] = []
        for piece in text.splitlines(keepends=True) if text else ():
            # splitlines also cuts at form feeds and the like, which Markdown keeps in the line.
            self._line += piece
            if piece.endswith("\n"):
                self._end_line(events)
            elif self._fence:
                self._give_partial(events)
        return _joined(events)

    def finish(self) -> list[FenceEvent]:
        """Tell that the answer is over."""
        events: list[FenceEvent] = []
        if self._line:
            self._end_line(events)
        if self._fence:
            events.append(CodeClosed(self._number, was_closed=False))
            self._fence = ""
        return _joined(events)

    def _end_line(self, events: list[FenceEvent]) -> None:
        line, self._line = self._line, ""
        sent, self._sent = self._sent, 0
        if self._fence:
            if sent == 0 and self._is_closing(line):
                events.append(CodeClosed(self._number, was_closed=True))
                self._fence = ""
            else:
                events.append(CodeText(self._number, self._unindented(line)[sent:]))
            return
        opening = _OPENING.match(line.rstrip("\r\n"))
        if opening:
            self._indent = len(opening[1])
            self._fence = opening[2]
            self._number += 1
            events.append(CodeOpened(self._number, opening[3].strip()))

    def _give_partial(self, events: list[FenceEvent]) -> None:
        # Only a line that cannot become the closing fence any more is given out before its end.
        line = self._unindented(self._line)
        if line.lstrip(" ").startswith(self._fence[0]) or not line.strip(" "):
            return
        events.append(CodeText(self._number, line[self._sent :]))
        self._sent = len(line)

    def _is_closing(self, line: str) -> bool:
        text = line.rstrip()
        stripped = text.lstrip(" ")
        return (
            len(text) - len(stripped) <= 3
            and len(stripped) >= len(self._fence)
            and set(stripped) == {self._fence[0]}
        )

    def _unindented(self, line: str) -> str:
        spaces = len(line) - len(line.lstrip(" "))
        return line[min(spaces, self._indent) :]


def _joined(events: list[FenceEvent]) -> list[FenceEvent]:
    """Merge neighbouring texts of one block, so that a burst of lines is one event."""
    merged: list[FenceEvent] = []
    for event in events:
        last = merged[-1] if merged else None
        if isinstance(event, CodeText) and isinstance(last, CodeText):
            merged[-1] = CodeText(event.number, last.text + event.text)
        else:
            merged.append(event)
    return [event for event in merged if not isinstance(event, CodeText) or event.text]


def code_blocks(markdown: str) -> list[tuple[str, str]]:
    """Return (info string, code) of every code block of a finished answer."""
    reader = FenceReader()
    blocks: list[tuple[str, str]] = []
    for event in [*reader.feed(markdown), *reader.finish()]:
        if isinstance(event, CodeOpened):
            blocks.append((event.info, ""))
        elif isinstance(event, CodeText):
            info, code = blocks[-1]
            blocks[-1] = (info, code + event.text)
    return blocks
