"""Where the references of a JSON schema lead: pointers, anchors and ids, all inside the schema.

JSON Schema 2020-12, section 8.2; JSON pointers in fragments: RFC 6901, section 6.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin

from app.engines.llamacpp.grammar.schema_refusal import refused

_MAPS = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")
_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems", "items")
_SINGLE = (
    "items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames",
    "unevaluatedItems", "unevaluatedProperties", "additionalItems",
)  # fmt: skip
_ANCHORS = ("$anchor", "$dynamicAnchor")


class References:
    """The ids and anchors of one schema, and the schemas that references lead to."""

    def __init__(self, whole: dict[str, Any]) -> None:
        self._resources: dict[str, Any] = {"": whole}
        self._anchors: dict[tuple[str, str], Any] = {}
        self._bases: dict[int, str] = {}  # of each schema, by its `id()`; `whole` keeps them alive
        self._walk(whole, "")

    def _walk(self, schema: object, base: str) -> None:
        if not isinstance(schema, dict):
            return
        name = schema.get("$id")
        if isinstance(name, str):
            if name.startswith("#"):  # an anchor, as drafts 6 and 7 wrote it
                self._anchors[base, name[1:]] = schema
            else:
                base = urldefrag(urljoin(base, name)).url
                self._resources[base] = schema
        self._bases[id(schema)] = base
        for word in _ANCHORS:
            if isinstance(anchor := schema.get(word), str):
                self._anchors[base, anchor] = schema
        for below in _schemas_in(schema):
            self._walk(below, base)

    def absolute(self, schema: dict[str, Any]) -> tuple[str, str]:
        """Return the resource and the decoded fragment that a schema's `$ref` names."""
        reference = str(schema["$ref"])
        base = self._bases.get(id(schema), "")
        if reference.startswith("#"):
            return base, unquote(reference[1:])
        found, fragment = urldefrag(urljoin(base, reference))
        return found, unquote(fragment)

    def target(self, address: tuple[str, str], where: str) -> Any:  # noqa: ANN401 - JSON
        """Return the schema at an address. Raises `GrammarError` where there is none."""
        resource, fragment = address
        shown = f"{resource}#{fragment}"[:100]
        if resource not in self._resources:
            raise refused(f"{where} refers to {shown}, outside the schema")
        if address in self._anchors:
            return self._anchors[address]
        if fragment and not fragment.startswith("/"):
            raise refused(f"{where} refers to {shown}, which does not exist")
        found = self._resources[resource]
        base = resource
        for escaped in fragment.split("/")[1:]:
            found = _below(found, escaped.replace("~1", "/").replace("~0", "~"))
            if found is None:
                raise refused(f"{where} refers to {shown}, which does not exist")
            base = self._bases.get(id(found), base)
        if isinstance(found, dict) and id(found) not in self._bases:
            self._walk(found, base)  # under a word that no draft knows, such as `components`
        return found


def _below(value: object, step: str) -> object:
    if isinstance(value, dict):
        return value.get(step)
    if isinstance(value, list) and step.isascii() and step.isdecimal() and len(step) < 9:
        return value[int(step)] if int(step) < len(value) else None
    return None


def _schemas_in(schema: dict[str, Any]) -> Iterator[object]:
    for word in _MAPS:
        if isinstance(found := schema.get(word), dict):
            yield from found.values()
    for word in _LISTS:
        if isinstance(found := schema.get(word), list):
            yield from found
    for word in _SINGLE:
        yield schema.get(word)
