"""What an empty chat shows: what this is, and how to begin."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.ui.widgets.look.icons import IconLabel

_TWO_COLUMNS_PX = 520


class EmptyState(QWidget):
    """Example prompts under the brand, once they are set; a click hands one back."""

    example_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("emptyState")
        title = QLabel("What would you like to write?")
        title.setProperty("role", "title")
        _centre(title)
        line = QLabel("Ask for code in plain words. Answers are written on this computer.")
        line.setProperty("role", "muted")
        _centre(line)
        self._buttons: list[_ExampleButton] = []
        self._columns = 2
        self._examples = QGridLayout()
        self._examples.setSpacing(10)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 24, 0, 24)
        column.setSpacing(0)
        middle = Qt.AlignmentFlag.AlignHCenter
        column.addStretch(2)
        column.addWidget(IconLabel("brand", role="accent", size=40), 0, middle)
        column.addSpacing(16)
        column.addWidget(title)
        column.addSpacing(6)
        column.addWidget(line)
        column.addSpacing(28)
        column.addLayout(self._examples)
        column.addStretch(3)

    def set_examples(self, prompts: Sequence[str]) -> None:
        """Offer these prompts, two to a row where there is room."""
        for button in self._buttons:
            button.deleteLater()
        self._buttons = [_ExampleButton(prompt, n) for n, prompt in enumerate(prompts, 1)]
        for button, prompt in zip(self._buttons, prompts, strict=True):
            button.clicked.connect(partial(self.example_chosen.emit, prompt))
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        columns = 2 if event.size().width() >= _TWO_COLUMNS_PX else 1
        if columns != self._columns:
            self._columns = columns
            self._arrange()

    def _arrange(self) -> None:
        for number, button in enumerate(self._buttons):
            self._examples.removeWidget(button)
            self._examples.addWidget(button, number // self._columns, number % self._columns)


class _ExampleButton(QPushButton):
    """A prompt in a card that is as tall as its words need."""

    def __init__(self, prompt: str, number: int) -> None:
        super().__init__()
        self.setObjectName(f"example{number}")
        self.setProperty("role", "example")
        self.setAccessibleName(prompt)
        self.setToolTip("Ask this")
        words = QLabel(prompt)
        words.setWordWrap(True)
        words.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._inside = QVBoxLayout(self)
        self._inside.setContentsMargins(14, 11, 14, 11)
        self._inside.addWidget(words)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def sizeHint(self) -> QSize:
        return QSize(240, self.heightForWidth(240))

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return max(self._inside.totalHeightForWidth(width), 44)


def _centre(label: QLabel) -> None:
    label.setWordWrap(True)
    label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
