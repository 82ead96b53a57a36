"""What Markdown is made of, as values: the blocks of a text, and the containers they stand in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ContainerKind(StrEnum):
    """What can hold other blocks."""

    QUOTE = "quote"
    BULLET = "bullet"
    ORDERED = "ordered"


@dataclass(frozen=True, slots=True)
class Container:
    """A block quote, or one item of a list.

    `key` tells it from others of the same text, `list_key` its list from other lists. `number` is
    what an item of an ordered list is counted as, whatever number its marker has.
    """

    kind: ContainerKind
    key: int
    list_key: int = 0
    number: int = 0


Path = tuple[Container, ...]
"""The containers around a block, the outermost first."""


class BlockKind(StrEnum):
    """What a block of prose is."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    RULE = "rule"
    TABLE = "table"
    INDENTED = "indented"  # code told by its indentation alone
    NOTHING = "nothing"  # an item or quote without content


@dataclass(frozen=True, slots=True)
class Table:
    """Cells of inline Markdown; each row has as many as the header. `aligns` are CSS words."""

    aligns: tuple[str, ...]
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """A block that is not fenced code. `text` is inline Markdown, or the code of `INDENTED`.

    `is_continued` says that it goes on with the block before, which was too long to be one.
    `is_apart` says that an empty line stands before it.
    """

    kind: BlockKind
    path: Path
    text: str = ""
    level: int = 0
    table: Table | None = None
    is_continued: bool = False
    is_apart: bool = False


@dataclass(frozen=True, slots=True)
class CodeOpened:
    """Fenced code begins. `info` is the fence's info string, `number` counts from 0."""

    number: int
    info: str
    path: Path = ()


@dataclass(frozen=True, slots=True)
class CodeText:
    """More text of the open code."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class CodeClosed:
    """The code is complete; `was_closed` is False where the text ended inside it."""

    number: int
    was_closed: bool


CodeEvent = CodeOpened | CodeText | CodeClosed
MarkdownEvent = Block | CodeEvent
