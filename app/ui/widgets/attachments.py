"""The files that go with the next question, as chips above the draft."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QWidget

from app.ui.widgets.amounts import tokens_text
from app.ui.widgets.icons import IconButton

_HEIGHT = 34


class Attachments(QScrollArea):
    """One row that scrolls sideways; hidden while there is nothing in it."""

    removed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("attachments")
        self.setAccessibleName("Attached files")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.hide()

    def show_files(self, files: Sequence[tuple[str, int]]) -> None:
        """Show names and token counts; 0 tokens: not counted yet."""
        page = QWidget()
        page.setObjectName("chips")
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for number, (name, tokens) in enumerate(files):
            row.addWidget(self._chip(number, name, tokens))
        row.addStretch()
        self.setWidget(page)
        self.setFixedHeight(max(_HEIGHT, page.sizeHint().height()))
        self.setVisible(bool(files))

    def _chip(self, number: int, name: str, tokens: int) -> QFrame:
        chip = QFrame()
        chip.setObjectName("chip")
        chip.setToolTip(name)
        words = QLabel(name.rpartition("/")[2])
        amount = QLabel(tokens_text(tokens) if tokens else "")
        amount.setProperty("role", "small")
        remove = IconButton("close", f"Take {name} away", object_name="removeAttachment")
        remove.clicked.connect(partial(self.removed.emit, number))
        row = QHBoxLayout(chip)
        row.setContentsMargins(10, 0, 2, 0)
        row.setSpacing(6)
        for widget in (words, amount, remove):
            row.addWidget(widget)
        return chip
