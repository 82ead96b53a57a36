"""Finds words in the open chat: marks them where they stand, and goes from one to the next."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QTextCursor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPlainTextEdit, QTextEdit, QWidget

from app.core.commands import LEAVE, NEXT_MATCH, PREVIOUS_MATCH
from app.ui.widgets.code.code_view import CodeView
from app.ui.widgets.controls.keys import tooltip
from app.ui.widgets.controls.parting import living
from app.ui.widgets.controls.search_field import SearchField
from app.ui.widgets.conversation.conversation import Conversation
from app.ui.widgets.conversation.prose_block import ProseBlock
from app.ui.widgets.look.icons import IconButton
from app.ui.widgets.look.palette import colours, is_theme_change

MOST_MARKED = 1_000
_LOOK_AGAIN_MS = 300
"""How often it is looked whether the chat has grown."""

Text = QTextEdit | QPlainTextEdit


class FindInChat(QFrame):
    """Finds as one types; Enter goes on, Shift+Enter back, Esc closes."""

    closed = Signal()

    def __init__(self, chat: Conversation) -> None:
        super().__init__()
        self.setObjectName("findInChat")
        self._chat = chat
        self._found: list[tuple[Text, QTextCursor]] = []
        self._at = -1
        self._size = 0
        self.wanted = _Field("Find in this chat")
        self.wanted.setObjectName("findInChatText")
        self.wanted.textChanged.connect(self.search)
        self.count = QLabel()
        self.count.setObjectName("findInChatCount")
        self.count.setProperty("role", "small")
        before = IconButton(
            "chevron-left", tooltip(PREVIOUS_MATCH, "Previous"), object_name="findBefore"
        )
        after = IconButton("chevron-right", tooltip(NEXT_MATCH, "Next"), object_name="findAfter")
        close = IconButton("close", tooltip(LEAVE), object_name="closeFindInChat")
        before.clicked.connect(lambda: self.go(-1))
        after.clicked.connect(lambda: self.go(1))
        close.clicked.connect(self.leave)
        row = QHBoxLayout(self)
        row.setContentsMargins(28, 6, 12, 6)
        row.setSpacing(8)
        row.addWidget(self.wanted, 1)
        for widget in (self.count, before, after, close):
            row.addWidget(widget)
        self._timer = QTimer(self, interval=_LOOK_AGAIN_MS)
        self._timer.timeout.connect(self._look_again)
        self.hide()

    def open(self) -> None:
        """Begin to search."""
        self.show()
        self.wanted.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.wanted.selectAll()
        self._timer.start()
        self.search()

    def leave(self) -> None:
        """Close, and take the marks away."""
        had_focus = self.isAncestorOf(self.focusWidget()) if self.focusWidget() else False
        self._timer.stop()
        self._unmark()
        self.hide()
        if had_focus:
            self.closed.emit()

    def search(self) -> None:
        """Mark what is wanted, and go to the last of it: where one reads a chat."""
        self._find()
        self._at = len(self._found) - 1
        self._tell()

    def go(self, step: int) -> None:
        """Go to the next place, or the one before, around the ends."""
        if self._found:
            self._at = (self._at + step) % len(self._found)
            self._tell()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F3):
            is_back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self.go(-1 if is_back else 1)
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if is_theme_change(event) and self.isVisible():
            self._tell(is_moving=False)

    def _find(self) -> None:
        self._unmark()
        wanted, texts = self.wanted.text(), self._texts()
        self._size = _size(texts)
        for text in texts if wanted else ():
            document = text.document()
            found = document.find(wanted)
            while not found.isNull() and len(self._found) < MOST_MARKED:
                self._found.append((text, found))
                found = document.find(wanted, found)

    def _look_again(self) -> None:
        if _size(self._texts()) != self._size:
            behind = len(self._found) - self._at  # what is new may stand before
            self._find()
            self._at = max(len(self._found) - behind, -1)
            self._tell(is_moving=False)

    def _tell(self, *, is_moving: bool = True) -> None:
        count = len(self._found)
        most = "+" if count >= MOST_MARKED else ""
        none = "No results" if self.wanted.text() else ""
        self.count.setText(f"{self._at + 1} of {count}{most}" if count else none)
        marks: dict[Text, list[QTextEdit.ExtraSelection]] = {}
        for number, (text, cursor) in enumerate(self._found):
            mark = QTextEdit.ExtraSelection()
            mark.cursor = cursor
            colour = colours().accent if number == self._at else colours().warning_soft
            mark.format.setBackground(QColor(colour))
            if number == self._at:
                mark.format.setForeground(QColor(colours().surface))
            marks.setdefault(text, []).append(mark)
        for text, its in marks.items():
            text.setExtraSelections(its)
        if is_moving and count:
            self._show(*self._found[self._at])

    def _show(self, text: Text, place: QTextCursor) -> None:
        if isinstance(text, QPlainTextEdit):
            there = QTextCursor(place)
            there.setPosition(place.selectionStart())  # what is selected would stay when it is left
            text.setTextCursor(there)  # long code scrolls inside its card
        self._chat.look_at(text.viewport(), text.cursorRect(place).center())

    def _texts(self) -> list[Text]:
        """Return the prose and code of all messages that are drawn, first to last."""
        kinds = (ProseBlock, CodeView)
        return [
            text
            for message in self._chat.messages()
            for text in message.findChildren(QWidget)
            if isinstance(text, kinds) and text.isVisibleTo(message)
        ]

    def _unmark(self) -> None:
        for text in {text for text, _ in self._found}:
            if living(text) is not None:
                text.setExtraSelections([])
        self._found, self._at = [], -1


class _Field(SearchField):
    """Leaves Enter and Esc to the bar."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            event.ignore()
        else:
            super().keyPressEvent(event)


def _size(texts: Sequence[Text]) -> int:
    return sum(text.document().characterCount() for text in texts) + len(texts)
