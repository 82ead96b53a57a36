"""Draws one line of text in which parts are marked, in any script."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QTextCharFormat,
    QTextLayout,
)

from app.text.utf16 import units, units_before

_MARK_WEIGHT = QFont.Weight.DemiBold


def draw_marked(
    painter: QPainter, rect: QRect, text: str, marks: Sequence[tuple[int, int]], *, colour: QColor
) -> None:
    """Draw `text` in the painter's font and pen, elided; `marks` are starts and ends in it."""
    font = painter.font()
    # A little room is kept: what is marked is wider than it is measured here.
    room = rect.width() - QFontMetricsF(font).horizontalAdvance("m")
    shown = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, room)
    layout = QTextLayout(shown, font)
    layout.setFormats([_range(text, start, end, colour) for start, end in marks])
    layout.beginLayout()
    line = layout.createLine()
    line.setLineWidth(10 * rect.width())
    layout.endLayout()
    painter.save()
    painter.setClipRect(rect, Qt.ClipOperation.IntersectClip)
    layout.draw(painter, QPointF(rect.left(), rect.center().y() - line.height() / 2))
    painter.restore()


def _range(text: str, start: int, end: int, colour: QColor) -> QTextLayout.FormatRange:
    marked = QTextLayout.FormatRange()
    marked.start = units_before(text, start)
    marked.length = units(text[start:end])
    style = QTextCharFormat()
    style.setForeground(QBrush(colour))
    style.setFontWeight(_MARK_WEIGHT)
    marked.format = style
    return marked
