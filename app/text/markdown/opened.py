"""What of a text is open while it is read: containers, and the block at its end."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from app.text.markdown.blocks import Container


@dataclass(slots=True)
class OpenContainer:
    """A container that is open. A list holds items only, and each line is inside it."""

    is_list: bool = False
    container: Container | None = None  # none of a list
    offset: int = 0  # columns of an item's marker, which its lines are indented by
    marker: str = ""
    key: int = 0
    number: int = 0
    is_bare: bool = False  # an item whose first line has nothing but its marker
    has_content: bool = False


@dataclass(slots=True)
class OpenParagraph:
    """A paragraph, unless the next line makes something else of it."""

    lines: list[str]
    size: int
    is_apart: bool = False
    is_continued: bool = False

    def add(self, line: str) -> None:
        """Take another line."""
        self.lines.append(line)
        self.size += len(line)


@dataclass(slots=True)
class OpenIndented:
    """Indented code; `blanks` are lines at its end, which are none of it unless code follows."""

    lines: list[str]
    is_apart: bool
    blanks: list[str] = field(default_factory=list)


@dataclass(slots=True)
class OpenTable:
    """A table that may get more rows."""

    aligns: tuple[str, ...]
    header: tuple[str, ...]
    is_apart: bool
    rows: list[tuple[str, ...]] = field(default_factory=list)
    is_continued: bool = False


OpenLeaf = OpenParagraph | OpenIndented | OpenTable


def copied(leaf: OpenLeaf | None) -> OpenLeaf | None:
    """Return a copy of a block, which can grow by itself."""
    match leaf:
        case OpenParagraph():
            return replace(leaf, lines=list(leaf.lines))
        case OpenIndented():
            return replace(leaf, lines=list(leaf.lines), blanks=list(leaf.blanks))
        case OpenTable():
            return replace(leaf, rows=list(leaf.rows))
        case None:
            return None
