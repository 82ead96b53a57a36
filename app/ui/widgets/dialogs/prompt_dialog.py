"""Shows the exact prompt that a model reads, its control tokens told apart from text."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QGuiApplication, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from app.core.prompts import Control, Prompt
from app.ui.widgets.controls.buttons import text_button
from app.ui.widgets.controls.dialog import Dialog
from app.ui.widgets.look.fonts import code_font
from app.ui.widgets.look.palette import colours

_SIZE = QSize(720, 560)


class PromptDialog(Dialog):
    """Read only; closes with Esc."""

    def __init__(self, prompt: Prompt, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("promptDialog")
        self.setWindowTitle("Prompt")
        self.resize(_SIZE)
        note = QLabel(
            "This is exactly what the model reads. The coloured parts are the model's control "
            "tokens, which your text can never contain."
        )
        note.setWordWrap(True)
        note.setProperty("role", "small")
        self.text = QPlainTextEdit()
        self.text.setObjectName("promptText")
        self.text.setAccessibleName("Prompt")
        self.text.setReadOnly(True)
        self.text.setFont(code_font())
        _write(self.text, prompt)
        copy = text_button("Copy", "copyPrompt", "Copy the prompt")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(prompt.as_text()))
        close = text_button("Close", "closePrompt", "Close")
        close.clicked.connect(self.accept)
        below = QHBoxLayout()
        below.addStretch()
        below.addWidget(copy)
        below.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(note)
        column.addWidget(self.text, 1)
        column.addLayout(below)
        self.text.moveCursor(QTextCursor.MoveOperation.Start)


def _write(view: QPlainTextEdit, prompt: Prompt) -> None:
    control, plain = QTextCharFormat(), QTextCharFormat()
    control.setForeground(QColor(colours().accent))
    cursor = QTextCursor(view.document())
    for part in prompt.parts:
        if isinstance(part, Control):
            cursor.insertText(part.text, control)
        else:
            cursor.insertText(part, plain)
