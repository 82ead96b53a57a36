"""From offsets in a text to lines and columns, and to the findings made of them."""

from __future__ import annotations

import re

from app.core.syntax import Span, Syntax, SyntaxState

_WORD = re.compile(r"\w+|[^\w\s]|$")
_HALF_WORD = re.compile(r"\w*\Z")
_LONGEST_SHOWN = 24
_LONGEST_WORD = 200


def place_of(text: str, offset: int) -> tuple[int, int]:
    """Return line and column, both from 1, of a character of a text."""
    before = text[:offset]
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def word_at(text: str, offset: int) -> str:
    """Return the word or sign that begins at an offset, shortened where it is long."""
    found = _WORD.match(text, offset)
    word = found[0] if found else text[offset : offset + 1]
    return word if len(word) <= _LONGEST_SHOWN else word[:_LONGEST_SHOWN] + "…"


def word_start(text: str, offset: int) -> int:
    """Return where the word begins that an offset may lie inside of."""
    if not text[offset : offset + 1].isalnum():
        return offset
    found = _HALF_WORD.search(text[max(offset - _LONGEST_WORD, 0) : offset])
    return offset - len(found[0]) if found else offset


def error_at(text: str, offset: int, message: str, *, length: int = 0) -> Syntax:
    """Return an error at an offset; the word there is underlined unless a length is given."""
    line, column = place_of(text, offset)
    length = length or max(len(word_at(text, offset)), 1)
    span = Span(line, column, line, column + length)
    return Syntax(SyntaxState.ERROR, line, column, message, (span,))


def error_on_line(line: int, column: int, message: str, *, length: int = 1) -> Syntax:
    """Return an error at a line and column, both from 1."""
    line, column = max(line, 1), max(column, 1)
    span = Span(line, column, line, column + max(length, 1))
    return Syntax(SyntaxState.ERROR, line, column, message, (span,))


def unfinished(error: Syntax) -> Syntax:
    """Return what an error is as long as the text may go on."""
    return Syntax(SyntaxState.UNFINISHED, error.line, error.column, error.message, error.ranges)
