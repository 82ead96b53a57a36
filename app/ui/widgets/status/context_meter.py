"""A thin bar: how much of the context each part takes, and by how much it is too much."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from PySide6.QtCore import QEvent, QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.core.context import ContextKind, ContextPart
from app.ui.widgets.look.amounts import tokens_text
from app.ui.widgets.look.palette import Colours, colours, is_theme_change

_HEIGHT_PX = 6
_MOST_LINES = 16


class ContextMeter(QWidget):
    """Each kind of part has its colour; the tooltip names the parts with their tokens."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("contextMeter")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._parts: list[ContextPart] = []
        self._total = 0

    def show_parts(
        self, parts: Sequence[ContextPart], *, total: int, left_out_tokens: int = 0
    ) -> None:
        """Show parts of a context of `total` tokens; what is left out of it is only named."""
        self._parts, self._total = list(parts), total
        lines = _lines(parts, total)
        if left_out_tokens:
            lines.append(f"Left out: {tokens_text(left_out_tokens)}")
        self.setAccessibleName(", ".join(lines))
        self.setToolTip("\n".join(lines))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(180, _HEIGHT_PX)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if is_theme_change(event):
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        table = colours()
        shades = _shades(table)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(self.rect()), 3, 3)
        painter.setClipPath(outline)
        painter.fillRect(self.rect(), QColor(table.hover))
        used = sum(part.tokens for part in self._parts)
        whole = max(used, self._total, 1)
        left = 0.0
        for kind, parts in groupby(self._parts, lambda part: part.kind):
            width = self.width() * sum(part.tokens for part in parts) / whole
            painter.fillRect(QRectF(left, 0, width, self.height()), shades[kind])
            left += width
        if used > self._total:  # what is beyond the end of the context
            begin = self.width() * self._total / whole
            rest = QRectF(begin, 0, self.width() - begin, self.height())
            painter.fillRect(rest, QColor(table.error))


def _shades(table: Colours) -> dict[ContextKind, QColor]:
    soft, warm, quiet = QColor(table.accent), QColor(table.warning), QColor(table.faint)
    soft.setAlphaF(0.55)
    warm.setAlphaF(0.75)
    return {
        ContextKind.FORMAT: quiet,
        ContextKind.CHAT: QColor(table.accent),
        ContextKind.DRAFT: soft,
        ContextKind.FILE: warm,
        ContextKind.ANSWER: QColor(table.good),
    }


def _lines(parts: Sequence[ContextPart], total: int) -> list[str]:
    used = sum(part.tokens for part in parts)
    lines = [f"Context: {used:,} of {tokens_text(total)}"]
    lines += [f"{part.name}: {tokens_text(part.tokens)}" for part in parts[:_MOST_LINES]]
    more = parts[_MOST_LINES:]
    if more:
        tokens = sum(part.tokens for part in more)
        lines.append(f"{len(more)} more: {tokens_text(tokens)}")
    if used > total:
        lines.append(f"Too much by {tokens_text(used - total)}")
    elif not any(part.kind is ContextKind.ANSWER for part in parts):
        lines.append(f"Room for the answer: {tokens_text(total - used)}")
    else:
        lines.append(f"Left: {tokens_text(total - used)}")
    return lines
