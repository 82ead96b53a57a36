"""A grammar as a network: places in its rules, and the steps from each to the next.

A recursive transition network: a step reads a character, calls a rule, or is free. Each place knows
how many characters its rule still needs at least, so that `grammar` can refuse what never ends and
`ending` finds the shortest way out. Repetitions are counted by places of their own.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import count

from app.engines.llamacpp.grammar.gbnf import (
    Characters,
    Element,
    Group,
    Reference,
    Repetition,
    Rules,
    parse,
    refused,
)

_MOST_PLACES = 150_000
_NICE = "0x -_"
"""Characters that are put where any of several would do, the first that may stand there."""

Place = int
Rule = int


@dataclass(frozen=True, slots=True)
class Opened:
    """What may come next at a place, free steps taken already."""

    reads: tuple[tuple[Characters, Place], ...]
    calls: tuple[tuple[Rule, Place], ...]
    is_end: bool


@dataclass(slots=True)
class _Steps:
    reads: list[tuple[Characters, Place]] = field(default_factory=list)
    calls: list[tuple[Rule, Place]] = field(default_factory=list)
    free: list[Place] = field(default_factory=list)


@lru_cache(maxsize=2)
def read_network(grammar: str) -> tuple[Rules, Network]:
    """Return the rules and the places of a grammar; kept, as each is asked for several times.

    Raises `GrammarError`.
    """
    rules = parse(grammar)
    return rules, Network(rules)


class Network:
    """The places of a grammar. `root` is the rule that a whole text is made of."""

    def __init__(self, rules: Rules) -> None:
        """Raises `GrammarError` for a grammar that is too large."""
        self._steps: list[_Steps] = []
        self.starts: list[Place] = []
        self._ends: list[Place] = []
        self._numbers = {name: self._new_rule() for name in rules}
        for name, group in rules.items():
            self._lay_rule(self._numbers[name], group)
        self.root = self._numbers["root"]
        self._is_end = frozenset(self._ends)
        self._opened: dict[Place, Opened] = {}
        self._lengths, self._best = _Lengths(self._steps, self.starts, self._ends).found()

    def length(self, place: Place) -> int | None:
        """Return the least characters from a place to the end of its rule, None without an end."""
        return self._lengths[place]

    def length_of(self, name: str) -> int | None:
        """Return the length of a rule's shortest text, None where it has no finite one."""
        return self._lengths[self.starts[self._numbers[name]]]

    def opened(self, place: Place) -> Opened:
        """Return what may come next at a place; what never ends is left out."""
        known = self._opened.get(place)
        if known is None:
            known = self._opened[place] = self._open(place)
        return known

    def shortest(self, place: Place) -> str:
        """Write out the shortest way from a place to the end of its rule."""
        out: list[str] = []
        waiting = [place]
        while waiting:
            at = waiting.pop()
            if not self._lengths[at]:
                continue
            step, after = self._best[at]
            waiting.append(after)
            if isinstance(step, Characters):
                out.append(_nice(step))
            elif step is not None:
                waiting.append(self.starts[step])
        return "".join(out)

    def _open(self, first: Place) -> Opened:
        reads: list[tuple[Characters, Place]] = []
        calls: list[tuple[Rule, Place]] = []
        is_end = False
        seen = {first}
        waiting = [first]
        while waiting:
            place = waiting.pop()
            steps = self._steps[place]
            is_end |= place in self._is_end
            reads += (step for step in steps.reads if self._lengths[step[1]] is not None)
            calls += (
                (rule, after)
                for rule, after in steps.calls
                if self._lengths[after] is not None and self._lengths[self.starts[rule]] is not None
            )
            new = [after for after in steps.free if after not in seen]
            seen.update(new)
            waiting += new
        return Opened(tuple(reads), tuple(calls), is_end)

    # -- laying it out

    def _new_place(self) -> Place:
        if len(self._steps) == _MOST_PLACES:
            raise refused("is too large")
        self._steps.append(_Steps())
        return len(self._steps) - 1

    def _new_rule(self) -> Rule:
        self.starts.append(self._new_place())
        self._ends.append(self._new_place())
        return len(self.starts) - 1

    def _lay_rule(self, rule: Rule, group: Group) -> None:
        for sequence in group.alternatives:
            self._lay_sequence(sequence, self.starts[rule], self._ends[rule])

    def _lay_sequence(self, sequence: tuple[Element, ...], begin: Place, end: Place) -> None:
        for element in sequence:
            after = self._new_place()
            self._lay(element, begin, after)
            begin = after
        self._steps[begin].free.append(end)

    def _lay(self, element: Element, begin: Place, end: Place) -> None:
        match element:
            case Characters():
                self._steps[begin].reads.append((element, end))
            case Reference(name):
                self._steps[begin].calls.append((self._numbers[name], end))
            case Group(alternatives):
                for sequence in alternatives:
                    self._lay_sequence(sequence, begin, end)
            case Repetition():
                self._lay_repetition(element, begin, end)

    def _lay_repetition(self, repetition: Repetition, begin: Place, end: Place) -> None:
        repeated, most = repetition.element, repetition.most
        rule = None
        if not isinstance(repeated, Characters | Reference):  # laid once, called each time
            rule = self._new_rule()
            self._lay(repeated, self.starts[rule], self._ends[rule])

        def once(at: Place, after: Place) -> None:
            if rule is None:
                self._lay(repeated, at, after)
            else:
                self._steps[at].calls.append((rule, after))

        at = self._new_place()  # no other step may lead back to `begin`
        self._steps[begin].free.append(at)
        for done in range(repetition.least if most is None else most):
            if done >= repetition.least:
                self._steps[at].free.append(end)
            after = self._new_place()
            once(at, after)
            at = after
        if most is None:
            once(at, at)
        self._steps[at].free.append(end)


