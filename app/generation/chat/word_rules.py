"""A GBNF rule for names that are not among given words, as SQL needs for its reserved ones.

A grammar cannot say "but not"; the words' tree of letters can: at each point every letter is
allowed, and the end only where no reserved word ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

_FIRST = "abcdefghijklmnopqrstuvwxyz_"
_LATER = _FIRST + "0123456789"
_LONGEST_TAIL = 24


def names_except(rule: str, words: Iterable[str]) -> str:
    """Return rules for lower-case names; `rule` is that of a whole name."""
    reserved = {word.lower() for word in words}
    begun = sorted({word[:end] for word in reserved for end in range(len(word) + 1)})
    names = {prefix: f"{rule}-{number}" if prefix else rule for number, prefix in enumerate(begun)}
    lines = [f"{names[prefix]} ::= {_ways(rule, prefix, names, reserved)}" for prefix in begun]
    return "\n".join([*lines, f"{rule}-tail ::= [a-z0-9_]{{0,{_LONGEST_TAIL}}}"]) + "\n"


def _ways(rule: str, prefix: str, names: Mapping[str, str], reserved: set[str]) -> str:
    """Return how a name may go on after `prefix`: into a reserved word, or away from all."""
    letters = _LATER if prefix else _FIRST
    inside = [letter for letter in letters if prefix + letter in names]
    away = _ranges([letter for letter in letters if letter not in inside])
    ways = [f'"{letter}" {names[prefix + letter]}' for letter in inside]
    ways.append(f"[{away}] {rule}-tail")
    if prefix and prefix not in reserved:
        ways.append('""')
    return " | ".join(ways)


def _ranges(letters: list[str]) -> str:
    """Write letters as ranges, where neighbours are."""
    ranges: list[list[str]] = []
    for letter in sorted(letters):
        if ranges and ord(letter) == ord(ranges[-1][-1]) + 1:
            ranges[-1] = [ranges[-1][0], letter]
        else:
            ranges.append([letter])
    return "".join("-".join(ends) for ends in ranges)
