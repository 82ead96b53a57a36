"""The editor of the code panel: a code view that can be written in as programmers do."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QMimeData, QRect, Qt
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QInputMethodEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QTextBlock,
    QTextCursor,
    QTextFormat,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from app.text.indentation import TAB, unit_for, unit_of
from app.text.utf16 import cut, stretched, units_before
from app.ui.widgets.code.brackets import FARTHEST, partner
from app.ui.widgets.code.code_view import CodeView
from app.ui.widgets.code.error_marks import error_cursor, underlined
from app.ui.widgets.code.filling import Filling
from app.ui.widgets.code.ghost_text import GhostText
from app.ui.widgets.controls.plain_text import for_qt
from app.ui.widgets.look.palette import colours, is_theme_change

SMALLEST_PX, LARGEST_PX = 8.0, 32.0
_MOST_ERRORS = 20
_LINES_READ = 500
"""Lines before and after the cursor that tell what the text is indented by."""
_OPENS_BLOCK = re.compile(r"[:{(\[]\s*$")


class CodeEditor(CodeView):
    """Keeps indentation, comments lines out, matches brackets, finds, zooms and wraps.

    While an answer is written into it the editor is read-only; see `CodeView`.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, line_numbers=True)
        self.setObjectName("codeEditor")
        self._comment = ("#", "")
        self._found: list[QTextCursor] = []
        self._errors: list[QTextCursor] = []
        self._comes_edited = self._follows = False
        self._filling = Filling(self, self._enter)
        self.ghost = GhostText(self)
        self.ghost.appeared.connect(self._mark, Qt.ConnectionType.QueuedConnection)
        self.cursorPositionChanged.connect(self._mark)
        self.syntax_watch.found.connect(self._mark_errors)
        self._mark()

    @property
    def is_edited(self) -> bool:
        """Tell whether the text is another than the one that came or was saved."""
        return self._comes_edited or (not self.isReadOnly() and self.document().isModified())

    def text(self) -> str:
        """Return the text, also what has not entered the view yet."""
        return super().text() + self._filling.rest

    def set_text(self, text: str, *, is_edited: bool = False) -> None:
        """Show `text` in place of what is there, by slices; forgets the undo history.

        `is_edited` says that it is not what its file or its answer says.
        """
        self._filling.forget()
        self._long_lines.start()
        self._comes_edited, self._follows = is_edited, False
        self.setPlainText("")
        self._filling.add(text)
        self.finish()

    def append_text(self, text: str) -> None:
        """Add `text` at the end; what is seen stays, or follows the end where that was in sight."""
        self.syntax_watch.grow()
        self._follows = True
        self._filling.add(text)

    def finish(self) -> None:
        """Say that the text is whole; it is coloured and checked once all of it is there."""
        self._filling.when_full(super().finish)

    def when_full(self, act: Callable[[], object]) -> None:
        """Do something once all of a long text has entered; now, where it has."""
        self._filling.when_full(act)

    def _enter(self, text: str) -> None:
        bar = self.verticalScrollBar()
        was_at_end = self._follows and bar.value() >= bar.maximum()
        self._highlighter.is_paused = self._filling.is_on
        if self.document().isEmpty() and not self._follows:
            self.setPlainText(self._long_lines.add(text, str))  # leaves the cursor at the beginning
        else:
            self.insert_at_end(text)
        if was_at_end:
            bar.setValue(bar.maximum())

    def set_editable(self) -> None:
        """Let the user write, once all is there; what is there counts as not edited.

        A text with a line too long to be shown stays as it is.
        """
        self._filling.when_full(self._set_editable)

    def _set_editable(self) -> None:
        self.document().setModified(self._comes_edited)
        self._comes_edited = False
        if self.is_cut:
            return
        self.setReadOnly(False)
        self.setUndoRedoEnabled(True)
        if not self.textCursor().hasSelection():
            bar = self.verticalScrollBar()
            scrolled = bar.value()
            self.moveCursor(QTextCursor.MoveOperation.Start)
            bar.setValue(scrolled)  # what the user looks at stays

    def set_comment(self, start: str, end: str = "") -> None:
        """Set what begins (and ends) a line comment in this language."""
        self._comment = (start, end)

    def set_zoom(self, pixels: float) -> None:
        """Show text in this size."""
        self.set_size(min(max(pixels, SMALLEST_PX), LARGEST_PX))

    def set_wrap(self, *, is_wrapped: bool) -> None:
        """Break long lines at the edge, or scroll sideways."""
        modes = QPlainTextEdit.LineWrapMode
        self.setLineWrapMode(modes.WidgetWidth if is_wrapped else modes.NoWrap)

    def go_to_line(self, line: int, column: int = 1) -> None:
        """Put the cursor there, counting characters from 1; past the end means the last line."""
        self.when_full(partial(self._go_to, line, column))

    def _go_to(self, line: int, column: int) -> None:
        block = self.document().findBlockByNumber(min(max(line, 1), self.blockCount()) - 1)
        cursor = QTextCursor(block)
        at = units_before(block.text(), max(column, 1) - 1)
        cursor.setPosition(block.position() + min(at, block.length() - 1))
        self.setTextCursor(cursor)
        self.centerCursor()
        self.setFocus()

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Take dropped text, but no files: what would be written is their address."""
        return not source.hasUrls() and super().canInsertFromMimeData(source)

    def select(self, start: int, end: int) -> None:
        """Select what stands between two positions, the cursor at its beginning."""
        cursor = self.textCursor()
        cursor.setPosition(end)
        cursor.setPosition(start, QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)

    def insert_at_cursor(self, text: str) -> None:
        """Put text in the place of the selection or at the cursor; one step to undo."""
        cursor = self.textCursor()
        cursor.insertText(for_qt(indented(text, _blank_before(cursor))))
        self.setTextCursor(cursor)
        self.setFocus()

    def replace_text(self, text: str) -> None:
        """Put `text` in place of all there is, as one step that can be undone."""
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(for_qt(text))

    def replace_lines(self, start: int, end: int, text: str) -> None:
        """Put `text` in the place of the lines from `start` up to before `end`, from 0."""
        document = self.document()
        last = document.characterCount() - 1
        first, after = document.findBlockByNumber(start), document.findBlockByNumber(end)
        cursor = QTextCursor(document)
        cursor.setPosition(first.position() if first.isValid() else last)
        cursor.setPosition(
            after.position() if after.isValid() else last, QTextCursor.MoveMode.KeepAnchor
        )
        cursor.insertText(for_qt(text))

    def toggle_comment(self) -> None:
        """Comment the lines of the selection out, or in again where all are."""
        start, end = self._comment
        blocks = [block for block in self._selected_blocks() if block.text().strip()]
        if not blocks or not start:
            return
        is_commented = all(block.text().lstrip().startswith(start) for block in blocks)
        column = min(len(b.text()) - len(b.text().lstrip()) for b in blocks)
        cursor = self.textCursor()
        cursor.beginEditBlock()
        for block in blocks:
            if is_commented:
                _uncomment(block, start, end)
            else:
                _insert(block, block.length() - 1, f" {end}" if end else "")
                _insert(block, column, f"{start} ")
        cursor.endEditBlock()

    def indent(self, steps: int) -> None:
        """Move the lines of the selection to the right, or to the left below 0."""
        unit = self._indent_unit()
        cursor = self.textCursor()
        cursor.beginEditBlock()
        for block in self._selected_blocks():
            if steps > 0 and block.text():
                _insert(block, 0, unit)
            elif steps < 0:
                _remove(block, 0, _one_less(block.text(), len(unit.expandtabs(4))))
        cursor.endEditBlock()

    def show_found(self, found: Sequence[QTextCursor]) -> None:
        """Mark what a search found."""
        self._found = list(found)
        self._mark()

    def _mark_errors(self) -> None:
        """Underline what does not parse."""
        ranges = self.syntax_watch.syntax.ranges[:_MOST_ERRORS]
        self._errors = [error_cursor(self.document(), span) for span in ranges]
        self._mark()

    def event(self, event: QEvent) -> bool:
        # The keys of a suggestion come before shortcuts such as the Esc that stops an answer.
        if (
            event.type() is QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self.ghost.wants(event)
        ):
            event.accept()
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        block = self.ghost.block
        if not block.isValid():
            super().paintEvent(event)
            return
        place = self.blockBoundingGeometry(block).translated(self.contentOffset())
        with QPainter(self.viewport()) as painter:
            # Qt marks the current line only as far as the grey text goes.
            cursor = self.cursorRect()
            whole = QRect(0, cursor.top(), self.viewport().width(), cursor.height())
            painter.fillRect(whole, QColor(colours().sidebar))
        super().paintEvent(event)
        with QPainter(self.viewport()) as painter:
            self.ghost.paint_hint(painter, place.topLeft())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.ghost.leave()  # before Qt asks where in the line the click is
        super().mousePressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        if event.reason() is not Qt.FocusReason.PopupFocusReason:
            self.ghost.leave()
        super().focusOutEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        revision = self.document().revision()
        shown = self.ghost.stand_aside()  # the same place in the layout is the input method's
        super().inputMethodEvent(event)
        if event.preeditString():
            self.ghost.leave()
        elif self.document().revision() == revision:
            self.ghost.show(shown)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, held = event.key(), event.modifiers()
        is_plain = not held & ~Qt.KeyboardModifier.KeypadModifier
        if self.isReadOnly():
            super().keyPressEvent(event)
        elif self.ghost.take(event):
            event.accept()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and is_plain:
            self._break_line()
        elif key == Qt.Key.Key_Tab and is_plain:
            self._tab()
        elif key == Qt.Key.Key_Backtab:
            self.indent(-1)
        else:
            super().keyPressEvent(event)

    def _break_line(self) -> None:
        cursor = self.textCursor()
        line, _ = cut(cursor.block().text(), cursor.positionInBlock())
        blank = line[: len(line) - len(line.lstrip())]
        deeper = self._indent_unit() if _OPENS_BLOCK.search(line) else ""
        cursor.insertText(f"\n{blank}{deeper}")
        self.setTextCursor(cursor)
        self.ensureCursorVisible()

    def _tab(self) -> None:
        cursor = self.textCursor()
        if cursor.hasSelection():
            self.indent(1)
        else:
            unit = self._indent_unit()
            size = len(unit)
            is_tab = unit == TAB
            cursor.insertText(unit if is_tab else " " * (size - cursor.positionInBlock() % size))

    def _indent_unit(self) -> str:
        """Return what this text is indented by: near the cursor, at its beginning, or usually."""
        number = self.textCursor().blockNumber()
        near = self._lines(max(number - _LINES_READ, 0), 2 * _LINES_READ)
        text = near if unit_of(near) or number <= _LINES_READ else self._lines(0, _LINES_READ)
        return unit_for(text, self.language)

    def _lines(self, start: int, count: int) -> str:
        block = self.document().findBlockByNumber(start)
        lines: list[str] = []
        while block.isValid() and len(lines) < count:
            lines.append(block.text())
            block = block.next()
        return "\n".join(lines)

    def _selected_blocks(self) -> list[QTextBlock]:
        cursor = self.textCursor()
        block = self.document().findBlock(cursor.selectionStart())
        last = self.document().findBlock(cursor.selectionEnd())
        if last != block and cursor.selectionEnd() == last.position():
            last = last.previous()
        blocks = []
        while block.isValid() and block.blockNumber() <= last.blockNumber():
            blocks.append(block)
            block = block.next()
        return blocks

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if is_theme_change(event) and hasattr(self, "ghost"):
            self._mark()  # its colours are the theme's

    def _mark(self) -> None:
        """Mark the current line, the bracket at the cursor and its partner, and what was found."""
        table = colours()
        marks: list[QTextEdit.ExtraSelection] = []
        if not self.isReadOnly():
            line = _selection(self.textCursor(), table.sidebar)
            line.format.setProperty(QTextFormat.Property.FullWidthSelection, True)  # noqa: FBT003
            line.cursor.clearSelection()
            marks.append(line)
        marks += [_selection(found, table.warning_soft) for found in self._found]
        marks += [_selection(place, table.accent_soft) for place in self._brackets()]
        marks += [underlined(error, table.error) for error in self._errors]
        # Behind grey text Qt would draw them in the wrong place.
        self.setExtraSelections([m for m in marks if not self.ghost.is_before(m.cursor)])

    def _brackets(self) -> list[QTextCursor]:
        cursor = self.textCursor()
        at = cursor.position()
        start = max(at - FARTHEST, 0)
        window = QTextCursor(self.document())
        window.setPosition(start)
        end = min(at + FARTHEST, self.document().characterCount() - 1)
        window.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        text = stretched(window.selectedText())
        for place in (at - start, at - start - 1):
            other = partner(text, place) if place >= 0 else None
            if other is not None:
                return [self._character(start + place), self._character(start + other)]
        return []

    def _character(self, position: int) -> QTextCursor:
        cursor = QTextCursor(self.document())
        cursor.setPosition(position)
        cursor.setPosition(position + 1, QTextCursor.MoveMode.KeepAnchor)
        return cursor


def indented(text: str, blank: str) -> str:
    """Return `text` with `blank` before all its lines but the first and empty ones."""
    first, *others = text.split("\n")
    return "\n".join([first, *(blank + line if line.strip() else line for line in others)])


def _blank_before(cursor: QTextCursor) -> str:
    start = QTextCursor(cursor)
    start.setPosition(cursor.selectionStart())
    line, _ = cut(start.block().text(), start.positionInBlock())
    return line if not line.strip() else ""


def _selection(cursor: QTextCursor, colour: str) -> QTextEdit.ExtraSelection:
    mark = QTextEdit.ExtraSelection()
    mark.cursor = QTextCursor(cursor)
    mark.format.setBackground(QColor(colour))
    return mark


def _one_less(line: str, size: int) -> int:
    """Return how many blanks of a line's beginning are one step of indentation."""
    return 1 if line[:1] == TAB else min(len(line) - len(line.lstrip(" ")), size)


def _insert(block: QTextBlock, column: int, text: str) -> None:
    cursor = QTextCursor(block)
    cursor.setPosition(block.position() + column)
    cursor.insertText(text)


def _remove(block: QTextBlock, column: int, length: int) -> None:
    cursor = QTextCursor(block)
    cursor.setPosition(block.position() + column)
    cursor.setPosition(block.position() + column + length, QTextCursor.MoveMode.KeepAnchor)
    cursor.removeSelectedText()


def _uncomment(block: QTextBlock, start: str, end: str) -> None:
    text = block.text()
    if end and text.rstrip().endswith(end):
        length = len(text) - len(text.rstrip().removesuffix(end).rstrip())
        _remove(block, block.length() - 1 - length, length)
    column = len(text) - len(text.lstrip())
    has_blank = text[column + len(start) :].startswith(" ")
    _remove(block, column, len(start) + has_blank)
