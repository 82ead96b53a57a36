"""A field for a folder: its path, and a button that looks for it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from app.ui.widgets.controls.buttons import text_button
from app.ui.widgets.controls.questions import ask_folder


class FolderField(QWidget):
    """Tells the path once it is whole: chosen, or typed and left."""

    chosen = Signal(str)

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = title
        self.line = QLineEdit(self)
        self.line.editingFinished.connect(self._tell)
        self._told = ""
        self.browse = text_button("Browse…", "browse", f"Choose a folder for {title}")
        self.browse.clicked.connect(self._ask)
        self.setFocusProxy(self.line)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.line, 1)
        row.addWidget(self.browse)

    def show_path(self, path: str) -> None:
        """Show a path; nothing is told."""
        self._told = path
        self.line.setText(path)

    def choose(self, path: str) -> None:
        """Take a path, as if it had been typed."""
        self.line.setText(path)
        self._tell()

    def _ask(self) -> None:
        ask_folder(
            self, lambda path: self.choose(str(path)), title=self._title, start=self.line.text()
        )

    def _tell(self) -> None:
        path = self.line.text().strip()
        if path != self._told:
            self._told = path
            self.chosen.emit(str(Path(path).expanduser()) if path else "")
