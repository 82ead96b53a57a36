"""A label that gives way where there is little room."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel


class Elided(QLabel):
    """Its text's end is left out where it does not fit; it never makes others wider.

    Of a file's name the middle is left out instead: its ending tells more.
    """

    def __init__(self, text: str = "", *, is_file_name: bool = False) -> None:
        super().__init__(text)
        modes = Qt.TextElideMode
        self._mode = modes.ElideMiddle if is_file_name else modes.ElideRight

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.hasSelectedText():  # what is marked to be copied is shown as it is
            super().paintEvent(event)
            return
        painter = QPainter(self)
        painter.setPen(self.palette().windowText().color())
        text = self.fontMetrics().elidedText(self.text(), self._mode, self.width() + 1)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, text)
