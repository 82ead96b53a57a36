"""Grey text at the cursor of an editor that is not in its document.

It stands in the layout of the cursor's line, where an input method would put text in the making:
so it wraps, joins right-to-left text and moves the lines below it as real text does, while the
document, its undo history and the cursor know nothing of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
    QTextLayout,
)
from PySide6.QtWidgets import QPlainTextEdit

from app.core.commands import (
    ACCEPT_LINE,
    ACCEPT_SUGGESTION,
    ACCEPT_WORD,
    LEAVE,
    NEXT_SUGGESTION,
    PREVIOUS_SUGGESTION,
)
from app.text.utf16 import units
from app.ui.widgets.controls.plain_text import for_qt, selected_text
from app.ui.widgets.look.fonts import TINY_PX, text_font
from app.ui.widgets.look.palette import colours

_LINE_END = "\u2028"  # a new line inside a block
_IS_GHOST = QTextFormat.Property.UserProperty + 1
_WORD = re.compile(r"\s*(?:\w+|[^\w\s]+)|\s+")
_LINE = re.compile(r"\n?[^\n]*")
_HINT = "⇥ Tab"
_HINT_GAP = 14


class Part(Enum):
    """How much of a suggestion is taken."""

    ALL = re.compile(r".*", re.DOTALL)
    WORD = _WORD
    LINE = _LINE

    def of(self, text: str) -> str:
        """Return this part of `text`."""
        found = self.value.match(text)
        return found[0] if found else ""


class GhostText(QObject):
    """The grey text of one editor, and the keys that take or refuse it.

    After `watch`, what is typed at the cursor is told by `typed`, and anything else that happens
    there by `left`. `written` tells that the user wrote somewhere.
    """

    appeared = Signal()  # or went
    typed = Signal(str)
    left = Signal()
    written = Signal()
    walked = Signal(int)  # to the suggestion after or before
    refused = Signal()

    def __init__(self, editor: QPlainTextEdit) -> None:
        super().__init__(editor)
        self._editor = editor
        self._document = editor.document()
        self._text = ""
        self._start = self._mark()  # of the line that has the text in its layout
        self._anchor, self._before = -1, ""
        self._length = self._document.characterCount()
        self._document.contentsChange.connect(self._on_change)
        editor.cursorPositionChanged.connect(self._on_cursor)

    @property
    def text(self) -> str:
        """Return the grey text."""
        return self._text

    @property
    def is_watching(self) -> bool:
        """Tell whether somebody waits for what is typed at the cursor."""
        return self._anchor >= 0

    @property
    def block(self) -> QTextBlock:
        """Return the line that shows the text; an invalid one while there is none."""
        return self._start.block() if self._text else QTextBlock()

    def is_before(self, cursor: QTextCursor) -> bool:
        """Tell whether the grey text stands in the line before the end of what is selected."""
        block = self.block
        return block.isValid() and cursor.block() == block and cursor.selectionEnd() > self._anchor

    def watch(self) -> None:
        """Tell from now on what happens at the cursor."""
        self._hide()
        self._watch_at(self._editor.textCursor().position())

    def show(self, text: str) -> None:
        """Show `text` at the cursor in place of what is shown; empty hides it."""
        if text == self._text:
            return
        self._hide()
        if not text or not self.is_watching:
            return
        self._text = text
        block = self._document.findBlock(self._anchor)
        self._start.setPosition(block.position())
        layout = block.layout()
        formats = layout.formats()
        shown = text.replace("\n", _LINE_END)
        layout.setPreeditArea(self._anchor - block.position(), shown)
        layout.setFormats(_with_room(layout, formats))
        self._document.markContentsDirty(block.position(), block.length())
        self.appeared.emit()

    def clear(self) -> None:
        """Hide the text and watch no longer."""
        self._anchor = -1
        self._hide()

    def accept(self, part: Part) -> None:
        """Write so much of the text into the document, as one step to undo."""
        taken = part.of(self._text)
        if taken:
            cursor = self._editor.textCursor()
            cursor.beginEditBlock()
            cursor.insertText(for_qt(taken))
            cursor.endEditBlock()
            self._editor.setTextCursor(cursor)
            self._editor.ensureCursorVisible()

    def stand_aside(self) -> str:
        """Hide the text for a moment, because an input method wants its place; return it."""
        text = self._text
        self._hide()
        return text

    def leave(self) -> None:
        """Hide the text for good and tell so, because the user turns to something else."""
        if self.is_watching:
            self.clear()
            self.left.emit()

    def wants(self, event: QKeyEvent) -> bool:
        """Tell whether a key means the grey text, which comes before any other use of it."""
        return self._act_of(event) is not None

    def take(self, event: QKeyEvent) -> bool:
        """Do what a key means for the grey text; tell whether it meant anything."""
        act = self._act_of(event)
        if isinstance(act, Part):
            self.accept(act)
        elif isinstance(act, int):
            self.walked.emit(act)
        elif act is not None:
            self.refused.emit()
        return act is not None

    def _act_of(self, event: QKeyEvent) -> Part | int | str | None:
        if not self.is_watching:
            return None
        keys = QKeySequence(event.keyCombination()).toString()
        if keys == LEAVE.keys:
            return "refuse"
        return _KEYS.get(keys) if self._text else None

    def paint_hint(self, painter: QPainter, offset: QPointF) -> None:
        """Draw which key takes the text, behind its first line; `offset` is its block's."""
        block = self.block
        if not block.isValid():
            return
        layout = block.layout()
        end = layout.preeditAreaPosition() + units(self._text.partition("\n")[0])
        line = layout.lineForTextPosition(end)
        if not line.isValid():
            return
        place = line.naturalTextRect().translated(offset)
        room = QRectF(place.right() + _HINT_GAP, place.top(), 80, line.height())
        painter.setFont(text_font(TINY_PX))
        painter.setPen(QColor(colours().faint))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, _HINT)

    # --- how it is done ------------------------------------------------------------------

    def _hide(self) -> None:
        if not self._text:
            return
        self._text = ""
        self.appeared.emit()
        block = self._start.block()
        layout = block.layout()
        if layout is not None and layout.preeditAreaText():
            formats = _without_room(layout)
            layout.setPreeditArea(-1, "")
            layout.setFormats(formats)
            self._document.markContentsDirty(block.position(), block.length())

    def _on_change(self, _position: int, _removed: int, _added: int) -> None:
        length = self._document.characterCount()
        grown, self._length = length - self._length, length
        if self._editor.isReadOnly():
            return
        if self.is_watching:
            text = self._typed_text(grown)
            self._hide()
            if text:
                self._watch_at(self._anchor + grown)
                self.typed.emit(text)
                return
            self.leave()
        if grown > 0 and self._editor.hasFocus():
            self.written.emit()

    def _typed_text(self, grown: int) -> str:
        """Return what was written at the cursor, empty where anything else was changed."""
        position = self._editor.textCursor().position()
        if grown <= 0 or position != self._anchor + grown:
            return ""
        # Where in the line it changed cannot be learned from Qt, which may name all of it.
        if self._line_before(self._anchor) != self._before:
            return ""
        return self._between(self._anchor, position)

    def _watch_at(self, position: int) -> None:
        self._anchor, self._before = position, self._line_before(position)

    def _line_before(self, position: int) -> str:
        return self._between(self._document.findBlock(position).position(), position)

    def _between(self, start: int, end: int) -> str:
        cursor = QTextCursor(self._document)
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        return selected_text(cursor)

    def _on_cursor(self) -> None:
        cursor = self._editor.textCursor()
        if self.is_watching and (cursor.hasSelection() or cursor.position() != self._anchor):
            self.leave()

    def _mark(self) -> QTextCursor:
        mark = QTextCursor(self._document)
        mark.setKeepPositionOnInsert(True)
        return mark


