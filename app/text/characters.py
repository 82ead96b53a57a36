"""Characters that are none: halves of characters, which no file, database or model can take.

Python's text may hold lone surrogates: half an emoji that was pasted or cut, or a byte of a file
name that is not UTF-8. Encoding such a text raises an error wherever it happens first.
"""

from __future__ import annotations

import re

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
"""Stands where a character was that nobody can tell."""
_KEPT = 0xDC00
_HALF = re.compile("[\ud800-\udfff]")


def byte_kept(character: str) -> int | None:
    """Return the byte that a character of a file's name stands for, None for a real character.

    So Python keeps what is no text in the system's encoding (PEP 383).
    """
    code = ord(character)
    return code - _KEPT if _KEPT + 0x80 <= code <= _KEPT + 0xFF else None


def half_character(text: str) -> str:
    """Name the first half of a character in a text, such as `U+D83D`; empty where there is none."""
    found = None if text.isascii() else _HALF.search(text)
    return f"U+{ord(found[0]):04X}" if found else ""


def whole_characters(text: str) -> str:
    """Return a text with U+FFFD for each half of a character; two halves that fit become one."""
    if not half_character(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def without_nul(text: str) -> str:
    """Return a text with U+FFFD for each NUL, as Markdown shows it: no model can be given one."""
    return text.replace("\0", REPLACEMENT)
