"""The pieces of one and two characters that a folded text has, as tokens of a search index.

SQLite's index of what was said has pieces of three, so a word of one or two characters ("R", "C#",
most words of Chinese) is not in it. Those have an index of their own, of the tokens made here.
"""

from __future__ import annotations

LONGEST = 2
"""Most characters of a word that is a piece itself."""
_AT_ONCE = 8192
"""Python's lock is held while the pieces of so many characters are made: a millisecond."""


class _Codes(dict[str, str]):
    """What stands for each character in a token: its number, as signs and spaces are none."""

    def __missing__(self, character: str) -> str:
        self[character] = code = f"{ord(character):x}x"
        return code


_CODES = _Codes()


def short_pieces(text: str) -> str:
    """Return the tokens of all pieces of a folded text, each once."""
    found: set[str] = set()
    for start in range(0, len(text), _AT_ONCE):
        codes = [_CODES[character] for character in text[start : start + _AT_ONCE + 1]]
        found.update(codes)
        found.update(map(str.__add__, codes, codes[1:]))
    return " ".join(found)


def token_of(word: str) -> str:
    """Return the token of a folded word of one or two characters."""
    return "".join(_CODES[character] for character in word)
