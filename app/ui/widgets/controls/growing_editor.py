"""A plain text field that is as tall as its text, up to a limit."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame

from app.ui.widgets.controls.plain_text import PlainTextEdit


class GrowingEditor(PlainTextEdit):
    """Grows line by line; beyond `tallest_lines` it scrolls. Tab goes to the next control."""

    def __init__(self, text: str = "", *, tallest_lines: int) -> None:
        super().__init__()
        self.setPlainText(text)
        self._tallest_lines = tallest_lines
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.document().setDocumentMargin(1)
        self.document().documentLayout().documentSizeChanged.connect(self.fit)
        self.fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.fit()  # lines break elsewhere, of which Qt tells nothing

    def fit(self) -> None:
        """Become as tall as the text; its lines may be of different heights."""
        line = self.fontMetrics().lineSpacing()
        tallest, height = self._tallest_lines * line, 0.0
        block = self.document().firstBlock()
        while block.isValid() and height < tallest:
            height += self.blockBoundingRect(block).height()
            block = block.next()
        # A bar that is not needed would take room and so make lines that need one.
        policy = Qt.ScrollBarPolicy
        is_whole = height <= tallest and not block.isValid()
        self.setVerticalScrollBarPolicy(
            policy.ScrollBarAlwaysOff if is_whole else policy.ScrollBarAsNeeded
        )
        self.setFixedHeight(math.ceil(min(max(height, line), tallest)) + 6)
