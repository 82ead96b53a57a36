"""The mark at the end of the text that a model is writing."""

from __future__ import annotations

from PySide6.QtGui import QColor, QPainter, QPaintEvent, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from app.ui.widgets.look.palette import colours

_WIDTH, _HEIGHT = 7, 15


class WritingCursor(QWidget):
    """A small upright block behind the last letter. It moves with the text and never blinks."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFixedSize(_WIDTH, _HEIGHT)
        self.hide()

    def follow(self, text: QTextEdit | QPlainTextEdit) -> None:
        """Stand at the end of `text`."""
        if self.parent() is not text.viewport():
            self.setParent(text.viewport())
        end = QTextCursor(text.document())
        end.movePosition(QTextCursor.MoveOperation.End)
        place = text.cursorRect(end)
        left = min(place.left() + 3, text.viewport().width() - _WIDTH)
        self.move(max(left, 0), max(place.bottom() - _HEIGHT - 1, 0))
        self.show()

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), QColor(colours().accent))
