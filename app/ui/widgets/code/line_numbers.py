"""The strip of line numbers at the left of a code view."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from app.ui.widgets.look.palette import colours

_LEFT, _RIGHT = 14, 14


class LineNumbers(QWidget):
    """Draws the numbers of the lines that its view shows.

    `visible_lines` yields number (from 0), top and height of each.
    """

    def __init__(
        self,
        view: QPlainTextEdit,
        visible_lines: Callable[[], Iterator[tuple[int, float, float]]],
    ) -> None:
        super().__init__(view)
        self._view = view
        self._visible_lines = visible_lines
        self.setAccessibleName("Line numbers")

    def width_for(self, line_count: int) -> int:
        digits = max(2, len(str(line_count)))
        return _LEFT + _RIGHT + self._view.fontMetrics().horizontalAdvance("9") * digits

    def sizeHint(self) -> QSize:
        return QSize(self.width_for(self._view.blockCount()), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        table = colours()
        painter = QPainter(self)
        painter.fillRect(event.rect(), self._view.palette().base())
        painter.setFont(self._view.font())
        current = -1 if self._view.isReadOnly() else self._view.textCursor().blockNumber()
        for number, top, height in self._visible_lines():
            if top > event.rect().bottom():
                break
            painter.setPen(QColor(table.muted if number == current else table.faint))
            painter.drawText(
                QRectF(0, top, self.width() - _RIGHT, height),
                Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop,
                str(number + 1),
            )
