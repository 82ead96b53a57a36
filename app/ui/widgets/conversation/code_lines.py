"""Code between fences is set in the code's font while a message is edited."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QSyntaxHighlighter, QTextCharFormat, QTextDocument

from app.text.markdown.reader import MarkdownReader
from app.ui.widgets.look.fonts import CODE_PX, code_font

AFTER_MS = 60
LONGEST = 30_000
"""Characters of a message; a longer one stays as it is, as reading it would take over 16 ms."""
_PROSE, _CODE = 0, 1


class CodeLines(QSyntaxHighlighter):
    """Knows of each line whether it is code; read anew when typing pauses."""

    rehighlighted = Signal()

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._document = document
        self._mono = QTextCharFormat()
        self._mono.setFont(code_font(CODE_PX))
        self._timer = QTimer(self, singleShot=True, interval=AFTER_MS)
        self._timer.timeout.connect(self.read)
        document.contentsChange.connect(lambda *_: self._timer.start())
        self.read()

    def read(self) -> None:
        """Find out which lines are code, and show those anew that were taken for another kind."""
        if self._document.characterCount() > LONGEST:
            return
        is_changed = False
        reader, block = MarkdownReader(), self._document.begin()
        while block.isValid():
            was_in_code = reader.is_in_code
            reader.feed(block.text() + "\n")
            kind = _CODE if was_in_code or reader.is_in_code else _PROSE
            if max(block.userState(), _PROSE) != kind:
                block.setUserState(kind)
                self.rehighlightBlock(block)
                is_changed = True
            block = block.next()
        if is_changed:
            self.rehighlighted.emit()

    def highlightBlock(self, text: str) -> None:
        if self.currentBlockState() == _CODE:
            self.setFormat(0, len(text), self._mono)
