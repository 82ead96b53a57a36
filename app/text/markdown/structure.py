"""Reads the block structure of Markdown line by line, as CommonMark's own algorithm does.

CommonMark 0.31, appendix "A parsing strategy", with GitHub's tables. HTML is text here, so there
are no HTML blocks. What a line belongs to never depends on later lines, but for the paragraph at
the end: the next line may make a heading or a table of it. `fork` gives a copy that can be told
lines on trial.
"""

from __future__ import annotations

import copy

from app.text.markdown.blocks import (
    Block,
    BlockKind,
    CodeClosed,
    CodeOpened,
    CodeText,
    Container,
    ContainerKind,
    MarkdownEvent,
    Path,
    Table,
)
from app.text.markdown.definitions import Definitions, without_definitions
from app.text.markdown.lines import (
    Cursor,
    Fence,
    aligns_of,
    cells_of,
    fence_of,
    heading_of,
    is_rule,
    marker_of,
    underline_of,
)
from app.text.markdown.opened import (
    OpenContainer,
    OpenIndented,
    OpenLeaf,
    OpenParagraph,
    OpenTable,
    copied,
)

DEEPEST = 20
"""Containers in each other; what stands deeper is text."""
LONGEST_PARAGRAPH = 3_000
"""Characters; a longer paragraph goes on in further blocks. What is inside a block is read as a
whole: 3,000 brackets take 40 ms."""
MOST_COLUMNS = 60
"""Columns of a table; a wider one stays text."""
MOST_CELLS = 600
"""Cells of a table; a longer one goes on in a further table with the same header."""


