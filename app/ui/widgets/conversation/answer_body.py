"""The words and the code of an answer, shown as they come and in steps that stall nothing.

What stands where on the page depends on the text alone, so an answer looks the same while it is
written and when it is opened again: finished prose is divided into chunks, and only the last chunk
is drawn anew. A model may write anything: what is very long, or very many, waits behind "Show
more", and what is shown is shown a step at a time.
"""

from __future__ import annotations

import time
from collections import deque

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QTextEdit, QVBoxLayout, QWidget

from app.text.languages import fence_word
from app.text.markdown.blocks import Block, CodeClosed, CodeOpened, CodeText, MarkdownEvent
from app.text.markdown.reader import MarkdownReader
from app.ui.widgets.controls.buttons import text_button
from app.ui.widgets.controls.parting import part_with
from app.ui.widgets.conversation.answer_parts import (
    LONGEST_SHOWN,
    SLICE_S,
    STEP_COST,
    Chunk,
    Waiting,
    cost_of,
)
from app.ui.widgets.conversation.code_block import CodeAction, CodeBlock
from app.ui.widgets.conversation.code_row import CodeRow
from app.ui.widgets.conversation.prose_block import ProseBlock
from app.ui.widgets.conversation.reading import Part, Undrawn
from app.ui.widgets.conversation.writing_cursor import WritingCursor


