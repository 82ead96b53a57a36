"""What one JSON schema demands of a document once its references and combinations are resolved.

A `Shape` is one conjunction: what `$ref`, `allOf` and their neighbours demand together. `anyOf`
and `oneOf` give several shapes (`schema_reading`). What a shape says of one kind of value says
nothing of the others, as in JSON Schema 2020-12, section 7.6.1.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.engines.llamacpp.grammar.json_numbers import Bounds

Schema = Any
"""JSON: a boolean, or a mapping of keywords."""

KINDS = ("object", "array", "string", "integer", "fraction", "boolean", "null")
"""The types of JSON, `number` as what is whole and what is not."""


@dataclass(frozen=True, slots=True)
class Counts:
    """The least and the greatest length or number of things; `most` None is without end."""

    least: int = 0
    most: int | None = None

    def has(self, count: int) -> bool:
        """Tell whether a count lies between."""
        return self.least <= count and (self.most is None or count <= self.most)

    def within(self, other: Counts) -> Counts:
        """Return what lies between both."""
        most = [one for one in (self.most, other.most) if one is not None]
        return Counts(max(self.least, other.least), min(most) if most else None)

    @property
    def is_empty(self) -> bool:
        """Tell whether no count lies between."""
        return self.most is not None and self.most < self.least


@dataclass(frozen=True, slots=True)
class Shape:
    """One conjunction of demands. `values` None are all values.

    `rest` is the schema of items behind those of `prefix`, None where none was given; `extra` is
    the one of members without a name in `properties`. `hints` are the kinds that its keywords are
    about, where it names no type.
    """

    kinds: frozenset[str] = frozenset(KINDS)
    hints: tuple[str, ...] = ()
    values: tuple[Any, ...] | None = None
    numbers: Bounds = field(default_factory=Bounds)
    lengths: Counts = field(default_factory=Counts)
    formats: frozenset[str] = frozenset()
    items: Counts = field(default_factory=Counts)
    prefix: tuple[Schema, ...] = ()
    rest: Schema | None = None
    members: Counts = field(default_factory=Counts)
    properties: Mapping[str, Schema] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    extra: Schema | None = None

    def and_also(self, other: Shape) -> Shape | None:
        """Return what both demand together, None where nothing satisfies both."""
        kinds = self.kinds & other.kinds
        values = self._common_values(other)
        if not kinds or values == ():
            return None
        names = dict.fromkeys((*self.properties, *other.properties))
        length = max(len(self.prefix), len(other.prefix))
        return Shape(
            kinds,
            tuple(dict.fromkeys((*self.hints, *other.hints))),
            values,
            self.numbers.within(other.numbers),
            self.lengths.within(other.lengths),
            self.formats | other.formats,
            self.items.within(other.items),
            tuple(both(self.item(i), other.item(i)) for i in range(length)),
            both(self.rest, other.rest),
            self.members.within(other.members),
            {name: both(self.member(name), other.member(name)) for name in names},
            tuple(dict.fromkeys((*self.required, *other.required))),
            both(self.extra, other.extra),
        )

    def _common_values(self, other: Shape) -> tuple[Any, ...] | None:
        if self.values is None or other.values is None:
            return self.values if other.values is None else other.values
        known = {key(value) for value in other.values}
        return tuple(value for value in self.values if key(value) in known)

    def item(self, index: int) -> Schema | None:
        """Return the schema of an item, None where there is none."""
        return self.prefix[index] if index < len(self.prefix) else self.rest

    def member(self, name: str) -> Schema | None:
        """Return the schema of a member, None where there is none."""
        return self.properties.get(name, self.extra)


def both(one: Schema | None, other: Schema | None) -> Schema | None:
    """Return a schema that demands what both demand."""
    if one is None or one is True:
        return other if other is not None else one
    if other is None or other is True:
        return one
    if one is False or other is False:
        return False
    parts: dict[str, Schema] = {}
    for part in (*_parts(one), *_parts(other)):
        parts.setdefault(part_key(part), part)
    return next(iter(parts.values())) if len(parts) == 1 else AllOf(tuple(parts.values()))


@dataclass(frozen=True, slots=True, eq=False)
class AllOf:
    """Several schemas of the document that hold at once; each keeps its own place in it."""

    parts: tuple[Schema, ...]


def _parts(schema: Schema) -> Sequence[Schema]:
    return schema.parts if isinstance(schema, AllOf) else (schema,)


def part_key(schema: Schema) -> str:
    """Return a text that is the same for the same schema in the same place of the document."""
    if isinstance(schema, AllOf):
        return "+".join(sorted(part_key(part) for part in schema.parts))
    return str(id(schema)) if isinstance(schema, dict | list) else repr(schema)


def kind_of(value: object) -> str:
    """Return the kind of a JSON value; 1.0 is a whole number."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "integer" if value.is_integer() else "fraction"
        case str():
            return "string"
        case list():
            return "array"
    return "object"


def key(value: object) -> str:
    """Return a text that is the same for equal JSON values: 1 and 1.0, but not 1 and true."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list):
        return f"[{','.join(map(key, value))}]"
    if isinstance(value, dict):
        return f"{{{','.join(f'{json.dumps(name)}:{key(value[name])}' for name in sorted(value))}}}"
    return json.dumps(value)
