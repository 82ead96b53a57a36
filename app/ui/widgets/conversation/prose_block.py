"""A piece of a message that is read: paragraphs, lists and tables, as tall as its text."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import cast

from PySide6.QtCore import QEvent, QMimeData, QRectF, QSize, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFontMetricsF,
    QGuiApplication,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextBlock,
    QTextBlockFormat,
    QTextLine,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextBrowser, QTextEdit, QWidget

from app.text.markdown.blocks import Block
from app.text.markdown.definitions import Definitions
from app.text.markdown.html import html_of
from app.ui.widgets.controls.plain_text import for_qt, selected_text
from app.ui.widgets.conversation.quote_bars import QUOTE_PX, quote_bars
from app.ui.widgets.look.fonts import CODE_FAMILY, SMALL_PX, points, scaled, text_scale
from app.ui.widgets.look.palette import Colours, colours, is_theme_change

INDENT_PX = 24
_LEAST_PX = 160
_LINE_HEIGHT = 1.18  # of the font's own, which makes 20 px lines
_ENDS = re.compile("[\u2028\ufdd0\ufdd1]")  # what Qt has for a `<br>` and around cells of tables


class ProseBlock(QTextBrowser):
    """Rich or plain text that never fetches anything and never opens a link by itself."""

    link_activated = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("proseBlock")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setOpenLinks(False)
        self.setUndoRedoEnabled(False)
        # The width is set by `fit` alone: else each change of it would be laid out twice.
        self.setLineWrapMode(QTextEdit.LineWrapMode.FixedPixelWidth)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextBrowserInteraction
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.document().setDocumentMargin(0)
        self.document().setIndentWidth(INDENT_PX)
        self.anchorClicked.connect(lambda url: self.link_activated.emit(url.toString()))
        self._words = ""
        self._blocks: tuple[Block, ...] | None = None
        self._begun: frozenset[int] = frozenset()
        self._definitions: Definitions = {}
        self._table = colours()
        self._scale = text_scale()
        self._has_chips = self._has_quotes = False
        self._has_width = False
        self._is_stale = False

    @property
    def is_stale(self) -> bool:
        """Tell whether the block changed its width out of sight and `fit` is still to be called."""
        return self._is_stale

    def show_blocks(
        self, blocks: Sequence[Block], begun: frozenset[int], definitions: Definitions
    ) -> None:
        """Show blocks of Markdown, of which some may go on in containers that are `begun`."""
        shown = (tuple(blocks), begun)
        if shown != (self._blocks, self._begun):
            self._blocks, self._begun = shown
            self._definitions = dict(definitions)
            self._render()

    def define(self, definitions: Definitions) -> None:
        """Draw the blocks again where definitions of links were found since."""
        if self._blocks is not None and definitions != self._definitions:
            self._definitions = dict(definitions)
            self._render()

    def set_plain(self, text: str) -> None:
        """Show `text` exactly as it is."""
        self._words, self._blocks = text, None
        self._render()

    def loadResource(self, _kind: int, _name: QUrl | str) -> object:
        """Fetch nothing, from anywhere."""
        return None

    def sizeHint(self) -> QSize:
        return QSize(200, self.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() == event.oldSize().width():
            return
        # A long chat has hundreds of blocks: what nobody sees waits until there is time.
        if self._has_width and self.visibleRegion().isEmpty():
            self._is_stale = True
        else:
            self.fit()
        self._has_width = True

    def createMimeDataFromSelection(self) -> QMimeData:
        # Qt's own object outlives Python's. It makes its texts when the first is asked for, and
        # plain spaces of no-break ones.
        data = super().createMimeDataFromSelection()
        html, text = data.html(), selected_text(self.textCursor())
        data.clear()
        data.setHtml(html)
        data.setText(text if self._blocks is None else _ENDS.sub("\n", text))
        return data

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self.createStandardContextMenu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if not is_theme_change(event) or not hasattr(self, "_table"):
            return
        look = (colours(), text_scale())
        if look != (self._table, self._scale):
            self._table, self._scale = look
            self._render()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the chips of inline code and the bars of quotes, then the text."""
        if self._is_stale:
            QTimer.singleShot(0, self, self.fit)
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(self._table.hairline))
        painter.setBrush(QColor(self._table.surface))
        for chip in self._chips(QRectF(event.rect())):
            painter.drawRoundedRect(chip, 4, 4)
        if self._has_quotes:
            for bar in quote_bars(self.document(), QRectF(event.rect())):
                painter.fillRect(bar, QColor(self._table.handle))
        painter.end()
        super().paintEvent(event)

    def _render(self) -> None:
        self._fit_width()
        if self._blocks is not None:
            self.document().setDefaultStyleSheet(_style(self._table))
            html = html_of(self._blocks, begun=self._begun, definitions=self._definitions)
            self._has_chips, self._has_quotes = "<code>" in html, "<blockquote>" in html
            self.setHtml(html)
        else:
            self._has_chips = self._has_quotes = False
            self.setPlainText(for_qt(self._words))
            cursor = self.textCursor()
            cursor.select(cursor.SelectionType.Document)
            line = cursor.blockFormat()
            minimum = QTextBlockFormat.LineHeightTypes.MinimumHeight
            line.setLineHeight(_line_px(), minimum.value)
            cursor.setBlockFormat(line)
        self.fit()

    def fit(self) -> None:
        """Become as tall as the text is at this width."""
        self._is_stale = False
        self._fit_width()
        self.setFixedHeight(math.ceil(self.document().size().height()))

    def _fit_width(self) -> None:
        # Before the first layout there is no width; a letter a line would take long to lay out.
        width = max(self.viewport().width(), _LEAST_PX)
        if self.lineWrapColumnOrWidth() != width:
            self.setLineWrapColumnOrWidth(width)

    def _chips(self, visible: QRectF) -> list[QRectF]:
        found: list[QRectF] = []
        if not self._has_chips:
            return found
        layout = self.document().documentLayout()
        block = self.document().firstBlock()
        while block.isValid():
            box = layout.blockBoundingRect(block)
            if box.intersects(visible) and not block.blockFormat().nonBreakableLines():
                part = block.begin()
                while not part.atEnd():
                    fragment = part.fragment()
                    if CODE_FAMILY in (fragment.charFormat().fontFamilies() or []):
                        start = fragment.position() - block.position()
                        found += _boxes(block, box, start, fragment.length())
                    part += 1
            block = block.next()
        return found


