"""Differences between two versions of a text, hunk by hunk, and how to accept them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher

from app.core.hunks import Hunk, lines_of

_JUNK_LINES = 2_000
"""From so many lines on, lines that are everywhere are no anchors: comparing is then quick."""


def compare(old: str, new: str) -> list[Hunk]:
    """Return what turns `old` into `new`, in order."""
    before, after = lines_of(old), lines_of(new)
    head = _common(before, after)
    tail = _common(before[head:][::-1], after[head:][::-1])
    inner_before, inner_after = before[head : len(before) - tail], after[head : len(after) - tail]
    is_long = len(inner_before) + len(inner_after) > _JUNK_LINES
    matcher = SequenceMatcher(None, inner_before, inner_after, autojunk=is_long)
    return [
        Hunk(
            head + old_start,
            tuple(inner_before[old_start:old_end]),
            head + new_start,
            tuple(inner_after[new_start:new_end]),
        )
        for kind, old_start, old_end, new_start, new_end in matcher.get_opcodes()
        if kind != "equal"
    ]


def accept(old: str, hunks: Sequence[Hunk]) -> str:
    """Return `old` with these hunks of `compare(old, …)` taken over."""
    lines = lines_of(old)
    for hunk in sorted(hunks, key=lambda hunk: hunk.old_start, reverse=True):
        lines[hunk.old_start : hunk.old_end] = hunk.new_lines
    return "".join(lines)


def rebased(old: str, new: str, current: str) -> str | None:
    """Return `current` with what turns `old` into `new`; None where both touch the same lines."""
    if current == old:
        return new
    lines = lines_of(current)
    moved = compare(old, current)
    for hunk in reversed(compare(old, new)):
        shift = 0
        for other in moved:
            if other.old_end < hunk.old_start:
                shift += len(other.new_lines) - len(other.old_lines)
            elif other.old_start <= hunk.old_end:
                return None
        lines[hunk.old_start + shift : hunk.old_end + shift] = hunk.new_lines
    return "".join(lines)


def line_counts(text: str) -> Counter[str]:
    """Count the lines of a text, without blank ones and white space at their ends."""
    return Counter(line.strip() for line in text.splitlines() if line.strip())


def similarity(one: Counter[str], other: Counter[str]) -> float:
    """Return the share of lines that two texts have in common, from 0 to 1, in any order."""
    if not one or not other:
        return 0.0
    return 2 * (one & other).total() / (one.total() + other.total())


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count
