"""Code checked with a tree-sitter grammar.

A tree-sitter parser mends what it cannot read and goes on, so its tree tells that something is
wrong but not well where: a brace that is missing at the end makes the whole file one error node.
The place is where the parser first had to mend. Its log tells that: `detect_error lookahead:X`,
then `resume version`. Where X is the end of the text, all before it may be the beginning of
something whole: that is unfinished, not wrong.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import LogType, Node, Parser, Point, Query, QueryCursor, Tree

from app.core.syntax import PARSES, Syntax, SyntaxState
from app.generation.syntax.grammars import grammar
from app.generation.syntax.places import error_at, unfinished, word_at, word_start

LONGEST_S = 3.0
"""How long one text may keep the parser; a hostile one could keep it for hours."""
_SEEK_S = 1.0
"""How long the log is read, which makes a parser slow; else the place is that in the tree."""
_CHUNK_BYTES = 1 << 16
_PROCESS = re.compile(r"process .*row:(\d+), col:(\d+)")
_LOOKAHEAD = "detect_error lookahead:"
_CLOSING = {"(": ")", "[": "]", "{": "}", "<%": "%>"}
_OPENING = {closing: opening for opening, closing in _CLOSING.items()}


def check_tree(label: str, text: str) -> Syntax:
    """Return whether `text` parses by the grammar of this name."""
    data = text.encode("utf-8", "replace")
    until = time.monotonic() + LONGEST_S
    parser = Parser(grammar(label))
    tree = _parse(parser, data, _Watch(until))
    if tree is None:
        return Syntax(SyntaxState.UNKNOWN, message="takes too long to check")
    if not tree.root_node.has_error:
        return _stray_end_tag(data, tree) if label == "html" else PARSES
    watch = _Watch(min(until, time.monotonic() + _SEEK_S))
    parser.logger = watch.log
    parser.reset()
    _parse(parser, data, watch)
    return _finding(data, tree, watch)


@dataclass(slots=True)
class _Watch:
    """Follows a parse: ends it when its time is over or when it has found what it seeks."""

    until: float
    is_found: bool = False
    lookahead: str = ""
    row: int = 0
    column: int = 0

    def is_over(self, _offset: int, _has_error: bool) -> bool:  # noqa: FBT001
        return self.is_found or time.monotonic() > self.until

    def log(self, kind: LogType, line: str) -> None:
        if kind is not LogType.PARSE or self.is_found:
            return
        if line.startswith("process"):
            found = _PROCESS.match(line)
            if found:
                self.row, self.column = int(found[1]), int(found[2])
        elif line.startswith(_LOOKAHEAD):
            self.lookahead = line.removeprefix(_LOOKAHEAD)
        elif line.startswith("resume"):
            self.is_found = True


def _parse(parser: Parser, data: bytes, watch: _Watch) -> Tree | None:
    def read(offset: int, _: Point) -> bytes:
        return data[offset : offset + _CHUNK_BYTES]

    try:
        return parser.parse(read, progress_callback=watch.is_over)
    except ValueError:  # "Parsing failed": it was ended
        return None


def _finding(data: bytes, tree: Tree, watch: _Watch) -> Syntax:
    """Return what is wrong, from where the parser first had to mend and what it mended there."""
    text = data.decode()
    first = next(_broken(tree.root_node), tree.root_node)
    if not watch.is_found:  # the time was over, or the parser mended without a word
        offset = _skipped(text, len(data[: first.start_byte].decode(errors="ignore")))
        return error_at(text, offset, _message(text, offset, first))
    start = _byte_at(data, watch.row, watch.column)
    offset = word_start(text, _skipped(text, len(data[:start].decode(errors="ignore"))))
    if watch.lookahead == "end" or offset >= len(text.rstrip()):
        return unfinished(_never_closed(text, data, tree))
    return error_at(text, offset, _message(text, offset, first))


def _stray_end_tag(data: bytes, tree: Tree) -> Syntax:
    """HTML's grammar takes an end tag without its beginning for a node of its own."""
    query = Query(grammar("html"), "(erroneous_end_tag) @tag")
    tags = QueryCursor(query).captures(tree.root_node).get("tag", [])
    if not tags:
        return PARSES
    tag = min(tags, key=lambda node: node.start_byte)
    words = data[tag.start_byte : tag.end_byte].decode(errors="ignore")
    offset = len(data[: tag.start_byte].decode(errors="ignore"))
    return error_at(
        data.decode(), offset, f"{words} closes a tag that is not open", length=len(words)
    )


def _message(text: str, offset: int, node: Node) -> str:
    word = word_at(text, offset)
    if node.is_missing and not node.is_named and node.start_byte <= len(text[:offset].encode()):
        return f"“{node.type}” is missing before “{word}”"
    return f"“{word}” is not expected here"


def _never_closed(text: str, data: bytes, tree: Tree) -> Syntax:
    """Return the error of a text that ends too early: at the bracket that is open at its end."""
    opened: list[Node] = []
    for leaf in _leaves(tree.root_node):
        if leaf.is_missing:
            continue
        if leaf.type in _CLOSING:
            opened.append(leaf)
        elif leaf.type in _OPENING and opened and opened[-1].type == _OPENING[leaf.type]:
            opened.pop()
    if opened:
        offset = len(data[: opened[-1].start_byte].decode(errors="ignore"))
        return error_at(text, offset, f"“{opened[-1].type}” is never closed")
    end = max(len(text.rstrip()) - 1, 0)
    return error_at(text, end, "The code ends too early")


def _broken(root: Node) -> Iterator[Node]:
    """Yield the errors of a tree in the order of the text, without walking what is whole."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.is_missing or (node.is_error and not any(c.has_error for c in node.children)):
            yield node
        elif node.has_error:
            waiting.extend(reversed([child for child in node.children if child.has_error]))


def _leaves(root: Node) -> Iterator[Node]:
    cursor = root.walk()
    while True:
        if cursor.goto_first_child():
            continue
        node = cursor.node
        if node is not None:
            yield node
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return


def _byte_at(data: bytes, row: int, column: int) -> int:
    start = 0
    for _ in range(row):
        start = data.find(b"\n", start) + 1
    return start + column


def _skipped(text: str, offset: int) -> int:
    """Return the offset of the next character that is no blank."""
    return offset + len(text[offset:]) - len(text[offset:].lstrip())
