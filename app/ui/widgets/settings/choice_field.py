"""A field that offers a few values; the wheel scrolls the page and leaves it alone."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QWidget


class ChoiceField(QComboBox):
    """Hands back values and shows words for them."""

    chosen = Signal(str)  # the value; also where it is set by `choose`

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.currentIndexChanged.connect(lambda: self.chosen.emit(self.value()))

    def offer(self, values: Sequence[str], words: Sequence[str] = ()) -> None:
        """Offer values, shown as these words; nothing is told."""
        with QSignalBlocker(self):
            self.clear()
            for row, value in enumerate(values):
                self.addItem(words[row] if row < len(words) else value, value)

    def value(self) -> str:
        """Return the chosen value."""
        return str(self.currentData() or "")

    def choose(self, value: str) -> None:
        """Choose a value."""
        self.setCurrentIndex(self.findData(value))

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # the page scrolls
