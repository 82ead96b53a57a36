"""Code in a list or a quote of an answer: its card, indented, beside the mark of the list."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.text.markdown.blocks import ContainerKind, Path
from app.ui.widgets.conversation.code_block import CodeBlock
from app.ui.widgets.conversation.prose_block import INDENT_PX
from app.ui.widgets.look.palette import colours

_MARK_TOP_PX = 8


class CodeRow(QWidget):
    """Holds a card. The mark is drawn where the code is the first that its item has."""

    def __init__(self, card: CodeBlock, path: Path, begun: Collection[int]) -> None:
        super().__init__()
        self.card = card
        self.mark = ""
        if path and path[-1].key not in begun and path[-1].kind is not ContainerKind.QUOTE:
            is_counted = path[-1].kind is ContainerKind.ORDERED
            self.mark = f"{path[-1].number}." if is_counted else "•"
        self._left = INDENT_PX * min(len(path), 4)
        row = QHBoxLayout(self)
        row.setContentsMargins(self._left, 0, 0, 0)
        row.addWidget(card)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.mark:
            painter = QPainter(self)
            painter.setPen(QColor(colours().text))
            box = QRectF(0, _MARK_TOP_PX, self._left - 6, self.fontMetrics().height())
            painter.drawText(box, Qt.AlignmentFlag.AlignRight, self.mark)
            painter.end()
