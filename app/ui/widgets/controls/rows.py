"""How a row of the chat list is drawn."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.ui.widgets.controls.marked_text import draw_marked
from app.ui.widgets.look.fonts import SMALL_PX, TINY_PX, scaled, text_font
from app.ui.widgets.look.palette import colours

HEADING_ROLE = Qt.ItemDataRole.UserRole + 1
EXCERPT_ROLE = Qt.ItemDataRole.UserRole + 2
TAGS_ROLE = Qt.ItemDataRole.UserRole + 4
MARKS_ROLE = Qt.ItemDataRole.UserRole + 5
"""Starts and ends of what was searched in the excerpt."""

_ROW_PX, _HEADING_PX, _HIT_PX, _INDENT = 33, 33, 48, 10
_TAGS_SHARE = 0.4
"""How much of a row tags may take from its title."""

Index = QModelIndex | QPersistentModelIndex


class ChatRowDelegate(QStyledItemDelegate):
    """Draws titles with tags at their right, headings, and excerpts of what was found."""

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        if index.data(EXCERPT_ROLE):
            return QSize(0, scaled(_HIT_PX))
        return QSize(0, scaled(_HEADING_PX if index.data(HEADING_ROLE) else _ROW_PX))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        table = colours()
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        inside = rect.adjusted(_INDENT, 0, -_INDENT, 0)
        if index.data(HEADING_ROLE):
            painter.setFont(text_font(TINY_PX, weight=500))
            painter.setPen(QColor(table.muted))
            inside.adjust(0, 8, 0, 0)
        else:
            is_selected = bool(state & QStyle.StateFlag.State_Selected)
            is_hovered = bool(state & QStyle.StateFlag.State_MouseOver)
            if is_selected or is_hovered:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(table.accent_soft if is_selected else table.hover))
                painter.drawRoundedRect(rect.adjusted(0, 1, 0, -1), 7, 7)
            if state & QStyle.StateFlag.State_HasFocus:
                painter.setPen(QColor(table.accent))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(rect.adjusted(0, 1, -1, -2), 7, 7)
            painter.setFont(text_font(weight=500 if is_selected else 400))
            painter.setPen(QColor(table.text))
        excerpt = index.data(EXCERPT_ROLE)
        if excerpt:
            inside.adjust(0, 6, 0, -scaled(_HIT_PX) // 2 + 2)
        tags = index.data(TAGS_ROLE)
        if tags:
            inside.adjust(0, 0, -self._draw_tags(painter, inside, tags), 0)
        title = painter.fontMetrics().elidedText(
            str(index.data()), Qt.TextElideMode.ElideRight, inside.width()
        )
        painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter, title)
        if excerpt:
            painter.setFont(text_font(SMALL_PX))
            painter.setPen(QColor(table.muted))
            inside.translate(0, inside.height() - 1)
            marks = index.data(MARKS_ROLE) or ()
            draw_marked(painter, inside, str(excerpt), marks, colour=QColor(table.text))
        painter.restore()

    def _draw_tags(self, painter: QPainter, inside: QRect, tags: str) -> int:
        """Draw tags at the right end of a row; return the room they take."""
        font, pen = painter.font(), painter.pen()
        painter.setFont(text_font(TINY_PX))
        painter.setPen(QColor(colours().muted))
        most = round(inside.width() * _TAGS_SHARE)
        words = painter.fontMetrics().elidedText(tags, Qt.TextElideMode.ElideRight, most)
        sides = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(inside, sides, words)
        room = painter.fontMetrics().horizontalAdvance(words) + _INDENT
        painter.setFont(font)
        painter.setPen(pen)
        return room