def _boxes(block: QTextBlock, box: QRectF, start: int, length: int) -> list[QRectF]:
    boxes = []
    layout = block.layout()
    high = scaled(17)
    for number in range(layout.lineCount()):
        line = layout.lineAt(number)
        first = max(start, line.textStart())
        last = min(start + length, line.textStart() + line.textLength())
        if first < last:
            left, right = _x_of(line, first), _x_of(line, last)
            bottom = box.top() + line.y() + line.ascent() + line.descent()
            boxes.append(
                QRectF(box.left() + left - 1.5, bottom - high - 0.5, right - left + 3, high)
            )
    return boxes


def _x_of(line: QTextLine, position: int) -> float:
    # PySide returns (x, position); its type stub knows only `object`.
    return cast("tuple[float, int]", line.cursorToX(position))[0]


def _line_px() -> int:
    return round(QFontMetricsF(QGuiApplication.font()).lineSpacing() * _LINE_HEIGHT)


def _style(table: Colours) -> str:
    return f"""
        p, li {{ line-height: {_line_px()}px; margin-top: 0; margin-bottom: 8px; }}
        li {{ margin-bottom: 4px; }}
        ul, ol {{ margin-top: 0; margin-bottom: 8px; }}
        li ul, li ol {{ margin-bottom: 4px; }}
        b, strong {{ font-weight: 600; }}
        h1, h2, h3, h4, h5, h6 {{ font-weight: 600; margin-top: 16px; margin-bottom: 6px; }}
        h1 {{ font-size: {points(18)}pt; }} h2 {{ font-size: {points(16)}pt; }}
        h3, h4, h5, h6 {{ font-size: {points(14)}pt; }}
        code {{ font-family: '{CODE_FAMILY}'; font-size: {points(SMALL_PX)}pt; }}
        pre {{ font-family: '{CODE_FAMILY}'; margin: 0; }}
        a {{ color: {table.accent}; text-decoration: none; }}
        blockquote {{ color: {table.muted}; margin: 0 0 8px {QUOTE_PX}px; }}
        table {{ background-color: {table.hairline}; margin: 12px 0 16px 0; }}
        th, td {{ background-color: {table.window}; }}
        th {{ font-weight: 600; text-align: left; }}
    """
