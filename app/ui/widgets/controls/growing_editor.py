"""A plain text field that is as tall as its text, up to a limit."""

from __future__ import annotations

import math

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

    def fit(self) -> None:
        """Become as tall as the text; its lines may be of different heights."""
        line = self.fontMetrics().lineSpacing()
        tallest, height = self._tallest_lines * line, 0.0
        block = self.document().firstBlock()
        while block.isValid() and height < tallest:
            height += self.blockBoundingRect(block).height()
            block = block.next()
        self.setFixedHeight(math.ceil(min(max(height, line), tallest)) + 6)
