"""Reads documents with the parsers that people have, for tests and `make bench`."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import tomllib
from contextlib import closing
from typing import Any

import sqlglot
import yaml

THINGS = (
    "a shop", "a user", "a server", "a book", "a recipe", "a bus line", "a web page", "a bank",
    "a school", "a game", "a weather report", "a pipeline", "a container", "a database", "a phone",
    "an order", "an invoice", "a team", "a garden", "a library",
)  # fmt: skip
ASKED = {
    "JSON": ("Describe {} as JSON.", "Write the settings of {} as JSON."),
    "YAML": ("Write the configuration of {}.", "Describe {} with all its parts."),
    "TOML": ("Write the settings of {} as TOML.", "Write a configuration file for {}."),
    "CSV": ("List five examples of {} as a table.", "Write test data for {}."),
    "SQL": ("Write a query that counts what belongs to {}.", "Find the newest of {}."),
}


def questions(name: str) -> list[str]:
    """Return forty questions for a format."""
    return [form.format(thing) for form in ASKED[name] for thing in THINGS]


def problem(name: str, text: str) -> str:
    """Return what is wrong with a document, empty where nothing is."""
    try:
        _CHECKS[name](text)
    except Exception as error:  # noqa: BLE001 - whatever a parser raises
        return f"{type(error).__name__}: {error}"
    return ""


def _yaml(text: str) -> None:
    found = yaml.load(text, _UniqueKeys)
    assert isinstance(found, dict | list)


class _UniqueKeys(yaml.SafeLoader):
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> Any:  # noqa: FBT001, FBT002
        keys = [key.value for key, _ in node.value]
        assert len(keys) == len(set(keys)), f"a key comes twice: {keys}"
        return super().construct_mapping(node, deep)


def _csv(text: str) -> None:
    rows = list(csv.reader(io.StringIO(text), strict=True))
    assert len(rows) >= 2
    assert len({len(row) for row in rows}) == 1, [len(row) for row in rows]


def _sql(text: str) -> None:
    assert text.startswith("SELECT ")
    for dialect in ("sqlite", "postgres", "mysql"):
        sqlglot.parse_one(text, read=dialect)
    with closing(sqlite3.connect(":memory:")) as database:
        try:
            database.execute(f"EXPLAIN {text}")
        except sqlite3.OperationalError as error:
            # Read to its end: only then SQLite looks for tables, and there are none.
            if not str(error).startswith("no such table"):
                raise


_CHECKS = {"JSON": json.loads, "YAML": _yaml, "TOML": tomllib.loads, "CSV": _csv, "SQL": _sql}
