"""Words about the code, below it: an explanation that a base model gave."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.ui.widgets.controls.buttons import text_button
from app.ui.widgets.look.icons import IconButton

_TALLEST_PX = 200


class CodeNote(QFrame):
    """Hidden until there is something to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("codeNote")
        self.title = QLabel()
        self.title.setProperty("role", "strong")
        self.text = QLabel()
        self.text.setObjectName("codeNoteText")
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QScrollArea.Shape.NoFrame)
        self._area.setWidget(self.text)
        copy = text_button("Copy", "copyNote", "Copy this text")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.text.text()))
        close = IconButton("close", "Close this note", object_name="closeNote")
        close.clicked.connect(self.hide)
        head = QHBoxLayout()
        head.addWidget(self.title)
        head.addStretch()
        head.addWidget(copy)
        head.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 12)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self._area)
        self.hide()

    def say(self, title: str, text: str) -> None:
        """Show words under a title."""
        self.title.setText(title)
        self.text.setText(text)
        self.show()
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Be as tall as the words need, up to a limit."""
        wanted = self.text.heightForWidth(self._area.viewport().width())
        self._area.setFixedHeight(min(max(wanted, 0), _TALLEST_PX))
