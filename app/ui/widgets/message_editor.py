"""A message being edited, in the place where it stood."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

_TALLEST_LINES = 20


class MessageEditor(QFrame):
    """Holds the text until it is saved or left. A question is sent, an answer is saved."""

    saved = Signal(str, bool)  # the text; whether the model shall go on with it
    cancelled = Signal()

    def __init__(self, text: str, *, is_answer: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("messageEditor")
        self.editor = _Editor(text)
        self.editor.setAccessibleName("Edit the answer" if is_answer else "Edit the question")
        self.editor.cancelled.connect(self.cancelled)
        self.editor.submitted.connect(lambda: self._save(is_going_on=False))
        words = "The answer before stays as a version." if is_answer else "It is asked anew."
        note = QLabel(words)
        note.setProperty("role", "small")
        below = QHBoxLayout()
        below.setSpacing(8)
        below.addWidget(note, 1)
        cancel = _button("Cancel", "cancelEdit", "Leave it as it was (Esc)")
        cancel.clicked.connect(self.cancelled)
        below.addWidget(cancel)
        if is_answer:
            going_on = _button(
                "Save and continue", "saveAndContinue", "Let the model go on with it"
            )
            going_on.clicked.connect(lambda: self._save(is_going_on=True))
            below.addWidget(going_on)
        save = _button("Save" if is_answer else "Send", "saveEdit", "Ctrl+Enter")
        save.setProperty("role", "primary")
        save.clicked.connect(lambda: self._save(is_going_on=False))
        below.addWidget(save)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(12, 10, 10, 10)
        inside.setSpacing(8)
        inside.addWidget(self.editor)
        inside.addLayout(below)

    def _save(self, *, is_going_on: bool) -> None:
        text = self.editor.toPlainText()
        if text.strip():
            self.saved.emit(text, is_going_on)


class _Editor(QPlainTextEdit):
    """As tall as its text, up to a limit."""

    submitted = Signal()
    cancelled = Signal()

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setObjectName("messageText")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.document().setDocumentMargin(1)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.submitted.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)

    def _fit(self) -> None:
        lines = min(max(self.document().size().height(), 1), _TALLEST_LINES)
        self.setFixedHeight(math.ceil(lines * self.fontMetrics().lineSpacing()) + 6)


def _button(words: str, name: str, tip: str) -> QPushButton:
    button = QPushButton(words)
    button.setObjectName(name)
    button.setAccessibleName(words)
    button.setToolTip(tip)
    return button
