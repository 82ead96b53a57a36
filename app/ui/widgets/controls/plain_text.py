"""Plain text into an editor of Qt and out of it again, character for character.

Qt begins a paragraph at U+2029 and at two marks of its own, and its `toPlainText` makes spaces of
no-break spaces and line feeds of U+2028. Here every editor has one way in and one way out: what
would begin a paragraph has a stand-in while Qt holds it, a noncharacter that no text should hold.
"""

from __future__ import annotations

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QKeyEvent, QKeySequence, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit

_STAND_INS = (("\u2029", "\ufdd2"), ("\ufdd0", "\ufdd3"), ("\ufdd1", "\ufdd4"))
_PARAGRAPH = "\u2029"


def for_qt(text: str) -> str:
    """Return a text as Qt can hold it; as long as it was."""
    for sign, stand_in in _STAND_INS:
        if sign in text:
            text = text.replace(sign, stand_in)
    return text


def from_qt(raw: str) -> str:
    """Return the text of what Qt holds: of `toRawText`, `selectedText` or a block's `text`."""
    text = raw.replace(_PARAGRAPH, "\n")
    for sign, stand_in in _STAND_INS:
        if stand_in in text:
            text = text.replace(stand_in, sign)
    return text


def selected_text(cursor: QTextCursor) -> str:
    """Return what a cursor selects."""
    return from_qt(cursor.selectedText())


class PlainTextEdit(QPlainTextEdit):
    """Gives back the text that it was given: shown, copied, cut, dragged and pasted."""

    def toPlainText(self) -> str:
        return from_qt(self.document().toRawText())

    def setPlainText(self, text: str) -> None:
        super().setPlainText(for_qt(text))

    def insertPlainText(self, text: str) -> None:
        super().insertPlainText(for_qt(text))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Shift+Enter begins a line as Enter does: Qt's U+2028 is no line's end in any file.
        if event.matches(QKeySequence.StandardKey.InsertLineSeparator) and not self.isReadOnly():
            self.break_line()
        else:
            super().keyPressEvent(event)

    def break_line(self) -> None:
        """Begin a new line at the cursor."""
        self.textCursor().insertBlock()
        self.ensureCursorVisible()

    def selected_text(self) -> str:
        """Return what is selected, with line ends as a text has them."""
        return selected_text(self.textCursor())

    def createMimeDataFromSelection(self) -> QMimeData:
        # Qt's own object, as the clipboard keeps it longer than Python keeps one of ours. It makes
        # its texts when the first is asked for.
        data = super().createMimeDataFromSelection()
        data.text()
        data.clear()
        data.setText(self.selected_text())
        return data

    def insertFromMimeData(self, source: QMimeData) -> None:
        if source.hasText() and not self.isReadOnly():
            self.insertPlainText(source.text())
            self.ensureCursorVisible()
