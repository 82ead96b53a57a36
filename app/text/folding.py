# ruff: noqa: RUF001, RUF002 - letters that look like others are what this is about
"""How text is compared in a search: case, accents and compatibility forms make no difference.

"STRASSE" finds "Straße", "cafe" finds "café", "istanbul" and "ISTANBUL" find "İstanbul", "ısı"
finds "ISI", and a full-width letter is a letter. Hangul stays in syllables, kana keep their voicing
marks. What is found can be marked in the text as it stands, although folding changes its length.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import chain, repeat

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


def holds(text: str, words: Sequence[str]) -> bool:
    """Tell whether folded words all stand in a text as it is."""
    left = [word for word in words if _at_once(text, word) < 0]
    if not left:  # which is told faster than the text is folded
        return True
    whole = folded(text)
    return all(word in whole for word in left)


def find(text: str, word: str) -> int:
    """Return where a folded word stands in a text as it is, -1 where it does not."""
    as_it_is = _at_once(text, word)
    if as_it_is >= 0:  # before that it may stand in another form
        text = text[: as_it_is + len(word)]
    at = folded(text).find(word)
    if at < 0 or text.isascii():
        return at
    if len(folded(text[:at])) == at and len(folded(text[: at + 1])) > at:
        return at
    passed, start = 0, 0
    # Line by line first, as lines fold by themselves.
    for line in text.splitlines(keepends=True):
        length = len(folded(line))
        if passed + length > at:
            return start + _character_at(line, at - passed)
        passed, start = passed + length, start + len(line)
    return -1


def _at_once(text: str, word: str) -> int:
    """Return where a word stands in a text in the very form it has when folded, else -1."""
    at = text.find(word)
    is_alone = at < 0 or (unicodedata.is_normalized("NFC", text) and folded(word) == word)
    return at if is_alone else -1


def marks(text: str, words: Sequence[str]) -> list[tuple[int, int]]:
    """Return where folded words stand in a short text: starts and ends, in order, none twice."""
    starts, ends = _origins(text)
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


def _origins(text: str) -> tuple[list[int], list[int]]:
    """Return start and end, for each folded character, of what it comes from in the text."""
    lengths = _lengths(text)
    if lengths is not None:
        starts = list(chain.from_iterable(map(repeat, range(len(text)), lengths)))
        return starts, [start + 1 for start in starts]
    starts, ends = [], []
    for start, end, part in _parts(text):
        starts += [start] * len(part)
        ends += [end] * len(part)
    return starts, ends


def _lengths(text: str) -> list[int] | None:
    """Return how long each character is when folded, None where some stand on others or join."""
    if text.isascii():
        return [1] * len(text)
    if any(map(unicodedata.combining, text)) or not unicodedata.is_normalized("NFC", text):
        return None
    return [len(_FOLDS[ord(character)]) for character in text]


def _all(text: str, word: str) -> Iterator[int]:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + len(word))


def _character_at(line: str, at: int) -> int:
    """Return the first character of a line with which it is longer than `at` when folded."""
    return bisect_left(range(len(line)), at + 1, key=lambda end: len(folded(line[: end + 1])))


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
