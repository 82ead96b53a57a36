"""A line of text with a magnifying glass at its left."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from app.ui.widgets.look.icons import ICON_PX, IconLabel, icon_px

_LEFT = 11


class SearchField(QLineEdit):
    """Searches as one types; Esc empties it, Down and Enter go on to what was found."""

    went_down = Signal()

    def __init__(self, words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(words)
        self.setAccessibleName(words)
        self._glass = IconLabel("search", role="faint", size=ICON_PX - 1)
        self._glass.setParent(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setTextMargins(_LEFT + icon_px() - 4, 0, 0, 0)
        self._glass.move(_LEFT, (self.height() - self._glass.height()) // 2)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.went_down.emit()
        else:
            super().keyPressEvent(event)