_KEYS: dict[str, Part | int] = {
    ACCEPT_SUGGESTION.keys: Part.ALL,
    ACCEPT_WORD.keys: Part.WORD,
    ACCEPT_LINE.keys: Part.LINE,
    NEXT_SUGGESTION.keys: 1,
    PREVIOUS_SUGGESTION.keys: -1,
}


def set_formats(layout: QTextLayout, ranges: Sequence[QTextLayout.FormatRange]) -> None:
    """Colour a line whose layout may show grey text; ranges are those of the document's text."""
    layout.setFormats(_with_room(layout, ranges) if _ghost_in(layout) else list(ranges))


def _ghost_in(layout: QTextLayout) -> bool:
    return bool(layout.preeditAreaText()) and any(
        shown.format.boolProperty(_IS_GHOST) for shown in layout.formats()
    )


def _with_room(
    layout: QTextLayout, ranges: Sequence[QTextLayout.FormatRange]
) -> list[QTextLayout.FormatRange]:
    """Return `ranges` moved apart where the grey text stands, and its own in between."""
    at, length = layout.preeditAreaPosition(), units(layout.preeditAreaText())
    placed = []
    for plain in ranges:
        end = plain.start + plain.length
        if plain.start < at:
            placed.append(_range(plain.start, min(end, at), plain.format))
        if end > at:
            placed.append(_range(max(plain.start, at) + length, end + length, plain.format))
    ghost = QTextCharFormat()
    ghost.setForeground(QColor(colours().code.ghost))
    ghost.setProperty(_IS_GHOST, True)  # noqa: FBT003
    return [*placed, _range(at, at + length, ghost)]


def _without_room(layout: QTextLayout) -> list[QTextLayout.FormatRange]:
    """Undo `_with_room`."""
    at, length = layout.preeditAreaPosition(), units(layout.preeditAreaText())
    return [
        _range(
            shown.start - length * (shown.start >= at + length),
            shown.start + shown.length - length * (shown.start >= at + length),
            shown.format,
        )
        for shown in layout.formats()
        if not shown.format.boolProperty(_IS_GHOST)
    ]


def _range(start: int, end: int, look: QTextCharFormat) -> QTextLayout.FormatRange:
    placed = QTextLayout.FormatRange()
    placed.start, placed.length, placed.format = start, end - start, look
    return placed
