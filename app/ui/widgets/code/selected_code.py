"""Selected code keeps its colours.

Qt paints selected text in one colour, and knows no way to leave it as it is. So what is selected is
painted once more: its ground, and the text over it in the colours of the highlighter.
"""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPainterPath, QPalette, QTextBlock, QTextLine
from PySide6.QtWidgets import QPlainTextEdit


def paint_selected(view: QPlainTextEdit, top: QPointF, first: QTextBlock) -> None:
    """Paint the selection of `view` whose `first` visible block stands at `top`."""
    cursor = view.textCursor()
    if not cursor.hasSelection():
        return
    start, end = cursor.selectionStart(), cursor.selectionEnd()
    # Qt has painted the cursor already, which stands in the first pixel of a backward selection.
    inset = view.cursorWidth() if cursor.position() == start else 0
    block, top = first, QPointF(top)
    with QPainter(view.viewport()) as painter:
        painter.setPen(view.palette().color(QPalette.ColorRole.Text))
        while block.isValid() and top.y() <= view.viewport().height() and block.position() <= end:
            # Where grey text stands in a layout, its places are not those of the document.
            if block.isVisible() and not block.layout().preeditAreaText():
                _paint_block(painter, view, block, top, (start, end, inset))
            top.setY(top.y() + view.blockBoundingRect(block).height())
            block = block.next()


def _paint_block(
    painter: QPainter,
    view: QPlainTextEdit,
    block: QTextBlock,
    top: QPointF,
    selected: tuple[int, int, int],
) -> None:
    start, end, inset = selected
    path = QPainterPath()
    for rect in _rects(block, start - block.position(), end - block.position()):
        left = inset if start >= block.position() and path.isEmpty() else 0
        path.addRect(rect.translated(top).adjusted(left, 0, 0, 0))
    if path.isEmpty():
        return
    painter.save()
    painter.setClipPath(path)
    painter.fillPath(path, view.palette().highlight())
    block.layout().draw(painter, top)
    painter.restore()


def _rects(block: QTextBlock, start: int, end: int) -> Iterator[QRectF]:
    layout = block.layout()
    for number in range(layout.lineCount()):
        line = layout.lineAt(number)
        first = max(start, line.textStart())
        last = min(end, line.textStart() + line.textLength())
        if first < last:
            left, right = _x(line, first), _x(line, last)
            yield QRectF(left, line.y(), right - left, line.height())


def _x(line: QTextLine, position: int) -> float:
    found: object = line.cursorToX(position)  # with the position, though its type says otherwise
    return float(found[0]) if isinstance(found, tuple) else float(str(found))
