"""Offsets in texts as UTF-16 counts them: an emoji is two there and one character to Python.

Qt, and the protocols of editors, count so. Everything that goes between the two counts goes
through here. Halves of characters that stand alone count as one, as Qt has them.
"""

from __future__ import annotations

import re

_TWO = re.compile("[\U00010000-\U0010ffff]")


def units(text: str) -> int:
    """Return how long a text is in UTF-16."""
    return len(text) if text.isascii() else len(text) + len(_TWO.findall(text))


def units_before(text: str, index: int) -> int:
    """Return an index of Python's as an offset in UTF-16."""
    return index if text.isascii() else units(text[:index])


def index_at(text: str, offset: int) -> int:
    """Return an offset in UTF-16 as an index of Python's; behind a character it would cut."""
    if text.isascii():
        return min(offset, len(text))
    before = text.encode("utf-16-le", "surrogatepass")[: 2 * offset]
    return len(before.decode("utf-16-le", "replace"))


def cut(text: str, offset: int) -> tuple[str, str]:
    """Return what stands before and behind an offset in UTF-16."""
    index = index_at(text, offset)
    return text[:index], text[index:]


def stretched(text: str) -> str:
    """Return a text with two blanks for each character that is two in UTF-16.

    What is found in it stands where UTF-16 has it.
    """
    return text if text.isascii() else _TWO.sub("  ", text)
