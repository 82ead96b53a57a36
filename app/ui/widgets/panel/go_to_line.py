"""One line to type the number of a line in."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QWidget

from app.ui.widgets.code.code_editor import CodeEditor


class GoToLine(QFrame):
    """Enter goes there, Esc closes. A column may follow after a colon: 12:4."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("goToLine")
        self._editor: CodeEditor | None = None
        self.field = QLineEdit()
        self.field.setObjectName("lineNumber")
        self.field.setAccessibleName("Go to line")
        self.field.returnPressed.connect(self._go)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.addWidget(self.field)
        self.hide()

    def open_for(self, editor: CodeEditor) -> None:
        """Ask for a line of this editor."""
        self._editor = editor
        self.field.setPlaceholderText(f"Go to line (1 to {editor.blockCount():,})")
        self.field.clear()
        self.show()
        self.field.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._close()
        else:
            super().keyPressEvent(event)

    def _go(self) -> None:
        line, _, column = self.field.text().replace(",", "").partition(":")
        if self._editor is not None and line.strip().isdecimal():
            self._close()
            self._editor.go_to_line(int(line), int(column) if column.strip().isdecimal() else 1)

    def _close(self) -> None:
        self.hide()
        if self._editor is not None:
            self._editor.setFocus()
