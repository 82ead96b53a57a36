"""JSON schemas as GBNF grammars whose texts are JSON, finite, and valid by the schema.

The converter of llama-cpp-python 0.3.36 lets control characters into strings, breaks at backslashes
in names and values, and passes over bounds in silence. This one knows fewer keywords and refuses
those it cannot hold. JSON Schema 2020-12, and `definitions` of older drafts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.core.errors import GrammarError

_MOST_CHARACTERS = 400
_MOST_ITEMS = 64
_MOST_NUMBERS = 500
_DEPTH = 5
_IGNORED = {
    "$schema", "$id", "$comment", "$defs", "definitions", "$anchor", "title", "description",
    "default", "examples", "deprecated", "readOnly", "writeOnly", "contentEncoding",
    "contentMediaType", "additionalItems", "format",
}  # fmt: skip
_BY_TYPE = {
    "object": {"properties", "required", "additionalProperties"},
    "array": {"items", "prefixItems", "minItems", "maxItems"},
    "string": {"minLength", "maxLength"},
    "integer": {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"},
    "number": {"minimum"},
    "boolean": set(),
    "null": set(),
}
_COMMON = {"type", "enum", "const", "anyOf", "oneOf", "$ref", "nullable"}
_DAY = '"-" ("0" [1-9] | "1" [0-2]) "-" ("0" [1-9] | "1" [0-9] | "2" [0-8])'
_HOUR = '([01] [0-9] | "2" [0-3]) ":" [0-5] [0-9] ":" [0-5] [0-9]'
_FORMATS = {
    "date": f"[12] [0-9]{{3}} {_DAY}",
    "time": f'{_HOUR} "Z"',
    "date-time": f'[12] [0-9]{{3}} {_DAY} "T" {_HOUR} "Z"',
    "uuid": "[0-9a-f]{8} " + '"-" [0-9a-f]{4} ' * 3 + '"-" [0-9a-f]{12}',
}
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
"""


def grammar_of_schema(schema: str) -> str:
    """Return the grammar for a schema given as JSON text. Raises `GrammarError` saying why not."""
    try:
        parsed = json.loads(schema)
    except (ValueError, RecursionError) as error:
        raise _refused(f"it is not JSON: {error}") from error
    if not isinstance(parsed, dict):
        raise _refused("it is not a JSON object")
    converter = _Converter(parsed)
    try:
        root = converter.rule(parsed, "the schema")
    except RecursionError as error:
        raise _refused("it refers to itself without an end") from error
    rules = "\n".join(f"{name} ::= {body}" for name, body in converter.rules.items())
    return f"root ::= {root}\n{_RULES.strip()}\n{rules}\n"


def _refused(reason: str) -> GrammarError:
    return GrammarError(
        f"The JSON schema cannot be used: {reason}.",
        hint="Known are type, properties, required, additionalProperties, items, prefixItems, "
        "enum, const, anyOf, oneOf, $ref inside the schema, and bounds of lengths and numbers.",
    )


