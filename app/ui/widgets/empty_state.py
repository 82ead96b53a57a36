"""What an empty chat shows: what this is, how to begin, how to add a real model."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.ui.widgets.icons import IconLabel

_EXAMPLES = (
    "Write a Python function that checks whether a number is prime",
    "Write a Bash script that finds the largest files in a folder",
    "Write a SQL query that counts orders per customer",
    "Write a Dockerfile for a small Python web service",
)


class EmptyState(QWidget):
    """Four example prompts under the brand; a click hands one back."""

    example_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("emptyState")
        title = QLabel("What would you like to write?")
        title.setProperty("role", "title")
        line = QLabel("Ask for code in plain words. Answers are made on this computer.")
        line.setProperty("role", "muted")
        self._note = QLabel()
        self._note.setObjectName("emptyNote")
        self._note.setProperty("role", "small")
        self._note.setWordWrap(True)
        self._note.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._examples = QGridLayout()
        self._examples.setSpacing(10)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 24, 0, 24)
        column.setSpacing(0)
        middle = Qt.AlignmentFlag.AlignHCenter
        column.addStretch(2)
        column.addWidget(IconLabel("brand", role="accent", size=40), 0, middle)
        column.addSpacing(16)
        column.addWidget(title, 0, middle)
        column.addSpacing(6)
        column.addWidget(line, 0, middle)
        column.addSpacing(28)
        column.addLayout(self._examples)
        column.addSpacing(20)
        column.addWidget(self._note)
        column.addStretch(3)
        self.set_examples(_EXAMPLES)
        self.set_note("For real work, open a StarCoder 2 file (GGUF) in the model picker above.")

    def set_examples(self, prompts: Sequence[str]) -> None:
        """Offer these prompts, two to a row."""
        while (item := self._examples.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        for number, prompt in enumerate(prompts):
            self._examples.addWidget(self._button(prompt, number), number // 2, number % 2)

    def set_note(self, text: str) -> None:
        """Say one thing about the model, under the prompts."""
        self._note.setText(text)

    def _button(self, prompt: str, number: int) -> QPushButton:
        button = QPushButton()
        button.setObjectName(f"example{number + 1}")
        button.setProperty("role", "example")
        button.setAccessibleName(prompt)
        button.setToolTip("Ask this")
        words = QLabel(prompt)
        words.setWordWrap(True)
        words.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        inside = QVBoxLayout(button)
        inside.setContentsMargins(14, 10, 14, 10)
        inside.addWidget(words)
        button.setMinimumHeight(62)
        button.clicked.connect(lambda: self.example_chosen.emit(prompt))
        return button
