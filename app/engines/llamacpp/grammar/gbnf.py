"""GBNF as values: rules made of characters, references, groups and repetitions.

The one reading of a grammar: what a model may write (`constraint`) and how a text that was cut may
end (`ending`) both follow from it. Format: llama.cpp `grammars/README.md`, but for single tokens
(`<think>`), which are refused: no control token may be written here.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from app.core.errors import GrammarError

_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"} | {sign: sign for sign in '\\"[]-^'}
_HEX_DIGITS = {"x": 2, "u": 4, "U": 8}
_LAST = 0x10FFFF
_WRITABLE = ((1, 0xD7FF), (0xE000, _LAST))  # no text in UTF-8 has a surrogate
_MOST_CHARACTERS = 300_000
_MOST_NESTED = 100
_MOST_STACKED = 4  # quantifiers of one element, as in `a*?`
_MOST_REPEATED = 2_000
"""The largest number in braces, as in llama.cpp: each is a place of its own in the grammar."""


_HEX = frozenset(string.hexdigits)
_NAME = frozenset(string.ascii_letters + string.digits + "-_")
_BRACES = re.compile(r"\{[ \t]*([0-9]+)[ \t]*(?:(,)[ \t]*([0-9]*)[ \t]*)?\}")


_HINT = "GBNF grammars are described in llama.cpp's grammars/README.md; the first rule is root."


@dataclass(frozen=True, slots=True, eq=False)
class Characters:
    """One character out of ranges of code points: at least one, in order, none touching."""

    ranges: tuple[tuple[int, int], ...]

    def has(self, code: int) -> bool:
        """Tell whether the character may stand here."""
        return any(low <= code <= high for low, high in self.ranges)


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """Another rule."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """One of several sequences."""

    alternatives: tuple[tuple[Element, ...], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Repetition:
    """An element several times; `most` None is without end."""

    element: Element
    least: int
    most: int | None


Element = Characters | Reference | Group | Repetition
Rules = dict[str, Group]


def parse(text: str) -> Rules:
    """Return the rules of a grammar. Raises `GrammarError`."""
    if len(text) > _MOST_CHARACTERS:
        raise refused(f"is too long: {len(text):,} characters")
    if "\0" in text:
        raise refused("has a NUL character in it")
    rules = _Parser(text).rules()
    for name in sorted(_references(rules)):
        if name not in rules:
            raise refused(f"has no rule {name}")
    if "root" not in rules:
        raise refused("has no rule root")
    return rules


def refused(what: str) -> GrammarError:
    """Return the error for a grammar of which `what` is wrong."""
    return GrammarError(f"The grammar {what}.", hint=_HINT)


def _references(rules: Rules) -> set[str]:
    found: set[str] = set()
    left: list[Element] = list(rules.values())
    while left:
        match left.pop():
            case Reference(name):
                found.add(name)
            case Group(alternatives):
                left += [element for sequence in alternatives for element in sequence]
            case Repetition(element):
                left.append(element)
    return found


def _common(
    ranges: Iterable[tuple[int, int]], others: Iterable[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Return what two sets of ranges have in common, in order, touching ones joined."""
    both = sorted(
        (max(low, other_low), min(high, other_high))
        for low, high in ranges
        for other_low, other_high in others
    )
    joined: list[tuple[int, int]] = []
    for low, high in both:
        if low > high:
            continue
        if joined and low <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
        else:
            joined.append((low, high))
    return joined


