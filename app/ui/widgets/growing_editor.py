"""A plain text field that is as tall as its text, up to a limit."""

from __future__ import annotations

import math

from PySide6.QtWidgets import QFrame, QPlainTextEdit


class GrowingEditor(QPlainTextEdit):
    """Grows line by line; beyond `tallest_lines` it scrolls. Tab goes to the next control."""

    def __init__(self, text: str = "", *, tallest_lines: int) -> None:
        super().__init__(text)
        self._tallest_lines = tallest_lines
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.document().setDocumentMargin(1)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self._fit()

    def _fit(self) -> None:
        lines = min(max(self.document().size().height(), 1), self._tallest_lines)
        self.setFixedHeight(math.ceil(lines * self.fontMetrics().lineSpacing()) + 6)
