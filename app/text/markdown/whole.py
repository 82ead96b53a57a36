"""What is asked about Markdown that is there as a whole, all answered by the one reader."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.text.markdown.blocks import Block, CodeClosed, CodeOpened, CodeText
from app.text.markdown.reader import MarkdownReader, read

_SEARCHED = 4_000
_MARKS = " \t>`~\r\n"
_LINE = re.compile(r"[^\n]*\n|[^\n]+")


def code_blocks(text: str) -> list[tuple[str, str]]:
    """Return (info string, code) of all fenced code, in order."""
    blocks: list[tuple[str, str]] = []
    for event in read(text):
        if isinstance(event, CodeOpened):
            blocks.append((event.info, ""))
        elif isinstance(event, CodeText):
            info, code = blocks[-1]
            blocks[-1] = (info, code + event.text)
    return blocks


def prose_blocks(text: str) -> list[Block]:
    """Return all that is not fenced code, in order."""
    return [event for event in read(text) if isinstance(event, Block)]


def first_line(text: str) -> str:
    """Return the first line of words without its marks; of code where there are no words.

    Only the first `_SEARCHED` characters are looked at.
    """
    events = read(text[:_SEARCHED])
    words = [event.text for event in events if isinstance(event, Block)]
    codes = [event.text for event in events if isinstance(event, CodeText)]
    lines = (line.strip() for part in [*words, *codes] for line in part.splitlines())
    return next((line for line in lines if line), "")


def is_in_code(text: str) -> bool:
    """Tell whether what follows a text's last line is inside fenced code."""
    return _read_up_to(text).is_in_code


def opening_of(text: str) -> str:
    """Return the line that begins code as it is open where `text` ends, empty where none is."""
    return _read_up_to(text).opening


def closed(text: str) -> str:
    """Return a text that ends the fenced code which is open at its end."""
    text = text.rstrip()
    closing = _read_up_to(text).closing
    return f"{text}\n{closing}" if closing else text


def without_fences(text: str) -> str:
    """Return a text without the lines that open and close fenced code."""
    return "".join(line for line, is_fence in _lines(text) if not is_fence)


def _read_up_to(text: str) -> MarkdownReader:
    reader = MarkdownReader()
    reader.feed(text if text.endswith("\n") or not text else f"{text}\n")
    return reader


def _lines(text: str) -> Iterator[tuple[str, bool]]:
    """Yield each line, and whether it is a fence."""
    reader = MarkdownReader()
    for line in _LINE.findall(text):
        events = reader.feed(line if line.endswith("\n") else f"{line}\n")
        is_opening = any(isinstance(event, CodeOpened) for event in events)
        is_closing = any(isinstance(event, CodeClosed) for event in events)
        yield (
            line,
            is_opening or (is_closing and bool(line.strip()) and not line.strip(_MARKS)),
        )
