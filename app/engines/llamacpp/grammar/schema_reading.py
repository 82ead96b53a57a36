"""Reads a JSON schema into shapes, and refuses by name what no grammar here holds."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from app.engines.llamacpp.grammar.json_numbers import Bounds
from app.engines.llamacpp.grammar.schema_references import References
from app.engines.llamacpp.grammar.schema_refusal import refused
from app.engines.llamacpp.grammar.schema_shapes import (
    KINDS,
    AllOf,
    Counts,
    Schema,
    Shape,
    key,
    kind_of,
    part_key,
)

_MOST_WAYS = 300
_MOST_STEPS = 100_000
_MOST_DEEP = 2
_WORDS_OF = {
    "object": ("properties", "required", "additionalProperties", "minProperties", "maxProperties"),
    "array": ("items", "prefixItems", "minItems", "maxItems"),
    "string": ("minLength", "maxLength"),
    "integer": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
}
_COMBINING = {"$ref", "allOf", "anyOf", "oneOf", "enum", "const", "type", "nullable"}
_SAYS_NOTHING = {
    "$schema", "$id", "$comment", "$defs", "definitions", "$anchor", "$dynamicAnchor",
    "$vocabulary", "components", "title", "description", "default", "example", "examples",
    "deprecated", "readOnly", "writeOnly", "contentEncoding", "contentMediaType", "format",
    "additionalItems", "minContains", "maxContains", "discriminator", "externalDocs", "xml",
}  # fmt: skip
_KNOWN = _COMBINING | _SAYS_NOTHING | {word for words in _WORDS_OF.values() for word in words}
_SAY_NOTHING_IF = {
    "uniqueItems": False, "multipleOf": 1, "unevaluatedProperties": True, "unevaluatedItems": True,
    "patternProperties": {}, "propertyNames": True, "dependentRequired": {},
    "dependentSchemas": {},
}  # fmt: skip
HELD_FORMATS = {"date", "time", "date-time", "uuid", "email", "ipv4", "uri", "hostname"}
_UNHELD_FORMATS = {
    "duration", "idn-email", "idn-hostname", "ipv6", "uri-reference", "iri", "iri-reference",
    "uri-template", "json-pointer", "relative-json-pointer", "regex",
}  # fmt: skip
_WHOLE_FORMATS = {"int32": 2**31, "int64": 2**63}


class Reader:
    """Turns the schemas of one document into shapes."""

    def __init__(self, whole: dict[str, Any]) -> None:
        self._references = References(whole)
        self._known: dict[str, list[Shape]] = {}
        self._left = _MOST_STEPS

    def shapes(
        self, schema: Schema, where: str, trail: tuple[tuple[str, str], ...] = ()
    ) -> list[Shape]:
        """Return the shapes of which a document satisfies exactly the schema's; none for false.

        `where` names the schema in errors, `trail` are the references that led here.
        """
        self._spend()
        known = self._known.get(part_key(schema))
        if known is None:
            known = self._known[part_key(schema)] = self._read(schema, where, trail)
        return known

    def _spend(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise refused("it is too large, or refers to itself in too many ways")

    def _read(self, schema: Schema, where: str, trail: tuple[tuple[str, str], ...]) -> list[Shape]:
        if schema is True:
            return [Shape()]
        if schema is False:
            return []
        if isinstance(schema, AllOf):
            return self._together([Shape()], schema.parts, where, trail)
        if not isinstance(schema, dict):
            raise refused(f"{where} is not a schema")
        self._check(schema, where)
        ways = [_own_shape(schema, where)]
        if "$ref" in schema:
            ways = self._joined(ways, self._referred(schema, where, trail), where)
        if "allOf" in schema:
            parts = listed(schema["allOf"], f"allOf of {where}")
            ways = self._together(ways, parts, where, trail)
        if "anyOf" in schema:
            parts = listed(schema["anyOf"], f"anyOf of {where}")
            found = [way for part in parts for way in self.shapes(part, where, trail)]
            self._check_number(len(found), where)
            ways = self._joined(ways, found, where)
        if "oneOf" in schema:
            parts = listed(schema["oneOf"], f"oneOf of {where}")
            options = [self.shapes(part, where, trail) for part in parts]
            ways = self._joined(ways, self._only_one(options, where), where)
        if schema.get("nullable") is True:  # OpenAPI's word for a further type
            ways = [*ways, Shape(frozenset(("null",)))]
        return ways

    def admits(self, schema: Schema, value: object, where: str) -> bool:
        """Tell whether a value satisfies a schema."""
        return any(self.admits_shape(shape, value, where) for shape in self.shapes(schema, where))

    def admits_shape(self, shape: Shape, value: object, where: str) -> bool:
        """Tell whether a value satisfies a shape; formats are notes to it, as in the standard."""
        self._spend()
        if kind_of(value) not in shape.kinds:
            return False
        if shape.values is not None and key(value) not in map(key, shape.values):
            return False
        match value:
            case str():
                return shape.lengths.has(len(value))
            case int() | float() if not isinstance(value, bool):
                return shape.numbers.has(value)
            case list():
                return shape.items.has(len(value)) and all(
                    self._admits_part(shape.item(i), one, where) for i, one in enumerate(value)
                )
            case dict():
                return (
                    shape.members.has(len(value))
                    and set(shape.required) <= set(value)
                    and all(
                        self._admits_part(shape.member(name), one, where)
                        for name, one in value.items()
                    )
                )
        return True

    def _admits_part(self, schema: Schema | None, value: object, where: str) -> bool:
        return schema is None or self.admits(schema, value, where)

    def _check(self, schema: dict[str, Any], where: str) -> None:
        for word, value in schema.items():
            if word in _KNOWN or word.startswith("x-"):
                continue
            if word in _SAY_NOTHING_IF and key(_SAY_NOTHING_IF[word]) == _key_or_none(value):
                continue
            raise refused(f"{where} uses {word[:40]}, which is not supported")

    def _referred(
        self, schema: dict[str, Any], where: str, trail: tuple[tuple[str, str], ...]
    ) -> list[Shape]:
        if not isinstance(schema["$ref"], str):
            raise refused(f"$ref of {where} is not a string")
        address = self._references.absolute(schema)
        if address in trail:
            raise refused(f"{where} refers to itself: {schema['$ref'][:100]}")
        target = self._references.target(address, where)
        return self.shapes(target, f"#{address[1]}" if address[1] else where, (*trail, address))

    def _together(
        self,
        ways: list[Shape],
        parts: Iterable[Schema],
        where: str,
        trail: tuple[tuple[str, str], ...],
    ) -> list[Shape]:
        for part in parts:
            ways = self._joined(ways, self.shapes(part, where, trail), where)
        return ways

    def _joined(self, ways: list[Shape], others: list[Shape], where: str) -> list[Shape]:
        self._check_number(len(ways) * len(others), where)
        joined = (way.and_also(other) for way in ways for other in others)
        return [one for one in joined if one is not None]

    def _check_number(self, ways: int, where: str) -> None:
        if ways > _MOST_WAYS:
            raise refused(f"{where} combines more than {_MOST_WAYS} schemas")

    # -- oneOf

    def _only_one(self, options: list[list[Shape]], where: str) -> list[Shape]:
        """Return the shapes of `oneOf`; refused unless what is written satisfies one of them."""
        self._check_number(sum(map(len, options)), where)
        found: list[Shape] = []
        for index, option in enumerate(options):
            others = [one for other in (*options[:index], *options[index + 1 :]) for one in other]
            for shape in option:
                left = self._without(shape, others, where)
                if left is not None:
                    found.append(left)
        return found

    def _without(self, shape: Shape, others: list[Shape], where: str) -> Shape | None:
        """Return a shape of which nothing that is written satisfies the others, None if nothing."""
        if shape.values is not None:
            values = tuple(
                value
                for value in shape.values
                if not any(self.admits_shape(other, value, where) for other in others)
            )
            if not values:
                return None
            return replace(shape, values=values)
        for other in others:
            if not self._are_apart(shape, other, where, 0):
                raise refused(
                    f"oneOf of {where} has schemas that match the same document; "
                    "use anyOf, or add a property that tells them apart"
                )
        return shape

    def _are_apart(self, written: Shape, other: Shape, where: str, depth: int) -> bool:
        """Tell whether nothing that is written for one shape satisfies the other."""
        if other.values is not None:
            return not any(self.admits_shape(written, value, where) for value in other.values)
        if written.values is not None:
            return not any(self.admits_shape(other, value, where) for value in written.values)
        return all(
            self._are_apart_as(kind, written, other, where, depth)
            for kind in written.kinds & other.kinds
        )

    def _are_apart_as(
        self, kind: str, written: Shape, other: Shape, where: str, depth: int
    ) -> bool:
        if kind in ("integer", "fraction"):
            return written.numbers.within(other.numbers).is_empty
        if kind == "string":
            return written.lengths.within(other.lengths).is_empty
        if kind == "array":
            return written.items.within(other.items).is_empty
        return kind == "object" and self._are_objects_apart(written, other, where, depth)

    def _are_objects_apart(self, written: Shape, other: Shape, where: str, depth: int) -> bool:
        if written.members.within(other.members).is_empty:
            return True
        is_described = bool(written.properties) or written.extra is False  # nothing else is written
        if is_described and set(other.required) - set(written.properties):
            return True
        if any(other.member(name) is False for name in written.required):
            return True
        if depth == _MOST_DEEP:
            return False
        return any(
            self._are_schemas_apart(written.member(name), other.member(name), where, depth + 1)
            for name in written.required
            if name in other.required
        )

    def _are_schemas_apart(
        self, one: Schema | None, other: Schema | None, where: str, depth: int
    ) -> bool:
        if one is None or other is None:
            return False
        return all(
            self._are_apart(left, right, where, depth)
            for left in self.shapes(one, where)
            for right in self.shapes(other, where)
        )


def listed(value: object, where: str) -> list[Any]:
    """Return a list that is not empty. Raises `GrammarError`."""
    if not isinstance(value, list) or not value:
        raise refused(f"{where} is not a list of values")
    return value


def _own_shape(schema: dict[str, Any], where: str) -> Shape:
    """Return what a schema demands by itself, its references and combinations aside."""
    properties = schema.get("properties", {})
    required = schema.get("required", [])
    if not isinstance(properties, dict) or not _is_list_of_texts(required):
        raise refused(f"properties or required of {where} are of the wrong kind")
    kinds, bounds = _kinds(schema, where), _bounds(schema, where)
    form = schema.get("format")
    if isinstance(form, str) and form in _UNHELD_FORMATS:
        raise refused(f"{where} has the format {form}, which is not supported")
    if form in _WHOLE_FORMATS:
        end = _WHOLE_FORMATS[str(form)]
        bounds = bounds.within(Bounds(Decimal(-end), Decimal(end - 1)))
    prefix, rest = schema.get("prefixItems", []), schema.get("items")
    if isinstance(rest, list):
        raise refused(f"items of {where} is a list; use prefixItems instead")
    return Shape(
        kinds=kinds,
        hints=tuple(kind for kind, words in _WORDS_OF.items() if any(w in schema for w in words)),
        values=_values(schema, where),
        numbers=bounds,
        lengths=_counts(schema, "Length", where),
        formats=frozenset((str(form),)) & HELD_FORMATS,
        items=_counts(schema, "Items", where),
        prefix=tuple(listed(prefix, f"prefixItems of {where}")) if prefix != [] else (),
        rest=rest,
        members=_counts(schema, "Properties", where),
        properties=properties,
        required=tuple(required),
        extra=schema.get("additionalProperties"),
    )


def _kinds(schema: dict[str, Any], where: str) -> frozenset[str]:
    named = schema.get("type")
    if "type" not in schema:
        return frozenset(KINDS)
    kinds: set[str] = set()
    for one in named if isinstance(named, list) else [named]:
        if one == "number":
            kinds |= {"integer", "fraction"}
        elif isinstance(one, str) and one in KINDS and one != "fraction":
            kinds.add(one)
        else:
            raise refused(f"{where} has the unknown type {str(one)[:40]!r}")
    if key(schema.get("multipleOf")) == "1":
        kinds.discard("fraction")
    return frozenset(kinds)


def _values(schema: dict[str, Any], where: str) -> tuple[Any, ...] | None:
    found: tuple[Any, ...] | None = None
    if "enum" in schema:
        found = tuple(listed(schema["enum"], f"enum of {where}"))
    if "const" in schema:
        constant = schema["const"]
        is_there = found is None or key(constant) in map(key, found)
        found = (constant,) if is_there else ()
    return found


def _counts(schema: dict[str, Any], things: str, where: str) -> Counts:
    found = Counts(
        _whole(schema, f"min{things}", where) or 0, _whole(schema, f"max{things}", where)
    )
    if found.is_empty:
        raise refused(f"{where} has min{things} and max{things} from {found.least} to {found.most}")
    return found


def _whole(schema: dict[str, Any], word: str, where: str) -> int | None:
    if word not in schema:
        return None
    value = schema[word]
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise refused(f"{word} of {where} is {str(value)[:40]}")
    return value


def _bounds(schema: dict[str, Any], where: str) -> Bounds:
    found = Bounds()
    for word in _WORDS_OF["integer"]:
        if word not in schema:
            continue
        value = schema[word]
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise refused(f"{word} of {where} is {str(value)[:40]}")
        if not math.isfinite(value):
            raise refused(f"{word} of {where} is not a finite number")
        bound, is_open = Decimal(repr(value)), word.startswith("exclusive")
        if word.lower().endswith("minimum"):
            found = found.within(Bounds(low=bound, is_low_open=is_open))
        else:
            found = found.within(Bounds(high=bound, is_high_open=is_open))
    if found.is_empty:
        raise refused(
            f"{where} has numbers from {found.low} to {found.high}, of which there are none"
        )
    return found


def _is_list_of_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _key_or_none(value: object) -> str | None:
    return key(value) if not isinstance(value, AllOf) else None
