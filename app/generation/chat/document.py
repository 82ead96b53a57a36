"""A document while it streams: without empty lines at its end, and without a key twice.

That no key comes twice in a table is a rule of YAML and TOML that no grammar can hold. A model
that repeats a key goes round in circles: the document ends before that line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from app.generation.assembly import Assembler

REPEATED_KEY = "repeated key"
_TOML_TABLE = re.compile(r"\[([\w.-]+)\]$")
_TOML_PAIR = re.compile(r"([\w-]+) = ")
_YAML_PAIR = re.compile(r"([\w./-]+):(?: |$)")

Repeats = Callable[[str], bool]
"""Told each line in order; says whether it has a key that is there already."""


def repeats_in(label: str) -> Repeats | None:
    """Return what watches the keys of a format, None for one whose keys may come again."""
    return {"yaml": YamlKeys().repeats, "toml": TomlKeys().repeats}.get(label)


class DocumentAssembler(Assembler):
    """Gives out a document, line by line where its keys are watched."""

    def __init__(self, repeats: Repeats | None, stop_texts: Iterable[str]) -> None:
        super().__init__(stop_texts)
        self._repeats = repeats
        self._line = ""
        self._ends = ""  # line ends that are given out once something follows

    def feed(self, data: bytes) -> str:
        """Take the bytes of one token and return the text that is certain."""
        return self._watched(super().feed(data), is_over=bool(self.stopped_by))

    def finish(self) -> str:
        """Return what was held back, but for the line ends at the end."""
        return self._watched(super().finish(), is_over=True)

    def _watched(self, text: str, *, is_over: bool) -> str:
        if self.stopped_by == REPEATED_KEY:
            return ""
        if self._repeats is None:
            return self._without_end(text)
        out = ""
        *lines, self._line = (self._line + text).split("\n")
        for line in lines:
            if self._repeats(line):
                self.stopped_by = REPEATED_KEY
                return self._without_end(out)
            out += line + "\n"
        if is_over and self._line and not self._repeats(self._line):
            out += self._line
            self._line = ""
        return self._without_end(out)

    def _without_end(self, text: str) -> str:
        whole = self._ends + text
        kept = whole.rstrip("\n")
        self._ends = whole[len(kept) :]
        return kept


class TomlKeys:
    """The keys of a TOML document, read line by line."""

    def __init__(self) -> None:
        self._table: tuple[str, ...] = ()
        self._tables: set[tuple[str, ...]] = set()
        self._keys: set[tuple[str, ...]] = set()

    def repeats(self, line: str) -> bool:
        """Tell whether the line has a key that is there already."""
        if table := _TOML_TABLE.match(line):
            path = tuple(table[1].split("."))
            above = {path[:end] for end in range(1, len(path) + 1)}
            if path in self._tables or above & self._keys:
                return True
            self._table = path
            self._tables.add(path)
        elif pair := _TOML_PAIR.match(line):
            path = (*self._table, pair[1])
            if path in self._keys or any(table[: len(path)] == path for table in self._tables):
                return True
            self._keys.add(path)
        return False


class YamlKeys:
    """The keys of a YAML document of block mappings, read line by line."""

    def __init__(self) -> None:
        self._open: dict[int, set[str]] = {}
        self._text_below: int | None = None

    def repeats(self, line: str) -> bool:
        """Tell whether the line has a key that is there already."""
        indent = len(line) - len(line.lstrip(" "))
        if self._text_below is not None:
            if indent > self._text_below:
                return False
            self._text_below = None
        body = line[indent:]
        if body.startswith("- "):
            self._close(indent)
            indent, body = indent + 2, body[2:]
            self._open.pop(indent, None)
        self._close(indent)
        pair = _YAML_PAIR.match(body)
        if pair is None:
            return False
        keys = self._open.setdefault(indent, set())
        if pair[1] in keys:
            return True
        keys.add(pair[1])
        if body.endswith(": |"):
            self._text_below = indent
        return False

    def _close(self, indent: int) -> None:
        """Forget mappings that are deeper than a line."""
        self._open = {depth: keys for depth, keys in self._open.items() if depth <= indent}
