"""A message being edited, in the place where it stood."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.core.commands import LEAVE, SAVE_MESSAGE
from app.ui.widgets.controls.buttons import text_button
from app.ui.widgets.controls.growing_editor import GrowingEditor
from app.ui.widgets.controls.keys import tooltip
from app.ui.widgets.conversation.code_lines import CodeLines

_TALLEST_LINES = 20


class MessageEditor(QFrame):
    """Holds the text until it is saved or left. A question is sent, an answer is saved."""

    saved = Signal(str, bool)  # the text; whether the model shall go on with it
    cancelled = Signal()

    def __init__(self, text: str, *, is_answer: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("messageEditor")
        self._given = text
        self.editor = _Editor(text)
        self.editor.setAccessibleName("Edit the answer" if is_answer else "Edit the question")
        self.editor.cancelled.connect(self.cancelled)
        self.editor.submitted.connect(lambda: self._save(is_going_on=False))
        if not is_answer:  # a question is mostly added to; an answer is read from its beginning
            self.editor.moveCursor(QTextCursor.MoveOperation.End)
        words = "The old answer is kept." if is_answer else "Sends again. The old answer is kept."
        note = QLabel(words)
        note.setProperty("role", "small")
        below = QHBoxLayout()
        below.setSpacing(8)
        below.addWidget(note, 1)
        cancel = text_button("Cancel", "cancelEdit", tooltip(LEAVE, "Discard your changes"))
        cancel.clicked.connect(self.cancelled)
        below.addWidget(cancel)
        if is_answer:
            going_on = text_button(
                "Save and continue", "saveAndContinue", "Let the model continue it"
            )
            going_on.clicked.connect(lambda: self._save(is_going_on=True))
            below.addWidget(going_on)
        words = "Save" if is_answer else "Send"
        save = text_button(words, "saveEdit", tooltip(SAVE_MESSAGE, words), role="primary")
        save.clicked.connect(lambda: self._save(is_going_on=False))
        below.addWidget(save)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(12, 10, 10, 10)
        inside.setSpacing(8)
        inside.addWidget(self.editor)
        inside.addLayout(below)

    @property
    def has_focus(self) -> bool:
        """Tell whether the keyboard is in the text or on one of the buttons."""
        return self.isAncestorOf(self.focusWidget()) if self.focusWidget() is not None else False

    def text(self) -> str:
        """Return what was written."""
        if not self.editor.document().isModified():
            return self._given
        return self.editor.toPlainText()

    def _save(self, *, is_going_on: bool) -> None:
        text = self.text()
        if text.strip():
            self.saved.emit(text, is_going_on)


class _Editor(GrowingEditor):
    """Ctrl+Enter submits, Esc leaves."""

    submitted = Signal()
    cancelled = Signal()

    def __init__(self, text: str) -> None:
        super().__init__(text, tallest_lines=_TALLEST_LINES)
        self.setObjectName("messageText")
        self._code_lines = CodeLines(self.document())
        self._code_lines.rehighlighted.connect(self.fit)
        self.document().setModified(False)
        self.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.submitted.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)