class Structure:
    """Takes lines without their ends; `events` are what became certain since they were taken."""

    def __init__(self) -> None:
        self.events: list[MarkdownEvent] = []
        self.fence: Fence | None = None
        self._open: list[OpenContainer] = []  # the containers, the outermost first
        self._leaf: OpenLeaf | None = None
        self._key = 0
        self._number = -1
        self._was_blank = False
        self.definitions: Definitions = {}

    def prefix(self, *, is_first: bool) -> str:
        """Return what a line begins with to be inside what is open.

        `is_first` makes it the first line of a text, where the markers of items must stand.
        """
        parts: list[str] = []
        for one in self._open:
            if one.container is None:
                continue
            if not one.offset:
                parts.append("> ")
            elif is_first:
                is_ordered = one.container.kind is ContainerKind.ORDERED
                number = f"{one.container.number}" if is_ordered else ""
                parts.append(f"{number}{one.marker} ".ljust(one.offset))
            else:
                parts.append(" " * one.offset)
        return "".join(parts)

    def fork(self) -> Structure:
        """Return a copy of which nothing reaches this one."""
        other = copy.copy(self)
        other.detach()
        return other

    def detach(self) -> None:
        """Stop sharing with what this was copied from."""
        self.events, self.definitions = [], dict(self.definitions)
        self._open = [copy.copy(one) for one in self._open]
        self._leaf = copied(self._leaf)

    def take(self, text: str, *, end: str = "\n") -> None:
        """Take a whole line, or the beginning of one that goes on with `take_rest`.

        `end` is what code has at its end.
        """
        line = Cursor(text)
        matched = self._match(line)
        is_inside = matched == len(self._open)
        if self.fence is not None and is_inside:
            self._take_code(line, end)
        elif is_inside and self._goes_on(line):
            pass
        else:
            self._take_new(line, matched)
        self._was_blank = line.is_blank

    def take_rest(self, text: str) -> None:
        """Take more of a very long line: whatever it is of, the rest is words."""
        match self._leaf:
            case OpenIndented(lines=lines):
                lines[-1] += text
            case OpenParagraph() as leaf:
                leaf.add(text)
            case _ if self.fence is None:
                self._end_leaf()
                self._leaf = OpenParagraph([text], len(text), is_continued=True)

    def put_by(self) -> None:
        """Let what a long paragraph has so far be a block."""
        if isinstance(self._leaf, OpenParagraph) and self._leaf.lines:
            self._give_paragraph(self._leaf)

    def finish(self) -> None:
        """Take the end of the text."""
        was_in_code = self.fence is not None
        self._close_to(0)
        if was_in_code:
            self.events[-1] = CodeClosed(self._number, was_closed=False)

    # --- the containers ------------------------------------------------------------------

    def give_code(self, text: str) -> None:
        """Give out more of a line that is surely code."""
        self._give(CodeText(self._number, text))

    def sure_code(self, text: str) -> str | None:
        """Return the code in the beginning of a line, None where it may still be something else."""
        line = Cursor(text)
        for one in self._open:
            if one.is_list:
                continue
            if one.offset:
                if line.indent < one.offset:
                    return None
                line.skip(one.offset)
            else:
                if line.indent > 3 or line.mark != ">" or line.first + 1 >= len(text):
                    return None
                self._enter_quote(line)
        if self.fence is None or self.fence.may_be_closed_by(line):
            return None
        line.skip(min(self.fence.indent, line.indent))
        return line.rest

    def _match(self, line: Cursor) -> int:
        """Go into as many of the open containers as the line belongs to; return how many."""
        for number, one in enumerate(self._open):
            if one.is_list:
                continue
            if one.offset:
                if line.is_blank:
                    if one.is_bare and not one.has_content:
                        return number
                elif line.indent < one.offset:
                    return number
                line.skip(one.offset)
            elif line.indent <= 3 and line.mark == ">":
                self._enter_quote(line)
            else:
                return number
        return len(self._open)

    @staticmethod
    def _enter_quote(line: Cursor) -> None:
        line.skip_mark(1)
        if line.indent:
            line.skip(1)

    @property
    def _path(self) -> Path:
        return tuple(one.container for one in self._open if one.container is not None)

    def _close_to(self, depth: int) -> None:
        """End the containers below a depth, and with the leaf whatever stands in them."""
        if len(self._open) > depth:
            self._end_leaf()
        while len(self._open) > depth:
            one = self._open[-1]
            if one.container is not None and not one.has_content:
                self._give(Block(BlockKind.NOTHING, self._path))
            self._open.pop()
        if depth == 0:
            self._end_leaf()

    def _make_room(self, depth: int, *, for_item: bool = False) -> None:
        """Get ready for a block in the container at a depth."""
        self._close_to(depth)
        self._end_leaf()
        if self._open and self._open[-1].is_list and not for_item:
            self._open.pop()
        self._note_content()

    def _note_content(self) -> None:
        for one in reversed(self._open):
            if one.has_content:
                break
            one.has_content = True

    def _give(self, event: MarkdownEvent) -> None:
        self.events.append(event)

    # --- lines of what is open -----------------------------------------------------------

    def _take_code(self, line: Cursor, end: str) -> None:
        assert self.fence is not None
        if self.fence.is_closed_by(line):
            self.fence = None
            self._give(CodeClosed(self._number, was_closed=True))
            return
        line.skip(min(self.fence.indent, line.indent))
        self._give(CodeText(self._number, line.rest + end))

    def _goes_on(self, line: Cursor) -> bool:
        """Take a line that can be nothing but more of the leaf."""
        match self._leaf:
            case OpenIndented() as leaf if line.is_blank:
                line.skip(4)
                leaf.blanks.append(line.rest)
                return True
            case OpenIndented() as leaf if line.indent >= 4:
                line.skip(4)
                leaf.lines += [*leaf.blanks, line.rest]
                leaf.blanks = []
                return True
            case OpenParagraph() as leaf if not line.is_blank:
                return self._makes_table(leaf, line) or self._makes_heading(leaf, line)
        return False

    def _makes_table(self, leaf: OpenParagraph, line: Cursor) -> bool:
        if not leaf.lines or "|" not in leaf.lines[-1] or line.mark not in ("|", "-", ":"):
            return False
        aligns, header = aligns_of(line), cells_of(leaf.lines[-1])
        if aligns is None or len(header) != len(aligns) or len(aligns) > MOST_COLUMNS:
            return False
        leaf.lines.pop()
        is_apart = leaf.is_apart if not leaf.lines else False
        self._end_leaf()
        self._leaf = OpenTable(aligns, header, is_apart)
        return True

    def _makes_heading(self, leaf: OpenParagraph, line: Cursor) -> bool:
        level = underline_of(line)
        if not level or not leaf.lines:
            return False
        text = without_definitions("\n".join(leaf.lines), self.definitions)
        if not text:
            return False
        self._give(
            Block(BlockKind.HEADING, self._path, text.strip(), level, is_apart=leaf.is_apart)
        )
        self._leaf = None
        return True

    # --- lines that may begin something --------------------------------------------------

    def _take_new(self, line: Cursor, matched: int) -> None:
        depth = self._begin_containers(line, matched)
        if depth < 0:
            return
        is_inside = depth == len(self._open)
        is_paragraph = isinstance(self._leaf, OpenParagraph)
        if line.is_blank:
            self._take_blank(depth)
        elif line.indent >= 4 and not is_paragraph:
            self._begin_indented(line, depth)
        elif is_paragraph and isinstance(self._leaf, OpenParagraph):
            self._lengthen(self._leaf, line.content)  # lazily, where it is not inside
        elif is_inside and isinstance(self._leaf, OpenTable):
            self._take_row(self._leaf, line)
        else:
            is_apart = self._was_blank
            self._make_room(depth)
            self._leaf = OpenParagraph([line.content], len(line.content), is_apart=is_apart)

    def _begin_containers(self, line: Cursor, depth: int) -> int:
        """Open what the line opens; return its depth, or -1 where the line is used up."""
        while not line.is_blank and line.indent < 4:
            if line.mark == ">" and self._count() < DEEPEST:
                self._make_room(depth)
                self._key += 1
                self._open.append(
                    OpenContainer(container=Container(ContainerKind.QUOTE, self._key))
                )
                self._enter_quote(line)
                depth = len(self._open)
            elif self._begin_leaf(line, depth):
                return -1
            else:
                begun = self._begin_item(line, depth)
                if not begun:
                    break
                depth = begun
        return depth

    def _count(self) -> int:
        return len(self._open)

    def _begin_leaf(self, line: Cursor, depth: int) -> bool:
        """Begin what a line alone tells: fenced code, a heading, a rule."""
        is_apart = self._was_blank
        if fence := fence_of(line):
            self._make_room(depth)
            self._number += 1
            self.fence = fence
            self._give(CodeOpened(self._number, fence.info, self._path))
        elif heading := heading_of(line):
            self._make_room(depth)
            level, text = heading
            self._give(Block(BlockKind.HEADING, self._path, text, level, is_apart=is_apart))
        elif is_rule(line):
            self._make_room(depth)
            self._give(Block(BlockKind.RULE, self._path, is_apart=is_apart))
        else:
            return False
        return True

    def _begin_item(self, line: Cursor, depth: int) -> int:
        """Begin an item where the line has a marker; return the depth inside it, or 0."""
        marker = marker_of(line)
        if marker is None or self._count() >= DEEPEST:
            return 0
        is_empty = not line.text[line.first + marker.length :].strip(" \t")
        is_interrupting = depth == len(self._open) and isinstance(self._leaf, OpenParagraph)
        if is_interrupting and (is_empty or marker.number not in (None, 1)):
            return 0
        outer = self._open[depth - 1] if depth else None
        if outer is not None and outer.is_list and outer.marker != marker.kind:
            depth -= 1
            outer = None
        self._make_room(depth, for_item=True)
        if outer is None or not outer.is_list:
            self._key += 1
            number = marker.number if marker.number is not None else 0
            outer = OpenContainer(is_list=True, marker=marker.kind, key=self._key, number=number)
            self._open.append(outer)
        else:
            outer.number += 1
        outer.has_content = True
        self._open.append(self._item(line, outer, marker.length, is_empty=is_empty))
        return len(self._open)

    def _item(
        self, line: Cursor, outer: OpenContainer, length: int, *, is_empty: bool
    ) -> OpenContainer:
        self._key += 1
        is_ordered = outer.marker in (".", ")")
        container = Container(
            ContainerKind.ORDERED if is_ordered else ContainerKind.BULLET,
            self._key,
            outer.key,
            outer.number if is_ordered else 0,
        )
        before = line.indent + length
        line.skip_mark(length)
        # Five blanks and more are one, and indented code.
        blanks = 1 if is_empty or line.indent > 4 else line.indent
        line.skip(blanks)
        return OpenContainer(
            container=container, offset=before + blanks, marker=outer.marker, is_bare=is_empty
        )

    # --- leaves --------------------------------------------------------------------------

    def _take_blank(self, depth: int) -> None:
        self._close_to(depth)
        if isinstance(self._leaf, OpenParagraph | OpenTable):
            self._end_leaf()

    def _begin_indented(self, line: Cursor, depth: int) -> None:
        is_apart = self._was_blank
        self._make_room(depth)
        line.skip(4)
        self._leaf = OpenIndented([line.rest], is_apart)

    def _take_row(self, leaf: OpenTable, line: Cursor) -> None:
        cells = cells_of(line.content)[: len(leaf.header)]
        leaf.rows.append(cells + ("",) * (len(leaf.header) - len(cells)))
        if len(leaf.rows) * len(leaf.header) >= MOST_CELLS:
            self._give_table(leaf)
            leaf.rows, leaf.is_continued = [], True

    def _lengthen(self, leaf: OpenParagraph, line: str) -> None:
        if leaf.size + len(line) > LONGEST_PARAGRAPH:
            self._give_paragraph(leaf)
        leaf.add(line)

    def _end_leaf(self) -> None:
        leaf, self._leaf = self._leaf, None
        if self.fence is not None:
            self.fence = None
            self._give(CodeClosed(self._number, was_closed=True))
        match leaf:
            case OpenParagraph():
                self._give_paragraph(leaf)
            case OpenTable() if leaf.rows or not leaf.is_continued:
                self._give_table(leaf)
            case OpenIndented():
                code = "\n".join(leaf.lines) + "\n"
                self._give(Block(BlockKind.INDENTED, self._path, code, is_apart=leaf.is_apart))

    def _give_paragraph(self, leaf: OpenParagraph) -> None:
        text = "\n".join(leaf.lines)
        if not leaf.is_continued:
            text = without_definitions(text, self.definitions)
        if text.strip():
            self._give(
                Block(
                    BlockKind.PARAGRAPH,
                    self._path,
                    text.rstrip(),
                    is_continued=leaf.is_continued,
                    is_apart=leaf.is_apart,
                )
            )
        leaf.lines, leaf.size, leaf.is_continued = [], 0, True

    def _give_table(self, leaf: OpenTable) -> None:
        table = Table(leaf.aligns, leaf.header, tuple(leaf.rows))
        self._give(
            Block(
                BlockKind.TABLE,
                self._path,
                table=table,
                is_continued=leaf.is_continued,
                is_apart=leaf.is_apart,
            )
        )
