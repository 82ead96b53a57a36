"""The ends of a text's lines: an editor knows line feeds only, and a file may mix all three kinds.

What is written back changes no line that was left alone: each keeps the end it had.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import takewhile

KINDS = {"\n": "LF", "\r\n": "CRLF", "\r": "CR"}
_END = re.compile("\r\n|\n|\r")
_MOST_COMPARED = 4_000_000
"""Lines times lines: more are not compared one by one, which would take seconds."""


def with_line_feeds(text: str) -> str:
    """Return a text as an editor has it."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def line_ends(text: str) -> Counter[str]:
    """Count the ends of each kind."""
    pairs = text.count("\r\n")
    counts = {"\n": text.count("\n") - pairs, "\r\n": pairs, "\r": text.count("\r") - pairs}
    return Counter({kind: count for kind, count in counts.items() if count})


def with_ends_of(before: str, text: str, usual: str) -> str:
    """Return a text, which has line feeds, with the ends that its lines had `before`.

    A line in the place of another takes its end, one that is new the usual one.
    """
    old, ends = _END.split(before), _END.findall(before)
    new = text.split("\n")
    found = [usual] * len(new)
    for start, end, new_start, new_end in _counterparts(old, new):
        for number in range(min(end - start, new_end - new_start)):
            if start + number < len(ends):
                found[new_start + number] = ends[start + number]
    found[-1] = ""
    for number, kind in enumerate(found[1:], start=1):
        if kind == "\n" and not new[number] and found[number - 1] == "\r":
            found[number - 1] = "\r\n"  # the two would be read as one
    return "".join(line + end for line, end in zip(new, found, strict=True))


def _counterparts(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int, int, int]]:
    """Return which lines of old and new are the same, or stand in each other's place."""
    head = _alike(old, new)
    tail = min(_alike(old[::-1], new[::-1]), len(old) - head, len(new) - head)
    old_end, new_end = len(old) - tail, len(new) - tail
    middle = [(head, old_end, head, new_end)]
    if (old_end - head) * (new_end - head) <= _MOST_COMPARED:
        matcher = SequenceMatcher(None, old[head:old_end], new[head:new_end], autojunk=False)
        middle = [
            (head + i, head + j, head + k, head + m) for _, i, j, k, m in matcher.get_opcodes()
        ]
    return [(0, head, 0, head), *middle, (old_end, len(old), new_end, len(new))]


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many lines are the same at the beginning."""
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
