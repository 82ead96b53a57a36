"""One line of Markdown: where in it one stands, and what may begin there.

CommonMark 0.31, sections 2.2 (tabs are as wide as to the next fourth column), 4 and 5; tables are
GitHub's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_BLANKS = " \t"
_HEADING = re.compile(r"(#{1,6})(?:[ \t]+|$)")
_HEADING_END = re.compile(r"(?:^|[ \t]+)#+[ \t]*$")
_FENCE = re.compile(r"(?P<mark>`{3,})(?P<info>[^`]*)$|(?P<tildes>~{3,})(?P<tilde_info>.*)$")
_RULE = re.compile(r"(?:\*[ \t]*){3,}$|(?:_[ \t]*){3,}$|(?:-[ \t]*){3,}$")
_UNDERLINE = re.compile(r"(=+|-+)[ \t]*$")
_ITEM = re.compile(r"(?:[-+*]|(\d{1,9})([.)]))(?=[ \t]|$)")
_DELIMITERS = re.compile(r"[-:|](?:[-:|][-:| \t]*|(?<!-)[ \t][-:| \t]*)$")
_DELIMITER = re.compile(r":?-+:?$")


_ONLY_MARKS = re.compile(r"[ \t>]*(?:[-+*_=#~`|:<&\[\]! \t]|\d+[.)]?$)*$")


def is_only_marks(line: str) -> bool:
    """Tell whether the beginning of a line has no words yet, only what may mark something."""
    return len(line) < 80 and _ONLY_MARKS.match(line) is not None


class Cursor:
    """A place in a line, in columns: a tab that is entered half leaves spaces behind."""

    __slots__ = ("_column", "_pad", "first", "indent", "position", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self._column = 0
        self._pad = 0
        self.indent = 0
        self.first = 0
        self._look()

    @property
    def is_blank(self) -> bool:
        """Tell whether nothing but spaces and tabs follows."""
        return self.first >= len(self.text)

    @property
    def mark(self) -> str:
        """Return the first character that is no blank, empty where there is none."""
        return self.text[self.first : self.first + 1]

    @property
    def rest(self) -> str:
        """Return what follows, its blanks included."""
        return " " * self._pad + self.text[self.position :]

    @property
    def content(self) -> str:
        """Return what follows without the blanks before it."""
        return self.text[self.first :]

    def skip(self, columns: int) -> None:
        """Go on by so many columns of blanks, or as many as there are."""
        text, left = self.text, columns
        while left > 0:
            if self._pad:
                taken = min(self._pad, left)
                self._pad -= taken
                self._column += taken
                left -= taken
            elif text[self.position : self.position + 1] == " ":
                self.position += 1
                self._column += 1
                left -= 1
            elif text[self.position : self.position + 1] == "\t":
                self._pad = 4 - self._column % 4
                self.position += 1
            else:
                break
        self._look()

    def skip_mark(self, length: int) -> None:
        """Go on behind the blanks and the `length` characters after them."""
        self._column += self.indent + length
        self.position = self.first + length
        self._pad = 0
        self._look()

    def _look(self) -> None:
        text, at = self.text, self.position
        end = len(text)
        column = self._column + self._pad
        while at < end:
            character = text[at]
            if character == " ":
                column += 1
            elif character == "\t":
                column += 4 - column % 4
            else:
                break
            at += 1
        self.first, self.indent = at, column - self._column


@dataclass(frozen=True, slots=True)
class Fence:
    """What opens fenced code."""

    mark: str
    info: str
    indent: int

    def is_closed_by(self, line: Cursor) -> bool:
        """Tell whether a line, read up to the fence's own containers, ends it."""
        if line.indent > 3 or line.mark != self.mark[0]:
            return False
        text = line.content.rstrip(_BLANKS)
        return len(text) >= len(self.mark) and not text.strip(self.mark[0])

    def may_be_closed_by(self, line: Cursor) -> bool:
        """Tell whether the beginning of a line may become the end of the fence."""
        return line.is_blank or (
            line.indent <= 3 and not line.content.rstrip(_BLANKS).strip(self.mark[0])
        )


def fence_of(line: Cursor) -> Fence | None:
    """Return the fence that a line opens."""
    if line.mark not in ("`", "~"):
        return None
    found = _FENCE.match(line.text, line.first)
    if found is None:
        return None
    mark = found["mark"] or found["tildes"]
    info = found["info"] if found["mark"] else found["tilde_info"]
    return Fence(mark, info.strip(), line.indent)


@dataclass(frozen=True, slots=True)
class Marker:
    """What begins an item of a list; `kind` is the bullet, or what ends the number."""

    kind: str
    length: int
    number: int | None


def marker_of(line: Cursor) -> Marker | None:
    """Return the marker that a line begins with."""
    found = _ITEM.match(line.text, line.first)
    if found is None:
        return None
    number = int(found[1]) if found[1] else None
    return Marker(found[2] or found[0], len(found[0]), number)


def heading_of(line: Cursor) -> tuple[int, str] | None:
    """Return level and text of a heading with number signs."""
    found = _HEADING.match(line.text, line.first) if line.mark == "#" else None
    if found is None:
        return None
    return len(found[1]), _HEADING_END.sub("", line.text[found.end() :]).strip(_BLANKS)


def underline_of(line: Cursor) -> int:
    """Return the level of the heading that a line makes of the paragraph before, 0 for none."""
    if line.indent > 3 or line.mark not in ("=", "-"):
        return 0
    found = _UNDERLINE.match(line.text, line.first)
    return 0 if found is None else 1 if line.mark == "=" else 2


def is_rule(line: Cursor) -> bool:
    """Tell whether a line is a horizontal rule."""
    return line.mark in ("*", "_", "-") and _RULE.match(line.text, line.first) is not None


def aligns_of(line: Cursor) -> tuple[str, ...] | None:
    """Return the alignments that a line below a table's header gives to its columns."""
    if line.indent > 3 or not _DELIMITERS.match(line.text, line.first):
        return None
    aligns: list[str] = []
    columns = line.content.split("|")
    for number, column in enumerate(columns):
        word = column.strip(_BLANKS)
        if not word and number in (0, len(columns) - 1):
            continue
        if not _DELIMITER.match(word):
            return None
        ends = word.startswith(":"), word.endswith(":")
        aligns.append(
            {(True, True): "center", (False, True): "right", (True, False): "left"}.get(ends, "")
        )
    return tuple(aligns)


def cells_of(text: str) -> tuple[str, ...]:
    r"""Return the cells of a table's row; `\|` is a bar inside one."""
    cells: list[str] = []
    begun = ""
    for number, part in enumerate(text.strip(_BLANKS).split("|")):
        if number and _is_escaped(begun):
            begun = f"{begun[:-1]}|{part}"
        else:
            if number:
                cells.append(begun)
            begun = part
    cells.append(begun)
    if cells and not cells[0]:
        cells.pop(0)
    if cells and not cells[-1]:
        cells.pop()
    return tuple(cell.strip(_BLANKS) for cell in cells)


def _is_escaped(text: str) -> bool:
    # As markdown-it has it: the backslash right before a bar takes it, whatever stands before.
    return text.endswith("\\")
