"""One line that says what was done and offers to undo it, for a while."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

SHOWN_MS = 10_000


class UndoBar(QFrame):
    """Hidden until `offer`; hides by itself, and after Undo."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self._text = QLabel()
        self._undo_it: Callable[[], None] = lambda: None
        undo = QPushButton("Undo")
        undo.setObjectName("undo")
        undo.setProperty("role", "link")
        undo.setAccessibleName("Undo")
        undo.setToolTip("Bring it back")
        undo.clicked.connect(self._undo)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 8, 4)
        row.addWidget(self._text)
        row.addStretch()
        row.addWidget(undo)
        self._timer = QTimer(self, singleShot=True, interval=SHOWN_MS)
        self._timer.timeout.connect(self.hide)
        self.hide()

    def offer(self, text: str, undo: Callable[[], None]) -> None:
        """Show what was done; `undo` is called where the user wants it undone."""
        self._text.setText(text)
        self._undo_it = undo
        self.show()
        self._timer.start()

    def _undo(self) -> None:
        self.hide()
        self._undo_it()
