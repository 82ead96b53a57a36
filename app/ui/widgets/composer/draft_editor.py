"""The text field of the composer: Enter sends, "/" in an empty draft opens the menu of actions."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QInputMethodEvent,
    QKeyEvent,
    QResizeEvent,
    QTextCursor,
)
from PySide6.QtWidgets import QTextEdit

from app.core.commands import NEW_LINE, SEND, WRITE_MESSAGE
from app.text.utf16 import stretched
from app.ui.widgets.composer.placeholders import next_place, places
from app.ui.widgets.controls.growing_editor import GrowingEditor
from app.ui.widgets.controls.keys import shown_keys, tooltip
from app.ui.widgets.look.palette import colours

_TALLEST_LINES = 12
_KEYPAD = Qt.KeyboardModifier.KeypadModifier


class DraftEditor(GrowingEditor):
    """Enter submits unless an input method is composing. Tab goes to the next place to fill."""

    submitted = Signal()
    stopped = Signal()
    focus_changed = Signal()
    files_given = Signal(list)
    menu_requested = Signal()
    went_up = Signal()  # out of an empty draft

    def __init__(self) -> None:
        super().__init__(tallest_lines=_TALLEST_LINES)
        self.setObjectName("composer")
        self.setAccessibleName("Message")
        self.setToolTip(
            f"{tooltip(WRITE_MESSAGE)}. {shown_keys(SEND)} sends, "
            f"{shown_keys(NEW_LINE)} starts a new line"
        )
        self.set_output("")
        self._preedit = ""
        self.textChanged.connect(self._mark_places)

    def set_output(self, name: str) -> None:
        """Say what may be asked for: code, or documents of the format that alone is written."""
        asked = f"Ask for one {name} document" if name else "Ask for code"
        self._wishes = (f"{asked}, or press / for actions", asked)
        self._show_wish()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_wish()

    def _show_wish(self) -> None:
        """Say what may be written in one line, as an empty field has no more."""
        room = self.viewport().width() - 2 * round(self.document().documentMargin()) - 4
        fits = (w for w in self._wishes if self.fontMetrics().horizontalAdvance(w) <= room)
        wish = next(fits, self._wishes[-1])
        if wish != self.placeholderText():
            self.setPlaceholderText(wish)

    def select_place(self, *, is_back: bool = False) -> bool:
        """Select the next place to fill; tell whether there is one."""
        cursor = self.textCursor()
        start, end = cursor.selectionStart(), cursor.selectionEnd()
        place = next_place(self._text(), start, end, is_back=is_back)
        if place is None:
            return False
        cursor.setPosition(place[0])
        cursor.setPosition(place[1], QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        breaks = event.modifiers() & (
            Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.AltModifier
        )
        if is_enter and not breaks and not self._preedit:
            if not event.isAutoRepeat():  # a key that is held sends once
                self.submitted.emit()
        elif is_enter and not self._preedit:
            self.break_line()
        elif event.key() == Qt.Key.Key_Escape and not self._preedit:
            self.stopped.emit()
        elif event.key() == Qt.Key.Key_Up and self._is_empty() and not event.modifiers() & ~_KEYPAD:
            self.went_up.emit()
        elif event.text() == "/" and self.document().isEmpty() and not self._preedit:
            self.menu_requested.emit()
        else:
            super().keyPressEvent(event)

    def _is_empty(self) -> bool:
        return self.document().isEmpty() and not self._preedit

    def focusNextPrevChild(self, is_next: bool) -> bool:  # noqa: FBT001 - Qt's own
        return self.select_place(is_back=not is_next) or super().focusNextPrevChild(is_next)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return source.hasUrls() or super().canInsertFromMimeData(source)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Take text as plain text, and files as attachments."""
        paths = [Path(url.toLocalFile()) for url in source.urls() if url.isLocalFile()]
        if paths:
            self.files_given.emit(paths)
        elif source.hasText():
            self.insertPlainText(source.text())

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        self._preedit = event.preeditString()
        super().inputMethodEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focus_changed.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.focus_changed.emit()

    def _mark_places(self) -> None:
        marks = [self._mark(*place) for place in places(self._text())]
        if marks or self.extraSelections():
            self.setExtraSelections(marks)

    def _text(self) -> str:
        """Return the draft, with two letters for what Qt counts as two."""
        return stretched(self.toPlainText())

    def _mark(self, start: int, end: int) -> QTextEdit.ExtraSelection:
        mark = QTextEdit.ExtraSelection()
        mark.cursor = self.textCursor()
        mark.cursor.setPosition(start)
        mark.cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        mark.format.setBackground(QColor(colours().accent_soft))
        return mark
