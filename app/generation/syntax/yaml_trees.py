"""YAML as plain data that remembers where each part of it stands.

JSON is read in the same way. Keys are always text, as JSON schemas want them: GitHub's `on` is not
the truth value that YAML 1.1 makes of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

MOST_NODES = 50_000
"""Larger documents are not looked into; aliases count each time they are used."""
DEEPEST = 100

Path = tuple[str | int, ...]
Json = Any
"""What JSON can hold, and `Call`s."""


@dataclass(frozen=True, slots=True)
class Call:
    """A function of CloudFormation, such as `!Ref`, whose value is not known here."""

    name: str


@dataclass(slots=True)
class Document:
    """One document. `places` gives line and column, from 0, of each value's key or beginning."""

    data: Json = None
    places: dict[Path, tuple[int, int]] = field(default_factory=dict)
    repeated: list[tuple[Path, int, int]] = field(default_factory=list)

    def place(self, path: Path) -> tuple[int, int]:
        """Return where a path stands, or the nearest of what it is in."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, (0, 0))


class TooLargeError(Exception):
    """The document is larger, or deeper, than what is looked into."""


def read_documents(text: str) -> Iterator[Document]:
    """Yield the documents of a text. Raises `yaml.YAMLError` and `TooLargeError`."""
    for root in yaml.compose_all(text.encode("utf-8", "replace"), Loader=yaml.CSafeLoader):
        if root is not None:
            document = Document()
            document.data = _Reader(document).read(root, ())
            yield document


class _Reader:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._nodes = 0

    def read(self, node: yaml.Node, path: Path) -> Json:
        self._nodes += 1
        if self._nodes > MOST_NODES or len(path) > DEEPEST:  # an alias of itself is endless, too
            raise TooLargeError
        self._document.places.setdefault(path, (node.start_mark.line, node.start_mark.column))
        if node.tag.startswith("!"):
            return Call(node.tag)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.read(item, (*path, n)) for n, item in enumerate(node.value)]
        return _scalar(node)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> Json:
        data: dict[str, Json] = {}
        merged: dict[str, Json] = {}
        for key_node, value_node in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge":
                merged |= self._merged(value_node, path)
                continue
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else "?"
            mark = key_node.start_mark
            if key in data:
                self._document.repeated.append(((*path, key), mark.line, mark.column))
            self._document.places[*path, key] = (mark.line, mark.column)
            data[key] = self.read(value_node, (*path, key))
        if len(data) == 1 and (key := next(iter(data))) and _is_function(key):
            return Call(key)
        return merged | data

    def _merged(self, node: yaml.Node, path: Path) -> dict[str, Json]:
        nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
        merged: dict[str, Json] = {}
        for one in reversed(nodes):
            value = self.read(one, (*path, "<<"))
            if isinstance(value, dict):
                merged |= value
        return merged


def _is_function(key: str) -> bool:
    return key.startswith("Fn::") or key == "Ref"


def _scalar(node: yaml.Node) -> Json:
    text = str(node.value)
    match node.tag.rpartition(":")[2]:
        case "null":
            return None
        case "bool":
            return text.lower() in ("true", "yes", "on")
        case "int" if ":" not in text:  # 22:22 is no number of base sixty to anybody
            digits = text.replace("_", "")
            try:
                return int(digits, 8 if digits.lstrip("+-").startswith("0") else 10)
            except ValueError:
                return _other_base(digits)
        case "float":
            try:
                return float(text.replace("_", ""))
            except ValueError:
                return text
        case _:
            return text


def _other_base(digits: str) -> Json:
    try:
        return int(digits, 0)
    except ValueError:
        return digits
