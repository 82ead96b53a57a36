"""The bars at the left of what is quoted: Qt's rich text knows no border of a paragraph."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QTextBlock, QTextDocument

QUOTE_PX = 16
"""How far each quote stands to the right of what is around it."""
_WIDTH = 3


def quote_bars(document: QTextDocument, visible: QRectF) -> list[QRectF]:
    """Return the bars in sight, one for each quote that a paragraph stands in."""
    layout = document.documentLayout()
    bars: list[QRectF] = []
    block = document.firstBlock()
    while block.isValid():
        box = layout.blockBoundingRect(block)
        if box.top() > visible.bottom():
            break
        below, next_top = _depth(block.next()), layout.blockBoundingRect(block.next()).top()
        for depth in range(_depth(block)):
            bottom = next_top if depth < below else box.bottom()  # no gap between paragraphs
            bar = QRectF(depth * QUOTE_PX, box.top(), _WIDTH, bottom - box.top())
            if bar.intersects(visible):
                bars.append(bar)
        block = block.next()
    return bars


def _depth(block: QTextBlock) -> int:
    return round(block.blockFormat().leftMargin() / QUOTE_PX) if block.isValid() else 0