_Best = tuple[Characters | Rule | None, Place]


class _Lengths:
    """The least characters from each place to its rule's end, shortest first.

    Knuth, "A generalization of Dijkstra's algorithm", 1977: a place is settled once no shorter way
    is left, so that best steps never go in a circle.
    """

    def __init__(self, steps: list[_Steps], starts: list[Place], ends: list[Place]) -> None:
        self._rule_of = {start: rule for rule, start in enumerate(starts)}
        self._starts, self._ends = starts, ends
        self._lengths: list[int | None] = [None] * len(steps)
        self._best: list[_Best] = [(None, -1)] * len(steps)
        self._before: list[list[tuple[Place, Characters | Rule | None]]] = [[] for _ in steps]
        self._callers: list[list[tuple[Place, Place]]] = [[] for _ in starts]
        self._heap: list[tuple[int, int, Place, _Best]] = []
        self._numbers = count()
        for place, step in enumerate(steps):
            for after in step.free:
                self._before[after].append((place, None))
            for characters, after in step.reads:
                self._before[after].append((place, characters))
            for rule, after in step.calls:
                self._before[after].append((place, rule))
                self._callers[rule].append((place, after))

    def found(self) -> tuple[list[int | None], list[_Best]]:
        for end in self._ends:
            self._offer(0, end, (None, -1))
        while self._heap:
            length, _, place, best = heapq.heappop(self._heap)
            if self._lengths[place] is not None:
                continue
            self._lengths[place], self._best[place] = length, best
            self._settled(place, length)
        return self._lengths, self._best

    def _settled(self, place: Place, length: int) -> None:
        for before, step in self._before[place]:
            if isinstance(step, int):
                inside = self._lengths[self._starts[step]]
                if inside is not None:
                    self._offer(length + inside, before, (step, place))
            else:
                self._offer(length + (step is not None), before, (step, place))
        rule = self._rule_of.get(place)
        if rule is not None:
            for caller, after in self._callers[rule]:
                rest = self._lengths[after]
                if rest is not None:
                    self._offer(length + rest, caller, (rule, after))

    def _offer(self, length: int, place: Place, best: _Best) -> None:
        if self._lengths[place] is None:
            heapq.heappush(self._heap, (length, next(self._numbers), place, best))


def _nice(characters: Characters) -> str:
    for character in _NICE:
        if characters.has(ord(character)):
            return character
    printable = (max(low, 33) for low, high in characters.ranges if high >= 33)
    return chr(next(printable, characters.ranges[0][0]))
