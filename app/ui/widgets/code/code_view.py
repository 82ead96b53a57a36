"""Program text on the screen: the one editor class of code blocks and of the code panel."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QEvent, QRect
from PySide6.QtGui import QPaintEvent, QResizeEvent, QTextCursor
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QWidget

from app.ui.widgets.code.code_highlight import CodeHighlighter
from app.ui.widgets.code.line_numbers import LineNumbers
from app.ui.widgets.code.long_lines import LongLines
from app.ui.widgets.code.selected_code import paint_selected
from app.ui.widgets.code.syntax_watch import SyntaxWatch
from app.ui.widgets.controls.plain_text import PlainTextEdit, for_qt
from app.ui.widgets.look.fonts import CODE_PX, code_font
from app.ui.widgets.look.palette import is_theme_change


class CodeView(PlainTextEdit):
    """Highlighted program text that can grow by pieces; read-only unless told otherwise.

    Whoever streams into it calls `append_text` at most once per flush (about 30 ms) and
    `finish` at the end.
    """

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        line_numbers: bool = False,
        read_only: bool = True,
    ) -> None:
        super().__init__(parent)
        self._language = ""
        self._long_lines = LongLines()
        self.setReadOnly(read_only)
        self.setUndoRedoEnabled(not read_only)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._px = CODE_PX
        self.setFont(code_font())
        self.setTabStopDistance(self.fontMetrics().horizontalAdvance(" ") * 4)
        self.document().setDocumentMargin(0)
        self._highlighter = CodeHighlighter(self.document())
        self.syntax_watch = SyntaxWatch(self)
        self.syntax_watch.told.connect(self.set_language)
        self._numbers = LineNumbers(self, self.visible_lines) if line_numbers else None
        if self._numbers is not None:
            self.blockCountChanged.connect(self.fit_numbers)
            self.updateRequest.connect(self._scroll_numbers)
            self.cursorPositionChanged.connect(self._numbers.update)
            self.fit_numbers()

    @property
    def language(self) -> str:
        """Return the language as it was set."""
        return self._language

    def set_language(self, language: str) -> None:
        """Highlight as `language`: a Pygments name or alias; unknown ones stay plain."""
        if language != self._language:
            self._language = language
            self._highlighter.set_language(language)
            self.syntax_watch.use(language)

    def set_size(self, pixels: float) -> None:
        """Show text in this size of the design."""
        self._px = pixels
        self.setFont(code_font(pixels))
        self.setTabStopDistance(self.fontMetrics().horizontalAdvance(" ") * 4)
        self.fit_numbers()

    def text(self) -> str:
        """Return the whole text, also what is not shown of it."""
        whole = self._long_lines.whole
        return whole if whole is not None else self._shown_text()

    @property
    def is_cut(self) -> bool:
        """Tell whether a line is too long to be shown, and so the text cannot be edited here."""
        return self._long_lines.is_cut

    def _shown_text(self) -> str:
        return self.toPlainText()

    def set_text(self, text: str) -> None:
        """Show `text` in place of what is there; forgets the undo history."""
        self._long_lines.start()
        self.setPlainText(self._long_lines.add(text, str))
        self.finish()

    def append_text(self, text: str) -> None:
        """Add `text` at the end; the user's cursor, selection and scrolling stay."""
        self.syntax_watch.grow()
        self.insert_at_end(text)

    def insert_at_end(self, text: str) -> None:
        """Lay more text out."""
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(for_qt(self._long_lines.add(text, self._shown_text)))

    def finish(self) -> None:
        """Say that the text is whole: its colours become those of a full lex, and it is checked."""
        self._highlighter.highlight_all()
        if not self.is_cut:
            self.syntax_watch.finish()

    def visible_lines(self) -> Iterator[tuple[int, float, float]]:
        """Yield number (from 0), top and height of every line in the viewport."""
        block = self.firstVisibleBlock()
        top = self.blockBoundingGeometry(block).translated(self.contentOffset()).top()
        while block.isValid() and top <= self.viewport().height():
            height = self.blockBoundingRect(block).height()
            if block.isVisible():
                yield block.blockNumber(), top, height
            top += height
            block = block.next()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        first = self.firstVisibleBlock()
        top = self.blockBoundingGeometry(first).translated(self.contentOffset()).topLeft()
        paint_selected(self, top, first)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if is_theme_change(event) and hasattr(self, "_highlighter"):
            self._highlighter.refresh_colours()
            if self.font() != code_font(self._px):
                self.set_size(self._px)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_numbers()

    def fit_numbers(self) -> None:
        """Give the line numbers the room they need now."""
        if self._numbers is not None:
            self.setViewportMargins(self._numbers.sizeHint().width(), 0, 0, 0)
            self._place_numbers()

    def _place_numbers(self) -> None:
        if self._numbers is not None:
            inside = self.contentsRect()
            top = self.viewport().geometry().top()
            width = self._numbers.sizeHint().width()
            self._numbers.setGeometry(QRect(inside.left(), top, width, inside.height()))

    def _scroll_numbers(self, rect: QRect, dy: int) -> None:
        if self._numbers is None:
            return
        if dy:
            self._numbers.scroll(0, dy)
        else:
            self._numbers.update(0, rect.y(), self._numbers.width(), rect.height())
