"""The button of the top bar: a few words in one bordered pill."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from app.ui.widgets.look.fonts import scaled

HEIGHT_PX = 32


class Pill(QPushButton):
    """A button that is as wide as the widgets in its `row`."""

    height_px = HEIGHT_PX

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "pill")
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(11, 0, 11, 0)
        self.row.setSpacing(8)

    def sizeHint(self) -> QSize:
        return QSize(self.row.sizeHint().width(), scaled(self.height_px))

    def minimumSizeHint(self) -> QSize:
        return QSize(self.row.minimumSize().width(), scaled(self.height_px))
