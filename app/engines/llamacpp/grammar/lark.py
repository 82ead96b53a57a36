"""A grammar in llguidance's words: Lark, with a terminal for each set of characters.

Terminals are single characters. llguidance reads a longer one greedily, so that `[a-z]+ "x"` could
never end. What has no finite text is left out: a model that goes that way never comes to an end.
Syntax: llguidance `docs/syntax.md`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from app.engines.llamacpp.grammar.gbnf import (
    Characters,
    Element,
    Group,
    Reference,
    Repetition,
    Rules,
    refused,
)
from app.engines.llamacpp.grammar.network import Network

_EMPTY = '""'
_ROOT = "r0"
_NEVER = "NUL"
"""A terminal that no token can write: `constraint` knows no token with this character."""
_MOST_INSIDE = 8
_STEP, _DEEPEST = 50, 200
"""llguidance reads a rule inside the rule that first names it, and ends the process where rules
lie too deep in each other (1.9.1: some 1,500 with a stack of 8 MB). So it is told deep rules
first, a few at a time."""


def lark_of(rules: Rules, network: Network) -> str:
    """Return the grammar as Lark; its root must have a finite text. Raises `GrammarError`."""
    writer = _Writer(rules, network)
    writer.write()
    early = _early(writer.named_by)
    if _depth((*early, _ROOT), writer.named_by) > _DEEPEST:
        raise refused("has rules that lie too deep in each other")
    before = f"({_NEVER} ({' | '.join(early)}))? " if early else ""
    lines = [
        # Else only one way to cut a text that is sure to come into tokens would be allowed.
        '%llguidance {"no_forcing": true}',
        f"start: {before}{_ROOT}",
        *(f"{name}: {body}" for name, body in writer.bodies.items()),
        *(f"{name}: /[{_set(ranges)}]/" for ranges, name in writer.terminals.items()),
        f"{_NEVER}: /[\\x00]/",
    ]
    return "\n".join(lines) + "\n"


def _set(ranges: Sequence[tuple[int, int]]) -> str:
    return "".join(f"\\u{{{low:x}}}-\\u{{{high:x}}}" for low, high in ranges)


class _Writer:
    """Collects rules, terminals, and which rules name which."""

    def __init__(self, rules: Rules, network: Network) -> None:
        self._rules = rules
        self._network = network
        others = (name for name in rules if name != "root")
        self._names = {"root": _ROOT} | {name: f"r{i}" for i, name in enumerate(others, 1)}
        self._named: list[str] = []
        self._made = 0
        self.bodies: dict[str, str] = {}
        self.named_by: dict[str, tuple[str, ...]] = {}
        self.terminals: dict[tuple[tuple[int, int], ...], str] = {}

    def write(self) -> None:
        """Collect everything that has a finite text."""
        for name, group in self._rules.items():
            if self._network.length_of(name) is not None:
                self._write_rule(self._names[name], group)

    def _write_rule(self, name: str, group: Group) -> None:
        outer, self._named = self._named, []
        body = self._element(group, 0) or _EMPTY
        self.bodies[name] = body
        self.named_by[name] = tuple(dict.fromkeys(self._named))
        self._named = outer

    def _element(self, element: Element, depth: int) -> str | None:
        """Return the words for an element, None where it has no finite text."""
        match element:
            case Characters(ranges):
                return self.terminals.setdefault(ranges, f"T{len(self.terminals)}")
            case Reference(name):
                if self._network.length_of(name) is None:
                    return None
                self._named.append(self._names[name])
                return self._names[name]
            case Group(alternatives):
                if depth == _MOST_INSIDE:
                    return self._rule_of_its_own(element)
                ways = (self._sequence(one, depth) for one in alternatives)
                known = [way for way in ways if way is not None]
                return f"({' | '.join(known)})" if known else None
            case Repetition(repeated, least, most):
                inside = self._element(repeated, depth)
                if inside is None:
                    return _EMPTY if not least else None
                if most == 0:
                    return _EMPTY
                return f"({inside}){{{least},{'' if most is None else most}}}"

    def _rule_of_its_own(self, group: Group) -> str | None:
        if all(self._sequence(one, 0) is None for one in group.alternatives):
            return None
        self._made += 1
        name = f"g{self._made}"
        self._write_rule(name, group)
        self._named.append(name)
        return name

    def _sequence(self, sequence: tuple[Element, ...], depth: int) -> str | None:
        words = []
        for element in sequence:
            word = self._element(element, depth + 1)
            if word is None:
                return None
            words.append(word)
        return " ".join(words) or _EMPTY


def _early(named_by: Mapping[str, Sequence[str]]) -> list[str]:
    """Return rules that are to be read before the root, each at most some steps above the last."""
    heights: dict[str, int] = {}
    early = []
    for rule in _inner_first(named_by):
        height = 1 + max((heights.get(one, 0) for one in named_by[rule]), default=0)
        if height >= _STEP:
            early.append(rule)
            height = 0
        heights[rule] = height
    return early


def _inner_first(named_by: Mapping[str, Sequence[str]]) -> Iterator[str]:
    seen = {_ROOT}
    stack = [(_ROOT, iter(named_by[_ROOT]))]
    while stack:
        rule, left = stack[-1]
        new = next((one for one in left if one not in seen), None)
        if new is None:
            stack.pop()
            yield rule
        else:
            seen.add(new)
            stack.append((new, iter(named_by[new])))


def _depth(order: Sequence[str], named_by: Mapping[str, Sequence[str]]) -> int:
    """Return how deep rules are read inside each other where they are read in this order."""
    deepest = 0
    seen: set[str] = set()
    for first in order:
        if first in seen:
            continue
        seen.add(first)
        stack = [iter(named_by[first])]
        while stack:
            deepest = max(deepest, len(stack))
            new = next((one for one in stack[-1] if one not in seen), None)
            if new is None:
                stack.pop()
            else:
                seen.add(new)
                stack.append(iter(named_by[new]))
    return deepest