def _outside(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    ends = [(-1, -1), *_common(ranges, [(0, _LAST)]), (_LAST + 1, _LAST + 1)]
    return [(left[1] + 1, right[0] - 1) for left, right in pairwise(ends)]


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0
        self._known: dict[int, Characters] = {}

    def rules(self) -> Rules:
        rules: Rules = {}
        self._skip(may_break=True)
        while self._at < len(self._text):
            name = self._name()
            self._skip()
            self._expect("::=")
            self._skip(may_break=True)
            rules[name] = self._alternatives(is_inside=False)
            self._skip(may_break=True)
        return rules

    def _alternatives(self, *, is_inside: bool) -> Group:
        sequences = [self._sequence(is_inside=is_inside)]
        while self._peek() == "|":
            self._at += 1
            self._skip(may_break=True)
            sequences.append(self._sequence(is_inside=is_inside))
        return Group(tuple(sequences))

    def _sequence(self, *, is_inside: bool) -> tuple[Element, ...]:
        elements: list[Element] = []
        while True:
            found = self._element()
            if found is None:
                return tuple(elements)
            self._skip(may_break=is_inside)
            for _ in range(_MOST_STACKED):
                repeated = self._repeated()
                if not repeated:
                    break
                whole = found[0] if len(found) == 1 else Group((tuple(found),))
                found = [Repetition(whole, *repeated)]
                self._skip(may_break=is_inside)
            elements += found

    def _element(self) -> list[Element] | None:
        character = self._peek()
        if character == '"':
            return self._literal()
        if character == "[":
            return [self._class()]
        if character == ".":
            self._at += 1
            return [Characters(_WRITABLE)]
        if character == "(":
            return [self._group()]
        if character in ("<", "!"):
            raise self._problem("names single tokens, which are not supported,")
        if character and character in _NAME:
            return [Reference(self._name())]
        return None

    def _group(self) -> Group:
        if self._depth == _MOST_NESTED:
            raise self._problem(f"nests more than {_MOST_NESTED} groups")
        self._at += 1
        self._depth += 1
        self._skip(may_break=True)
        group = self._alternatives(is_inside=True)
        self._expect(")")
        self._depth -= 1
        return group

    def _literal(self) -> list[Element]:
        self._at += 1
        found: list[Element] = []
        while self._peek() != '"':
            code = self._character()
            if code not in self._known:
                self._known[code] = self._one_of([(code, code)])
            found.append(self._known[code])
        self._at += 1
        return found or [Group(((),))]

    def _class(self) -> Characters:
        self._at += 1
        is_negated = self._peek() == "^"
        self._at += is_negated
        ranges = []
        while self._peek() != "]":
            low = high = self._character()
            if self._peek() == "-" and self._text[self._at + 1 : self._at + 2] != "]":
                self._at += 1
                high = self._character()
            ranges.append((low, high))
        self._at += 1
        return self._one_of(_outside(ranges) if is_negated and ranges else ranges)

    def _one_of(self, ranges: list[tuple[int, int]]) -> Characters:
        found = _common(ranges, _WRITABLE)
        if not found:
            raise self._problem("has a set with characters that no text can contain")
        return Characters(tuple(found))

    def _character(self) -> int:
        character = self._peek()
        if not character:
            raise refused("ends inside a string or a character set")
        self._at += 1
        if character != "\\":
            return ord(character)
        kind = self._peek()
        self._at += 1
        if kind in _ESCAPES:
            return ord(_ESCAPES[kind])
        digits = self._text[self._at : self._at + _HEX_DIGITS.get(kind, 0)]
        self._at += len(digits)
        if len(digits) == _HEX_DIGITS.get(kind) and not set(digits) - _HEX:
            return min(int(digits, 16), _LAST)
        raise self._problem(f"has the unknown escape \\{kind}{digits}")

    def _repeated(self) -> tuple[int, int | None] | None:
        sign = self._peek()
        if sign in ("*", "+", "?"):
            self._at += 1
            return {"*": (0, None), "+": (1, None), "?": (0, 1)}[sign]
        if sign != "{":
            return None
        found = _BRACES.match(self._text, self._at)
        if found is None:
            raise self._problem("has an invalid repetition in braces")
        self._at = found.end()
        least, comma, most = (text or "" for text in found.groups())
        if any(len(number) > 9 or int(number or 0) > _MOST_REPEATED for number in (least, most)):
            raise self._problem(f"repeats something more than {_MOST_REPEATED:,} times")
        highest = int(most) if most else None if comma else int(least)
        if highest is not None and highest < int(least):
            raise self._problem(f"repeats something from {least} to {most} times")
        return int(least), highest

    def _name(self) -> str:
        begin = self._at
        while self._peek() and self._peek() in _NAME:
            self._at += 1
        if begin == self._at:
            raise self._problem("cannot be read")
        return self._text[begin : self._at]

    def _expect(self, words: str) -> None:
        if not self._text.startswith(words, self._at):
            raise self._problem(f"lacks {words}")
        self._at += len(words)

    def _problem(self, what: str) -> GrammarError:
        line = self._text.count("\n", 0, self._at) + 1
        return refused(f"{what} in line {line}")

    def _skip(self, *, may_break: bool = False) -> None:
        """Go past spaces and comments, and past line ends where the rule may go on after them."""
        while character := self._peek():
            if character == "#":
                end = self._text.find("\n", self._at)
                self._at = len(self._text) if end < 0 else end
            elif character in " \t" or (may_break and character in "\r\n"):
                self._at += 1
            else:
                return

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]
