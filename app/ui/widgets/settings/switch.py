"""A switch: on or off, at once."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QWidget

from app.ui.widgets.look.palette import colours

WIDTH, HEIGHT = 34, 20
_RING = 2.0
_GAP = 3.0


class Switch(QCheckBox):
    """A check box that looks like a switch; Space and a click turn it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(self.sizeHint())
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        return QSize(WIDTH + 2 * int(_RING), HEIGHT + 2 * int(_RING))

    def hitButton(self, position: QPoint) -> bool:
        return self.rect().contains(position)

    def paintEvent(self, event: QPaintEvent) -> None:
        table = colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        body = QRectF(_RING, _RING, WIDTH, HEIGHT)
        if self.hasFocus():
            painter.setPen(QPen(QColor(table.focus), _RING))
            painter.drawRoundedRect(body.adjusted(-1, -1, 1, 1), HEIGHT / 2 + 1, HEIGHT / 2 + 1)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(table.accent if self.isChecked() else table.faint))
        painter.setOpacity(1.0 if self.isEnabled() else 0.5)
        painter.drawRoundedRect(body, HEIGHT / 2, HEIGHT / 2)
        side = HEIGHT - 2 * _GAP
        left = body.right() - _GAP - side if self.isChecked() else body.left() + _GAP
        painter.setBrush(QColor(table.on_accent if self.isChecked() else table.surface))
        painter.drawEllipse(QRectF(left, body.top() + _GAP, side, side))
