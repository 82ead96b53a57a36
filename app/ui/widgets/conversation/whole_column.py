"""The column of messages, which lets the page grow before it lays anything out.

Qt lays out a widget's parents at once where it is shown, and a scroll area's page takes its new
height only when the event loop comes round. In between Qt squeezes what is on the page, and it may
be painted like that.
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QRect
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget


class WholeColumn(QVBoxLayout):
    """The layout of `column`, which stands on the page of a scroll `area`."""

    def __init__(self, column: QWidget, area: QScrollArea) -> None:
        super().__init__(column)
        self._column = column
        self._area = area
        self._is_growing = False

    def setGeometry(self, rect: QRect) -> None:
        """Lay out the messages, none of them lower than it is."""
        if not self._is_growing and rect.height() < self._least_height(rect.width()):
            self._is_growing = True
            self._column.updateGeometry()
            QCoreApplication.sendEvent(self._area, QEvent(QEvent.Type.LayoutRequest))
            self._is_growing = False
            rect = self._column.rect()
        super().setGeometry(rect)

    def _least_height(self, width: int) -> int:
        if self.hasHeightForWidth():
            return self.minimumHeightForWidth(width)
        return self.minimumSize().height()
