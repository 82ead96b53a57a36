"""JSON schemas as GBNF grammars whose texts are JSON, finite, and valid by the schema.

Every keyword is held or refused by name, never passed over: what a grammar cannot hold is said.
`schema_reading` resolves references and combinations into shapes; this writes shapes as rules.
Members come in the schema's order, and only those that it describes. JSON Schema 2020-12.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from app.engines.llamacpp.grammar.json_numbers import Bounds, numbers, whole_numbers
from app.engines.llamacpp.grammar.network import read_network
from app.engines.llamacpp.grammar.schema_reading import Reader
from app.engines.llamacpp.grammar.schema_refusal import refused
from app.engines.llamacpp.grammar.schema_shapes import KINDS, Counts, Schema, Shape, part_key

_MOST_CHARACTERS, _LONGEST_TEXT = 400, 2_000
_MOST_ITEMS, _LONGEST_LIST = 64, 1_000
_MOST_RULES = 20_000
_DEPTH = 5
_NEVER = "never"
_DAY = '"-" ("0" [1-9] | "1" [0-2]) "-" ("0" [1-9] | "1" [0-9] | "2" [0-8])'
_HOUR = '([01] [0-9] | "2" [0-3]) ":" [0-5] [0-9] ":" [0-5] [0-9]'
_BYTE = '("25" [0-5] | "2" [0-4] [0-9] | "1" [0-9]{2} | [1-9]? [0-9])'
_NAME = "[a-z] [a-z0-9]{0,30}"
_FORMATS = {  # what is written, and its least and greatest length
    "date": (f"[12] [0-9]{{3}} {_DAY}", 10, 10),
    "time": (f'{_HOUR} "Z"', 9, 9),
    "date-time": (f'[12] [0-9]{{3}} {_DAY} "T" {_HOUR} "Z"', 20, 20),
    "uuid": ("[0-9a-f]{8} " + '"-" [0-9a-f]{4} ' * 3 + '"-" [0-9a-f]{12}', 36, 36),
    "email": (f'{_NAME} ("." {_NAME}){{0,2}} "@" {_NAME} ("." {_NAME}){{1,2}}', 5, 191),
    "ipv4": (f'{_BYTE} ("." {_BYTE}){{3}}', 7, 15),
    "hostname": (f'{_NAME} ("." {_NAME}){{0,3}}', 1, 127),
    "uri": (f'"http" "s"? "://" {_NAME} ("." {_NAME}){{1,3}} ("/" [a-zA-Z0-9._~-]{{0,40}}){{0,6}}',
            10, 381),
}  # fmt: skip
_RULES = r"""
ws ::= "" | " " | "\n" " "{0,24}
char ::= plain | "\\" (["\\/bfnrt] | "u" code)
plain ::= [ -!#-[\]-~\u00A0-\u2027\u202A-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]
code ::= [0-9a-cefA-CEF] [0-9a-fA-F]{3}
key ::= "\"" char{1,60} "\""
string ::= "\"" char{0,400} "\""
whole ::= "0" | [1-9] [0-9]{0,14}
integer ::= "-"? whole
fraction ::= ("." [0-9]{1,15})? ([eE] [-+]? [0-9]{1,2})?
number ::= "-"? whole fraction
boolean ::= "true" | "false"
null ::= "null"
never ::= "x" never
"""
_UNSAFE = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")


def grammar_of_schema(schema: str) -> str:
    """Return the grammar for a schema given as JSON text. Raises `GrammarError` saying why not."""
    try:
        parsed = json.loads(schema.removeprefix("\ufeff"), parse_constant=_no_number)
        if isinstance(parsed, bool):
            parsed = {} if parsed else {"enum": [None], "const": True}
        if not isinstance(parsed, dict):
            raise refused("it is not a JSON object")
        grammar = _Converter(parsed).grammar()
        _, network = read_network(grammar)
    except ValueError as error:
        raise refused(f"it is not JSON: {error}") from error
    except RecursionError as error:
        raise refused("it is nested too deeply") from error
    if network.length_of("root") is None:
        raise refused(
            "no document can match it",
            hint="Make recursive parts optional, and check for bounds, types and values that "
            "contradict each other.",
        )
    return grammar


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is not a number in JSON")


def _literal(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _constant(value: object) -> str:
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    except ValueError as error:
        raise refused("it has a number that is not finite") from error
    return _literal(_UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text))


def _repeated(words: str, counts: Counts) -> str:
    return f"{words}{{{counts.least},{'' if counts.most is None else counts.most}}}"


class _Converter:
    """Collects rules. A schema becomes the name of a rule, a shape the words in it."""

    def __init__(self, whole: dict[str, Any]) -> None:
        self._whole = whole
        self._reader = Reader(whole)
        self._names: dict[str, str] = {}
        self._kept: list[Schema] = []  # names go by identity: what has one must live
        self._waiting: list[tuple[str, Schema, str]] = []
        self._rules: dict[str, str] = {}

    def grammar(self) -> str:
        """Return the whole grammar; what is deep in the schema is waited for, not called."""
        root = self._rule(self._whole, "the schema")
        while self._waiting:
            name, schema, where = self._waiting.pop()
            shapes = self._reader.shapes(schema, where)
            ways = [way for shape in shapes for way in self._ways(shape, where)]
            self._add(name, " | ".join(ways) or _NEVER)
        rules = "\n".join(f"{name} ::= {body}" for name, body in self._rules.items())
        return f"root ::= {root}\n{_RULES.strip()}\n{rules}\n"

    def _rule(self, schema: Schema | None, where: str) -> str:
        """Return the name of a schema's rule, which is made later; `where` names it in errors."""
        if schema is None or schema is True:
            return self._any(_DEPTH)
        if schema is False:
            return _NEVER
        known = self._names.get(part_key(schema))
        if known is None:
            known = self._names[part_key(schema)] = f"schema{len(self._names)}"
            self._kept.append(schema)
            self._waiting.append((known, schema, where))
        return known

    def _add(self, name: str, body: str) -> str:
        if len(self._rules) == _MOST_RULES:
            raise refused("it is too large")
        self._rules[name] = body
        return name

    def _named(self, body: str) -> str:
        return body if len(body) < 20 else self._add(f"part{len(self._rules)}", body)

    def _ways(self, shape: Shape, where: str) -> Iterator[str]:
        if shape.values is not None:
            others = replace(shape, values=None)
            for value in shape.values:
                if self._reader.admits_shape(others, value, where):
                    yield _constant(value)
            return
        kinds = shape.kinds
        if kinds == set(KINDS):
            if not shape.hints:
                yield self._any(_DEPTH)
                return
            kinds = frozenset(shape.hints[:1])
        if "object" in kinds:
            yield from self._objects(shape, where)
        if "array" in kinds:
            yield from self._arrays(shape, where)
        if "string" in kinds:
            yield from self._strings(shape, where)
        if kinds & {"integer", "fraction"}:
            yield from self._numbers(shape.numbers, where, is_whole="fraction" not in kinds)
        if "boolean" in kinds:
            yield "boolean"
        if "null" in kinds:
            yield "null"

    # -- objects

    def _objects(self, shape: Shape, where: str) -> Iterator[str]:
        if shape.members.is_empty:
            return
        for name in shape.required:
            if name not in shape.properties and shape.extra is not False:
                raise refused(f"{where} requires {name[:40]!r} but does not describe it")
        if set(shape.required) - set(shape.properties):
            return
        if shape.properties:
            inside = self._members(shape, where)
        elif shape.extra is False or shape.members.most == 0:
            inside = '""' if not shape.members.least else _NEVER
        else:
            inside = self._free_members(shape, where)
        yield self._named(f'"{{" ws {inside} ws "}}"')

    def _free_members(self, shape: Shape, where: str) -> str:
        if shape.members.least > 1:
            raise refused(
                f"minProperties of {where} is more than 1, but its properties are not named"
            )
        member = f'key ":" ws {self._rule(shape.extra, f"other properties of {where}")}'
        most = _MOST_ITEMS if shape.members.most is None else shape.members.most - 1
        more = f'{member} ("," ws {member}){{0,{min(most, _MOST_ITEMS)}}}'
        return more if shape.members.least else f"({more})?"

    def _members(self, shape: Shape, where: str) -> str:
        """Return the words for members in order, those that may lack with their commas."""
        pairs = [
            (f'{_constant(name)} ":" ws {self._rule(value, f"{where}, {name[:40]}")}', name)
            for name, value in shape.properties.items()
        ]
        least, most = shape.members.least, shape.members.most
        most_counted = len(pairs) if most is not None and most < len(pairs) else max(least, 1)
        after = {  # the words behind the last member, by how many were written
            count: '""' if shape.members.has(count) or count >= least == most_counted else _NEVER
            for count in range(most_counted + 1)
        }
        required = set(shape.required)
        for pair, name in reversed(pairs):
            before = {}
            for count in range(most_counted + 1):
                written = min(count + 1, most_counted)
                begun = (
                    f"{pair} {after[written]}" if not count else f'"," ws {pair} {after[written]}'
                )
                if most is not None and count >= most:
                    begun = _NEVER
                lacks = _NEVER if name in required else after[count]
                ways = [way for way in (begun, lacks) if way != _NEVER]
                before[count] = self._named(f"({' | '.join(ways)})" if ways else _NEVER)
            after = before
        return after[0]

    # -- arrays

    def _arrays(self, shape: Shape, where: str) -> Iterator[str]:
        if shape.items.is_empty:
            return
        least, most = shape.items.least, shape.items.most
        prefix, rest = self._places(shape)
        if least > _LONGEST_LIST:
            raise refused(f"{where} needs at least {least} items, more than {_LONGEST_LIST:,}")
        if rest is False:
            most = len(prefix) if most is None else min(most, len(prefix))
        elif most is None:
            most = max(len(prefix) + (_MOST_ITEMS if rest is not None or not prefix else 0), least)
        most = min(most, _LONGEST_LIST)
        if most < least:
            return
        first = [self._rule(one, f"{where}, an item") for one in prefix[:most]]
        inside = self._list(first, Counts(least, most), rest, where)
        yield self._named(f'"[" ws {inside} ws "]"')

    def _places(self, shape: Shape) -> tuple[tuple[Schema, ...], Schema | None]:
        """Return the items with a place of their own and the schema of those behind them."""
        if False in (one for one in shape.prefix if isinstance(one, bool)):
            end = next(i for i, one in enumerate(shape.prefix) if one is False)
            return shape.prefix[:end], False
        return shape.prefix, shape.rest

    def _list(self, first: list[str], counts: Counts, rest: Schema | None, where: str) -> str:
        comma = ' "," ws '
        begun = comma.join(first)
        more = Counts(max(counts.least - len(first), 0), (counts.most or 0) - len(first))
        if not more.most or (first and rest is None and not more.least):
            return begun or '""'
        item = self._rule(rest, f"{where}, its items")
        if first:
            return begun + " " + _repeated(f'("," ws {item})', more)
        left = Counts(max(more.least - 1, 0), more.most - 1)
        items = f"{item} " + _repeated(f'("," ws {item})', left)
        return items if more.least else f"({items})?"

    # -- plain values

    def _strings(self, shape: Shape, where: str) -> Iterator[str]:
        lengths = shape.lengths
        if lengths.is_empty:
            return
        if shape.formats:
            yield self._formatted(shape, where)
            return
        if lengths.least > _LONGEST_TEXT:
            raise refused(
                f"{where} needs at least {lengths.least} characters, more than {_LONGEST_TEXT:,}"
            )
        if lengths == Counts():
            yield "string"
            return
        most = max(_MOST_CHARACTERS, lengths.least) if lengths.most is None else lengths.most
        counts = Counts(lengths.least, min(most, _LONGEST_TEXT))
        yield f'"\\"" {_repeated("char", counts)} "\\""'

    def _formatted(self, shape: Shape, where: str) -> str:
        name, *others = sorted(shape.formats)
        words, least, most = _FORMATS[name]
        if others or not (shape.lengths.has(least) and shape.lengths.has(most)):
            raise refused(f"{where} has the format {name} together with another format or length")
        return f'"\\"" {words} "\\""'

    def _numbers(self, bounds: Bounds, where: str, *, is_whole: bool) -> Iterator[str]:
        if bounds.is_empty:
            return
        if bounds == Bounds():
            yield "integer" if is_whole else "number"
        elif bounds == Bounds(low=bounds.low) and not bounds.low:
            yield "whole" if is_whole else "whole fraction"
        else:
            words = whole_numbers(bounds) if is_whole else numbers(bounds)
            if words:
                yield self._named(words)
            elif is_whole and bounds.low is not None and bounds.high is not None:
                return
            else:
                raise refused(f"{where} allows only numbers between {bounds.low} and {bounds.high}")

    def _any(self, depth: int) -> str:
        plain = "string | number | boolean | null"
        if not depth:
            return f"({plain})"
        name = f"any{depth}"
        if name not in self._rules:
            inner = self._any(depth - 1)
            member = f'key ":" ws {inner}'
            self._rules[name] = (
                f'{plain} | "{{" ws ({member} ("," ws {member}){{0,{_MOST_ITEMS}}})? ws "}}" '
                f'| "[" ws ({inner} ("," ws {inner}){{0,{_MOST_ITEMS}}})? ws "]"'
            )
        return name
