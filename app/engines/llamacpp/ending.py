"""How a text that was cut can end so that its grammar is satisfied.

A grammar only forbids; an answer that is cut by its limit or by the context is the beginning of a
valid text and no more. This finds the shortest text that makes it whole: a pushdown automaton of
all ways in which the text so far may have come about, and for each way the least that must follow.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from app.core.errors import GrammarError
from app.engines.llamacpp.gbnf import (
    Characters,
    Element,
    Group,
    Reference,
    Repetition,
    Rules,
    parse,
)

_NICE = "0x -_"
"""Characters that are put where any of several would do, the first that may stand there."""


def ending(grammar: str, written: bytes) -> bytes:
    """Return what must still follow, nothing where the text is whole or the grammar unknown.

    Bytes at the end that are no whole character become U+FFFD once something follows them.
    """
    text = written.decode("utf-8", errors="replace")
    try:
        automaton = _Automaton(parse(grammar))
    except GrammarError:
        return b""
    return automaton.ending(text).encode()


@dataclass(frozen=True, slots=True, eq=False)
class _Left:
    """What is left to be written in one way: an element and then the rest."""

    element: Element
    rest: _Left | None


class _Automaton:
    """All ways through a grammar. Equal remainders are one object: sets of them are fast."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._known: dict[tuple[int, int], _Left] = {}
        self._fewer: dict[tuple[int, int, int | None], Repetition] = {}
        self._open: dict[_Left, tuple[_Left | None, ...]] = {}
        self._lengths = _shortest_lengths(rules)

    def ending(self, text: str) -> str:
        ways = set(self._opened(self._left(self._rules["root"], None)))
        for character in text:
            code = ord(character)
            ways = {
                following
                for way in ways
                if way is not None and isinstance(way.element, Characters) and way.element.has(code)
                for following in self._opened(way.rest)
            }
        if not ways or None in ways:
            return ""
        return self._written_out(min(filter(None, ways), key=self._length_left))

    def _left(self, element: Element, rest: _Left | None) -> _Left:
        key = (id(element), id(rest))
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = _Left(element, rest)
        return known

    def _sequence(self, sequence: tuple[Element, ...], rest: _Left | None) -> _Left | None:
        for element in reversed(sequence):
            rest = self._left(element, rest)
        return rest

    def _opened(self, left: _Left | None) -> tuple[_Left | None, ...]:
        """Return every way from here on that begins with a character or is at its end."""
        if left is None:
            return (None,)
        known = self._open.get(left)
        if known is None:
            known = self._open[left] = tuple(self._open_up(left))
        return known

    def _open_up(self, first: _Left) -> set[_Left | None]:
        found: set[_Left | None] = set()
        seen: set[_Left | None] = set()
        waiting: list[_Left | None] = [first]
        while waiting:
            left = waiting.pop()
            if left in seen:
                continue
            seen.add(left)
            if left is None or isinstance(left.element, Characters):
                found.add(left)
            else:
                waiting += self._choices(left.element, left.rest)
        return found

    def _choices(self, element: Element, rest: _Left | None) -> list[_Left | None]:
        match element:
            case Reference(name):
                return [self._sequence(way, rest) for way in self._rules[name].alternatives]
            case Group(alternatives):
                return [self._sequence(way, rest) for way in alternatives]
            case Repetition(repeated, least, most):
                if most == 0:
                    return [rest]
                again = self._left(repeated, self._left(self._one_fewer(element), rest))
                return [again] if least else [rest, again]
        raise AssertionError(element)

    def _one_fewer(self, element: Repetition) -> Repetition:
        least = max(element.least - 1, 0)
        most = None if element.most is None else element.most - 1
        if (least, most) == (element.least, element.most):
            return element
        key = (id(element.element), least, most)
        known = self._fewer.get(key)
        if known is None:
            known = self._fewer[key] = Repetition(element.element, least, most)
        return known

    def _length_left(self, left: _Left | None) -> float:
        length = 0.0
        while left is not None:
            length += _length(left.element, self._lengths)
            left = left.rest
        return length

    def _written_out(self, left: _Left | None) -> str:
        out: list[str] = []
        while left is not None:
            match left.element:
                case Characters():
                    out.append(_nice(left.element))
                    left = left.rest
                case Repetition(element, least, _):
                    left = self._sequence((element,) * least, left.rest)
                case Reference(name):
                    left = self._sequence(self._shortest(self._rules[name]), left.rest)
                case Group():
                    left = self._sequence(self._shortest(left.element), left.rest)
        return "".join(out)

    def _shortest(self, group: Group) -> tuple[Element, ...]:
        return min(group.alternatives, key=lambda way: _sum(way, self._lengths))


def _shortest_lengths(rules: Rules) -> dict[str, float]:
    """Return the length of each rule's shortest text, by trying until nothing gets shorter."""
    lengths = dict.fromkeys(rules, math.inf)
    is_settled = False
    while not is_settled:
        is_settled = True
        for name, group in reversed(rules.items()):  # what is used is mostly written below
            length = _length(group, lengths)
            if length < lengths[name]:
                lengths[name], is_settled = length, False
    return lengths


def _length(element: Element, lengths: dict[str, float]) -> float:
    match element:
        case Characters():
            return 1
        case Reference(name):
            return lengths[name]
        case Group(alternatives):
            return min(_sum(way, lengths) for way in alternatives)
        case Repetition(repeated, least, _):
            return least * _length(repeated, lengths) if least else 0
    raise AssertionError(element)


def _sum(sequence: tuple[Element, ...], lengths: dict[str, float]) -> float:
    return sum(_length(element, lengths) for element in sequence)


def _nice(characters: Characters) -> str:
    for character in _NICE:
        if characters.has(ord(character)):
            return character
    if not characters.is_negated:
        return chr(characters.ranges[0][0])
    return next(chr(code) for code in range(33, 0xD800) if characters.has(code))
