# ruff: noqa: RUF001, RUF002 - letters that look like others are what this is about
"""How text is compared in a search: case, accents and compatibility forms make no difference.

"STRASSE" finds "Straße", "cafe" finds "café", "istanbul" and "ISTANBUL" find "İstanbul", "ısı"
finds "ISI", and a full-width letter is a letter. Hangul stays in syllables, kana keep their voicing
marks. What is found can be marked in the text as it stands, although folding changes its length.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

# Letters that look like others with a stroke or a dot, and that Unicode does not take apart.
_LIKE = str.maketrans(
    {"ı": "i", "ø": "o", "ł": "l", "đ": "d", "ħ": "h", "æ": "ae", "œ": "oe", "\0": " "}
)
_HANGUL = range(0xAC00, 0xD7A4)
_ACCENTS = range(0x0300, 0x0370)


class _Folds(dict[int, str]):
    """What each character folds to, found when it is first met."""

    def __missing__(self, code: int) -> str:
        self[code] = chr(code) if code in _HANGUL else _folded_character(chr(code))
        return self[code]


def _folded_character(character: str) -> str:
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold())
    bare = "".join(c for c in apart if ord(c) not in _ACCENTS).translate(_LIKE)
    return unicodedata.normalize("NFC", bare)


_FOLDS = _Folds()


def folded(text: str) -> str:
    """Return a text as it is compared; it may be longer or shorter."""
    if text.isascii():
        return text.lower().replace("\0", " ")
    return unicodedata.normalize("NFC", text).translate(_FOLDS)


def words_of(searched: str) -> list[str]:
    """Return the words of a search, folded, each once."""
    # A lone accent folds to nothing, which every text would hold.
    words = (folded(word) or word for word in searched.replace("\0", " ").split())
    return list(dict.fromkeys(words))


def find(text: str, word: str) -> int:
    """Return where a folded word stands in a text as it is, -1 where it does not."""
    if text.isascii():
        return folded(text).find(word)
    at = folded(text).find(word)
    if at < 0:
        return -1
    passed, start = 0, 0
    # Line by line first: characters one by one are slow, and lines fold by themselves.
    for line in text.splitlines(keepends=True):
        length = len(folded(line))
        if passed + length > at:
            return start + _character_at(line, at - passed)
        passed, start = passed + length, start + len(line)
    return -1


def marks(text: str, words: Sequence[str]) -> list[tuple[int, int]]:
    """Return where folded words stand in a short text: starts and ends, in order, none twice."""
    starts: list[int] = []  # of each folded character, the character that it comes from
    ends: list[int] = []
    for start, end, part in _parts(text):
        starts += [start] * len(part)
        ends += [end] * len(part)
    whole = folded(text)
    if len(whole) != len(starts):
        return []
    found = sorted(
        (starts[at], ends[at + len(word) - 1]) for word in words if word for at in _all(whole, word)
    )
    joined: list[tuple[int, int]] = []
    for start, end in found:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _all(text: str, word: str) -> Iterator[int]:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + len(word))


def _character_at(line: str, at: int) -> int:
    passed = 0
    for start, _, part in _parts(line):
        passed += len(part)
        if passed > at:
            return start
    return len(line)


def _parts(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and folded text of each character with what stands on it or joins it."""
    is_composed = unicodedata.is_normalized("NFC", text)
    start = 0
    while start < len(text):
        end = start + 1
        while end < len(text) and (
            unicodedata.combining(text[end])
            or (not is_composed and _joins(text[start:end], text[end]))
        ):
            end += 1
        yield start, end, folded(text[start:end])
        start = end


def _joins(before: str, after: str) -> bool:
    joined, alone = (unicodedata.normalize("NFC", text) for text in (before + after, before))
    return len(joined) <= len(alone)
