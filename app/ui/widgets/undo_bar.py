"""One line that says what was done and offers to undo it, for a while."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

SHOWN_MS = 10_000


class UndoBar(QFrame):
    """Hidden until `show_text`; hides by itself, and after Undo."""

    undo_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self._text = QLabel()
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

    def show_text(self, text: str) -> None:
        """Show what was done."""
        self._text.setText(text)
        self.show()
        self._timer.start()

    def _undo(self) -> None:
        self.hide()
        self.undo_requested.emit()
