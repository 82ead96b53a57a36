"""Reads Markdown as it streams: the one reader of answers, for all that shows or takes them apart.

The events are the same however the text is cut, and those of a whole text are markdown-it's tokens
(`tests/unit/text/test_markdown_reader.py` holds both together).
"""

from __future__ import annotations

from collections.abc import Iterator

from app.text.markdown.blocks import Block, CodeText, MarkdownEvent
from app.text.markdown.definitions import Definitions
from app.text.markdown.lines import is_only_marks
from app.text.markdown.structure import LONGEST_PARAGRAPH, Structure


class MarkdownReader:
    """Takes text in pieces of any size and tells what has become certain.

    Code is given out as it comes, held back only where a line may still end it. Prose is given out
    by blocks; `unfinished` tells what the text since then is, as far as it goes.
    """

    def __init__(self) -> None:
        self._structure = Structure()
        self._line = ""  # the beginning of the line that is not whole yet
        self._is_code_line = False  # what of it came so far was given out as code
        self._is_long_line = False  # what of it came so far was taken as words
        self._has_return = False

    @property
    def is_in_code(self) -> bool:
        """Tell whether fenced code is open."""
        return self._structure.fence is not None

    @property
    def opening(self) -> str:
        """Return the line with which a text begins inside code like that which is open now."""
        fence = self._structure.fence
        return f"{self._structure.prefix(is_first=True)}{fence.mark}{fence.info}" if fence else ""

    @property
    def closing(self) -> str:
        """Return the line that ends the code which is open now."""
        fence = self._structure.fence
        return f"{self._structure.prefix(is_first=False)}{fence.mark}" if fence else ""

    @property
    def definitions(self) -> Definitions:
        """Return the definitions of links so far."""
        return self._structure.definitions

    def feed(self, text: str) -> list[MarkdownEvent]:
        """Take more text."""
        *whole, rest = self._normal(text).split("\n")
        for line in whole:
            self._end_line(line)
        self._begin_line(rest)
        return self._taken()

    def finish(self) -> list[MarkdownEvent]:
        """Take the end of the text."""
        if self._has_return:
            self._has_return = False
            self._end_line("")
        if self._line or self._is_long_line:
            self._end_line("", is_last=True)
        self._structure.finish()
        return self._taken()

    def unfinished(self) -> list[Block]:
        """Return the blocks of what is not certain yet, as if the text ended here.

        A last line of which nothing but a mark is there, such as the first backticks of a fence,
        is left out: it would be shown as what it is not.
        """
        if self.is_in_code:
            return []
        trial = self._structure.fork()
        if self._is_long_line:
            trial.take_rest(self._line)
        elif not is_only_marks(self._line):
            trial.take(self._line)
        trial.finish()
        return [event for event in trial.events if isinstance(event, Block)]

    def _normal(self, text: str) -> str:
        """Return text with line feeds for all line ends, as CommonMark 2.1 and 2.3 have it."""
        if self._has_return:
            text, self._has_return = f"\r{text}", False
        if text.endswith("\r"):
            text, self._has_return = text[:-1], True
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        return text.replace("\0", "\ufffd")

    def _taken(self) -> list[MarkdownEvent]:
        events, self._structure.events = self._structure.events, []
        return list(_joined(events))

    def _end_line(self, text: str, *, is_last: bool = False) -> None:
        end = "" if is_last else "\n"
        if self._is_code_line:
            self._structure.give_code(text + end)
        elif self._is_long_line or len(self._line) + len(text) > LONGEST_PARAGRAPH:
            self._begin_line(text)
            if self._is_code_line:
                self._structure.give_code(end)
            elif self._is_long_line:
                self._structure.take_rest(self._line)
            else:
                self._structure.take(self._line, end=end)
        else:
            self._structure.take(self._line + text, end=end)
        self._line = ""
        self._is_code_line = self._is_long_line = False

    def _begin_line(self, text: str) -> None:
        """Take a piece of a line; what can be told of it already is told."""
        if self._is_code_line:
            self._structure.give_code(text)
            return
        self._line += text
        if self._line and self.is_in_code:
            code = self._structure.sure_code(self._line)
            if code is not None:
                self._structure.give_code(code)
                self._line, self._is_code_line = "", True
            return
        while len(self._line) > LONGEST_PARAGRAPH:
            at = self._line.rfind(" ", LONGEST_PARAGRAPH // 2, LONGEST_PARAGRAPH) + 1
            at = at or LONGEST_PARAGRAPH
            take = self._structure.take_rest if self._is_long_line else self._structure.take
            take(self._line[:at])
            self._structure.put_by()
            self._line, self._is_long_line = self._line[at:], True


def _joined(events: list[MarkdownEvent]) -> Iterator[MarkdownEvent]:
    """Merge neighbouring texts of the same code, so that a burst of lines is one event."""
    texts: list[str] = []
    number = -1
    for event in events:
        if isinstance(event, CodeText):
            texts.append(event.text)
            number = event.number
            continue
        if text := "".join(texts):
            yield CodeText(number, text)
        texts = []
        yield event
    if text := "".join(texts):
        yield CodeText(number, text)


def read(text: str) -> list[MarkdownEvent]:
    """Return the events of a whole text."""
    reader = MarkdownReader()
    return list(_joined([*reader.feed(text), *reader.finish()]))
