"""Marks what does not parse in an editor's text."""

from __future__ import annotations

from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QTextEdit

from app.core.syntax import Span
from app.text.utf16 import units_before


def error_cursor(document: QTextDocument, span: Span) -> QTextCursor:
    """Return a cursor that selects a piece of a text, and moves with it as the text is edited."""
    start = _position(document, span.line, span.column)
    end = _position(document, span.end_line, span.end_column)
    if end <= start:
        end = start + 1
    last = document.characterCount() - 1
    if end > last:  # at the very end there is no character to underline
        start, end = max(min(start, last - 1), 0), last
    cursor = QTextCursor(document)
    cursor.setPosition(start)
    cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
    return cursor


def offset_of(text: str, line: int) -> int:
    """Return the offset at which a line, counted from 1, begins."""
    start = 0
    for _ in range(line - 1):
        start = text.find("\n", start) + 1
    return start


def underlined(place: QTextCursor, colour: str) -> QTextEdit.ExtraSelection:
    """Return a mark that underlines a piece of text with a wave."""
    mark = QTextEdit.ExtraSelection()
    mark.cursor = QTextCursor(place)
    mark.format.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
    mark.format.setUnderlineColor(QColor(colour))
    return mark


def _position(document: QTextDocument, line: int, column: int) -> int:
    block = document.findBlockByNumber(line - 1)
    if not block.isValid():
        return document.characterCount() - 1
    return block.position() + min(units_before(block.text(), column - 1), block.length() - 1)
