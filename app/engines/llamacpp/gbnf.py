"""GBNF as values: rules made of characters, references, groups and repetitions.

llama.cpp keeps its own parse to itself; `app.engines.llamacpp.ending` needs one to know how a text
may end. Format: llama.cpp `grammars/README.md`. A grammar that llama.cpp takes and this does not
raises `GrammarError`; the caller then goes without.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import GrammarError

_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
_HEX_DIGITS = {"x": 2, "u": 4, "U": 8}
_LAST = 0x10FFFF


@dataclass(frozen=True, slots=True, eq=False)
class Characters:
    """One character out of ranges of code points, or one that is in none of them."""

    ranges: tuple[tuple[int, int], ...]
    is_negated: bool = False

    def has(self, code: int) -> bool:
        """Tell whether the character may stand here."""
        return any(low <= code <= high for low, high in self.ranges) != self.is_negated


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
    rules = _Parser(text).rules()
    for name in sorted(_references(rules)):
        if name not in rules:
            raise GrammarError(f"The grammar has no rule {name}.")
    if "root" not in rules:
        raise GrammarError("The grammar has no rule root.")
    return rules


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


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

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
            while repeated := self._repeated():
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
            return [Characters((), is_negated=True)]
        if character == "(":
            self._at += 1
            self._skip(may_break=True)
            group = self._alternatives(is_inside=True)
            self._expect(")")
            return [group]
        if character.isalnum() or character == "-":
            return [Reference(self._name())]
        return None

    def _literal(self) -> list[Element]:
        self._at += 1
        found: list[Element] = []
        while self._peek() != '"':
            code = self._character()
            found.append(Characters(((code, code),)))
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
        return Characters(tuple(ranges), is_negated)

    def _character(self) -> int:
        character = self._peek()
        if not character:
            raise GrammarError("The grammar ends inside a text or a set of characters.")
        self._at += 1
        if character != "\\":
            return ord(character)
        kind = self._peek()
        self._at += 1
        if kind in _HEX_DIGITS:
            digits = self._text[self._at : self._at + _HEX_DIGITS[kind]]
            self._at += len(digits)
            try:
                return min(int(digits, 16), _LAST)
            except ValueError:
                raise GrammarError(f"The grammar has a bad escape \\{kind}{digits}.") from None
        return ord(_ESCAPES.get(kind, kind or "\\"))

    def _repeated(self) -> tuple[int, int | None] | None:
        sign = self._peek()
        if sign in ("*", "+", "?"):
            self._at += 1
            return {"*": (0, None), "+": (1, None), "?": (0, 1)}[sign]
        if sign != "{":
            return None
        end = self._text.find("}", self._at)
        least, comma, most = self._text[self._at + 1 : end].replace(" ", "").partition(",")
        self._at = end + 1
        if end < 0 or not least.isdecimal() or not (most.isdecimal() or not most):
            raise GrammarError("The grammar has a bad repetition in braces.")
        return int(least), (int(most) if most else None if comma else int(least))

    def _name(self) -> str:
        begin = self._at
        while self._peek().isalnum() or self._peek() in ("-", "_"):
            self._at += 1
        if begin == self._at:
            line = self._text.count("\n", 0, begin) + 1
            raise GrammarError(f"The grammar cannot be read in line {line}.")
        return self._text[begin : self._at]

    def _expect(self, words: str) -> None:
        if not self._text.startswith(words, self._at):
            line = self._text.count("\n", 0, self._at) + 1
            raise GrammarError(f"The grammar lacks {words} in line {line}.")
        self._at += len(words)

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