class AnswerBody(QWidget):
    """Takes an answer's Markdown with `append`, until `finish`."""

    code_requested = Signal(CodeAction, str, str)  # what, the code, its language
    check_requested = Signal(object, str, str, bool)  # see `SyntaxWatch`
    link_activated = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.editor_name = ""
        self._reader = MarkdownReader()
        self._waiting = Waiting()
        self._events: deque[MarkdownEvent] = deque()
        self._room = LONGEST_SHOWN
        self._is_over = self._is_read = self._is_live_old = False
        self._chunk = Chunk()
        self._prose: ProseBlock | None = None
        self._code: CodeBlock | None = None
        self._with_links: deque[ProseBlock] = deque()  # drawn again once all definitions are known
        self._more: QPushButton | None = None
        self._cursor = WritingCursor(self)
        self._has_cursor = False
        self._steps = QTimer(self, interval=0)
        self._steps.timeout.connect(self._step)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)

    @property
    def is_busy(self) -> bool:
        """Tell whether more will be shown as soon as the window has time."""
        return self._steps.isActive()

    def begin(self) -> None:
        """Show the writing cursor; text follows."""
        self._has_cursor = True
        self._place_cursor()

    def append(self, text: str, *, is_live: bool) -> None:
        """Add text; call it once per flush, not once per token."""
        self._waiting.add(text)
        self._has_cursor = is_live
        if not self.is_busy:
            self._step()

    def finish(self) -> None:
        """Say that the answer is whole."""
        self._is_over, self._has_cursor = True, False
        self._cursor.hide()
        if not self.is_busy:
            self._step()

    def give_up(self) -> list[QWidget]:
        """Draw nothing more; return what was drawn, for whoever deletes it."""
        self._steps.stop()
        self._cursor.hide()
        return self._drawn()

    def _drawn(self) -> list[QWidget]:
        items = [self._column.itemAt(at) for at in range(self._column.count())]
        widgets = [item.widget() for item in items if item is not None]
        return [widget for widget in widgets if widget is not None]

    def parts(self) -> list[Part]:
        """Return what is read of the answer, first to last, drawn or not."""
        parts: list[Part] = []
        for widget in self._drawn():
            if isinstance(widget, ProseBlock):
                parts.append(widget)
            elif isinstance(widget, CodeBlock | CodeRow):
                card = widget.card if isinstance(widget, CodeRow) else widget
                parts += card.parts()
        if self._waiting.size:
            parts.append(Undrawn(self._waiting.text(), self.draw_more))
        return parts

    def draw_more(self) -> None:
        """Show the next part of what waits behind "Show more", once all before it is drawn."""
        if not self.is_busy:
            self._show_more()

    # --- step by step --------------------------------------------------------------------

    def _step(self) -> None:
        spent, began = 0, time.perf_counter()
        while spent < STEP_COST and self._can_go_on():
            spent += self._do_next()
            self._is_live_old = True
            # The first step goes by what is counted alone: a usual answer is there at once.
            if self.is_busy and time.perf_counter() - began > SLICE_S:
                break
        # What is not certain yet is drawn in a step of its own where this one took its time.
        is_early = not spent or time.perf_counter() - began < SLICE_S
        if not self._events and self._is_live_old and (is_early or not self.is_busy):
            self._is_live_old = False
            self._draw_live()
        self._offer_more()
        self._place_cursor()
        if self._can_go_on() or self._is_live_old:
            self._steps.start()
        else:
            self._steps.stop()

    def _can_go_on(self) -> bool:
        if self._events or self._can_read():
            return True
        return (
            self._is_over
            and not self._waiting.size
            and (not self._is_read or bool(self._with_links))
        )

    def _can_read(self) -> bool:
        # Code is read to its end, as what one copies is all of it; it is not shown to its end.
        return bool(self._waiting.size) and (self._room > 0 or self._reader.is_in_code)

    def _do_next(self) -> int:
        """Do the next piece of work; return what it cost."""
        if self._events:
            event = self._events.popleft()
            self._show(event)
            return cost_of(event)
        if self._can_read():
            return self._read()
        if not self._is_read:
            self._is_read = True
            self._events.extend(self._reader.finish())
            return 0
        return self._draw_links_again()

    def _read(self) -> int:
        was_in_code = self._reader.is_in_code
        text = self._waiting.take(max(self._room, 200))  # code is read on to its end
        events = self._reader.feed(text)
        is_code = was_in_code and self._reader.is_in_code
        self._room -= len(text) // (10 if is_code else 1)
        self._room -= sum(2 * cost_of(event) for event in events if _is_dear(event))
        self._events.extend(events)
        return 20 + len(text) // 4

    def _draw_links_again(self) -> int:
        prose = self._with_links.popleft()
        if not self._reader.definitions:
            self._with_links.clear()
            return 0
        prose.define(self._reader.definitions)
        return STEP_COST // 2

    def _offer_more(self) -> None:
        is_read_on = self._reader.is_in_code
        hidden = 0 if is_read_on else max(self._waiting.size - max(self._room, 0), 0)
        if hidden == 0:
            if self._more is not None:
                part_with(self._more)
                self._more = None
            return
        words = f"Show more: {hidden:,} characters are not shown"
        if self._more is None:
            self._more = text_button(words, "showMore", "Copy copies the whole answer")
            self._more.clicked.connect(self._show_more)
            self._column.addWidget(self._more)
        self._more.setText(words)
        self._more.setAccessibleName(words)

    def _show_more(self) -> None:
        self._room = max(self._room, 0) + LONGEST_SHOWN
        self._step()

    # --- what is shown -------------------------------------------------------------------

    def _show(self, event: MarkdownEvent) -> None:
        match event:
            case Block():
                if self._chunk.is_full:
                    self._end_chunk()
                self._chunk.add(event)
            case CodeOpened():
                self._end_chunk(before=event)
            case CodeText(text=text) if self._code is not None:
                self._code.append(text)
            case CodeClosed() if self._code is not None:
                self._code.finish()
                self._code = None

    def _end_chunk(self, *, before: CodeOpened | None = None) -> None:
        self._draw(self._chunk.blocks)
        begun = self._chunk.next().begun
        if before is not None:
            self._begin_code(before, begun)
        self._chunk = self._chunk.next(with_code=before)
        self._prose = None

    def _draw_live(self) -> None:
        if self._code is None:
            unfinished = [] if self._is_read else self._reader.unfinished()
            if unfinished and self._chunk.is_full:
                self._end_chunk()  # where the next block ends it too: it is not drawn each time
            self._draw([*self._chunk.blocks, *unfinished])

    def _draw(self, blocks: list[Block]) -> None:
        """Show blocks as the last prose on the page."""
        if blocks:
            prose = self._live_prose()
            prose.show_blocks(blocks, self._chunk.begun, self._reader.definitions)
            may_link = any("[" in block.text or block.table is not None for block in blocks)
            if may_link and not self._is_read and prose not in self._with_links:
                self._with_links.append(prose)
        elif self._prose is not None:
            self._cursor.setParent(self)  # else it would go with the block
            if self._prose in self._with_links:
                self._with_links.remove(self._prose)
            self._column.removeWidget(self._prose)
            part_with(self._prose)
            self._prose = None

    def _live_prose(self) -> ProseBlock:
        if self._prose is None:
            self._prose = ProseBlock()
            self._prose.resize(self.width(), self._prose.height())
            self._prose.setAccessibleName("Answer")
            self._prose.link_activated.connect(self.link_activated)
            self._add(self._prose)
        return self._prose

    def _begin_code(self, event: CodeOpened, begun: frozenset[int]) -> None:
        self._code = CodeBlock(fence_word(event.info))
        self._code.name_editor(self.editor_name)
        self._code.requested.connect(self.code_requested)
        self._code.view.syntax_watch.wanted.connect(self.check_requested)
        self._add(CodeRow(self._code, event.path, begun) if event.path else self._code)

    def _add(self, block: QWidget) -> None:
        at = self._column.indexOf(self._more) if self._more is not None else -1
        self._column.insertWidget(at, block)

    def _place_cursor(self) -> None:
        if self._has_cursor:
            end: QTextEdit | QPlainTextEdit
            end = self._code.view if self._code is not None else self._live_prose()
            self._cursor.follow(end)


def _is_dear(event: MarkdownEvent) -> bool:
    """Tell whether something costs more to show than its characters."""
    return isinstance(event, CodeOpened) or (isinstance(event, Block) and event.table is not None)