def _literal(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _constant(value: object) -> str:
    return _literal(json.dumps(value))


class _Converter:
    """Collects rules. A schema becomes the words that stand for it in another rule."""

    def __init__(self, whole: Mapping[str, Any]) -> None:
        self._whole = whole
        self._referred: dict[str, str] = {}
        self.rules: dict[str, str] = {}

    def rule(self, schema: object, where: str) -> str:
        """Return the words for a schema; `where` names it in errors."""
        if schema is True or schema == {}:
            return self._any(_DEPTH)
        if not isinstance(schema, dict):
            raise _refused(f"{where} is no schema")
        found = self._by_value(schema, where)
        return f"({found} | null)" if schema.get("nullable") is True else found

    def _by_value(self, schema: dict[str, Any], where: str) -> str:
        if "$ref" in schema:
            return self._reference(str(schema["$ref"]), where)
        if "const" in schema:
            return _constant(schema["const"])
        if "enum" in schema:
            values = self._list(schema["enum"], f"enum of {where}")
            return "(" + " | ".join(_constant(value) for value in values) + ")"
        for word in ("anyOf", "oneOf"):
            if word in schema:
                self._check(schema, set(), where)
                ways = self._list(schema[word], f"{word} of {where}")
                return "(" + " | ".join(self.rule(way, f"{word} of {where}") for way in ways) + ")"
        kinds = schema.get("type", self._guessed(schema))
        kinds = kinds if isinstance(kinds, list) else [kinds]
        return "(" + " | ".join(self._by_type(kind, schema, where) for kind in kinds) + ")"

    def _guessed(self, schema: dict[str, Any]) -> list[str]:
        kinds = [kind for kind, words in _BY_TYPE.items() if words & set(schema)]
        return kinds[:1] or list(_BY_TYPE)

    def _by_type(self, kind: object, schema: dict[str, Any], where: str) -> str:
        makers: dict[object, Callable[[dict[str, Any], str], str]] = {
            "object": self._object,
            "array": self._array,
            "string": self._string,
            "integer": self._integer,
            "number": self._number,
        }
        if kind not in _BY_TYPE:
            raise _refused(f"{where} has the type {kind!r}")
        kinds = schema.get("type", kind)
        allowed = kinds if isinstance(kinds, list) else [kind]
        self._check(schema, set().union(*(_BY_TYPE.get(one, set()) for one in allowed)), where)
        maker = makers.get(kind)
        return maker(schema, where) if maker else str(kind)

    def _check(self, schema: dict[str, Any], known: set[str], where: str) -> None:
        for word in schema:
            if word not in known | _COMMON | _IGNORED:
                raise _refused(f"{where} uses {word}, which no grammar here holds")

    def _list(self, value: object, where: str) -> list[Any]:
        if not isinstance(value, list) or not value:
            raise _refused(f"{where} is no list of values")
        return value

    def _whole_number(self, schema: dict[str, Any], word: str, default: int, where: str) -> int:
        value = schema.get(word, default)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise _refused(f"{word} of {where} is {value!r}")
        return value

    def _reference(self, reference: str, where: str) -> str:
        known = self._referred.get(reference)
        if known is not None:
            return known
        if not reference.startswith("#"):
            raise _refused(f"{where} refers to {reference}, outside the schema")
        target: Any = self._whole
        for escaped in reference[1:].split("/")[1:]:
            step = escaped.replace("~1", "/").replace("~0", "~")
            if not isinstance(target, dict) or step not in target:
                raise _refused(f"{where} refers to {reference}, which is not there")
            target = target[step]
        name = self._referred[reference] = f"ref{len(self._referred)}"
        self.rules[name] = self.rule(target, reference)
        return name

    def _object(self, schema: dict[str, Any], where: str) -> str:
        properties = schema.get("properties", {})
        required = schema.get("required", [])
        if not isinstance(properties, dict) or not isinstance(required, list):
            raise _refused(f"properties or required of {where} are of the wrong kind")
        extra = schema.get("additionalProperties", not properties)
        for name in required:
            if name not in properties:
                raise _refused(f"{where} requires {name!r} and does not describe it")
        pairs = [
            (
                f'{_constant(name)} ":" ws {self.rule(value, f"{where}, {name}")}',
                name in required,
            )
            for name, value in properties.items()
        ]
        if pairs:
            inside = self._members(pairs)
        elif extra is False:
            inside = '""'
        else:
            member = f'key ":" ws {self.rule(extra, f"other properties of {where}")}'
            inside = f'({member} ("," ws {member}){{0,{_MOST_ITEMS}}})?'
        return self._named(f'"{{" ws {inside} ws "}}"')

    def _members(self, pairs: Sequence[tuple[str, bool]]) -> str:
        """Return the words for members in order, those that may lack with their commas."""
        after, first = '""', '""'  # once one was written, and while none was
        for pair, is_required in reversed(pairs):
            begun = f"{pair} {after}"
            first = begun if is_required else f"({begun} | {first})"
            after = f'"," ws {begun}' if is_required else f'("," ws {pair})? {after}'
            after, first = self._named(after), self._named(first)
        return first

    def _array(self, schema: dict[str, Any], where: str) -> str:
        least = self._whole_number(schema, "minItems", 0, where)
        most = self._whole_number(schema, "maxItems", max(_MOST_ITEMS, least), where)
        if most < least or most > 1000:
            raise _refused(f"{where} has from {least} to {most} items")
        if "prefixItems" in schema:
            fixed = self._list(schema["prefixItems"], f"prefixItems of {where}")
            inside = ' "," ws '.join(self.rule(one, f"{where}, an item") for one in fixed)
            if not least <= len(fixed) <= most:
                raise _refused(f"{where} has {len(fixed)} prefixItems and other bounds")
            return f'"[" ws {inside} ws "]"'
        if most == 0:
            return '"[" ws "]"'
        item = self._named(self.rule(schema.get("items", True), f"{where}, its items"))
        more = f'{item} ("," ws {item}){{{max(least - 1, 0)},{most - 1}}}'
        return self._named(f'"[" ws {more} ws "]"' if least else f'"[" ws ({more})? ws "]"')

    def _string(self, schema: dict[str, Any], where: str) -> str:
        pattern = _FORMATS.get(str(schema.get("format", "")))
        least = self._whole_number(schema, "minLength", 0, where)
        most = self._whole_number(schema, "maxLength", max(_MOST_CHARACTERS, least), where)
        if most < least or most > 2000:
            raise _refused(f"{where} has from {least} to {most} characters")
        if pattern is not None:
            return f'"\\"" {pattern} "\\""'
        if (least, most) == (0, _MOST_CHARACTERS):
            return "string"
        return f'"\\"" char{{{least},{most}}} "\\""'

    def _integer(self, schema: dict[str, Any], where: str) -> str:
        for word in _BY_TYPE["integer"] & set(schema):
            if type(schema[word]) not in (int, float):
                raise _refused(f"{word} of {where} is {schema[word]!r}")
        low, high = schema.get("minimum"), schema.get("maximum")
        if "exclusiveMinimum" in schema:
            low = schema["exclusiveMinimum"] + 1
        if "exclusiveMaximum" in schema:
            high = schema["exclusiveMaximum"] - 1
        if low is None and high is None:
            return "integer"
        if low is not None and high is not None and 0 <= high - low <= _MOST_NUMBERS:
            return "(" + " | ".join(f'"{n}"' for n in range(int(low), int(high) + 1)) + ")"
        if high is None and low in (0, 1):
            return "whole" if low == 0 else "([1-9] [0-9]{0,14})"
        raise _refused(f"{where} is bounded by {low} and {high}, too wide a range")

    def _number(self, schema: dict[str, Any], where: str) -> str:
        if "minimum" not in schema:
            return "number"
        if schema["minimum"] != 0:
            raise _refused(f"{where} has the minimum {schema['minimum']}; only 0 is held")
        return "whole fraction"

    def _any(self, depth: int) -> str:
        plain = "string | number | boolean | null"
        if not depth:
            return f"({plain})"
        name = f"any{depth}"
        if name not in self.rules:
            inner = self._any(depth - 1)
            member = f'key ":" ws {inner}'
            self.rules[name] = (
                f'{plain} | "{{" ws ({member} ("," ws {member}){{0,{_MOST_ITEMS}}})? ws "}}" '
                f'| "[" ws ({inner} ("," ws {inner}){{0,{_MOST_ITEMS}}})? ws "]"'
            )
        return name

    def _named(self, body: str) -> str:
        if len(body) < 20:
            return body
        name = f"part{len(self.rules)}"
        self.rules[name] = body
        return name
