"""A small field over the code: what to change is typed there, and what goes on is said there."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit

from app.core.commands import LEAVE, SEND, STOP_ANSWER
from app.ui.widgets.code.code_editor import CodeEditor
from app.ui.widgets.controls.buttons import text_button
from app.ui.widgets.controls.keys import tooltip
from app.ui.widgets.look.icons import IconButton

_WIDEST_PX = 460
_MARGIN_PX = 12


class EditBar(QFrame):
    """Floats above the selection of an editor, or below it where there is no room.

    Enter sends, Esc stops what is written or closes.
    """

    sent = Signal(str)
    stop_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("editBar")
        self._editor: CodeEditor | None = None
        self.field = QLineEdit()
        self.field.setObjectName("editWish")
        self.field.setAccessibleName("What to change")
        self.field.setPlaceholderText("Describe the change, such as: use a set")
        self.field.returnPressed.connect(self._send)
        self.words = QLabel()
        self.words.setObjectName("editActivity")
        self.words.setWordWrap(True)
        self.send_button = text_button("Change", "sendEdit", tooltip(SEND, "Ask for the change"))
        self.send_button.setProperty("role", "primary")
        self.send_button.clicked.connect(self._send)
        self.stop_button = text_button("Stop", "stopEdit", tooltip(STOP_ANSWER))
        self.stop_button.clicked.connect(self.stop_requested)
        self.close_button = IconButton("close", tooltip(LEAVE), object_name="closeEdit")
        self.close_button.clicked.connect(self.leave)
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(8, 6, 8, 6)
        row.setSpacing(6)
        row.addWidget(self.field, 1)
        row.addWidget(self.words, 1)
        for button in (self.send_button, self.stop_button, self.close_button):
            row.addWidget(button)
        self.hide()

    def ask_over(self, editor: CodeEditor) -> None:
        """Ask what to change in this editor's selection."""
        self._show_over(editor)
        self._show_parts(is_asking=True)
        self.field.selectAll()
        self.field.setFocus()

    def show_activity(self, words: str, editor: CodeEditor | None = None) -> None:
        """Say what is being written, over `editor` where one is given."""
        is_said = self.stop_button.isVisible() and self.words.text() == words
        if is_said and editor in (None, self._editor):
            return  # it is called for each token
        had_focus = self.field.hasFocus()
        if editor is not None:
            self._show_over(editor)
        self.words.setText(words)
        self.words.setProperty("tone", "")
        self._show_parts(is_asking=False)
        if had_focus:
            self.stop_button.setFocus()  # so that Esc stops it

    def show_problem(self, words: str) -> None:
        """Say why nothing comes of it; the wish can be put again."""
        self.words.setText(words)
        self.words.setProperty("tone", "warning")
        self._show_parts(is_asking=False)
        had_focus = self.stop_button.hasFocus()
        self.stop_button.hide()
        self.close_button.show()
        if had_focus:
            self.close_button.setFocus()
        self.place()

    def leave(self) -> None:
        """Close, and give the editor the keys again."""
        had_focus = self.isAncestorOf(self.focusWidget()) if self.focusWidget() else False
        self.hide()
        if self._editor is not None and had_focus:
            self._editor.setFocus()

    def set_editor(self, editor: CodeEditor | None) -> None:
        """Another editor is shown: what belongs to the one before goes away with it."""
        if editor is not self._editor:
            self._let_go()
            self.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.stop_requested.emit() if self.stop_button.isVisible() else self.leave()
        elif event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in place when the editor gets another size."""
        if event.type() is QEvent.Type.Resize and self.isVisible():
            self.place()
        return super().eventFilter(watched, event)

    def _send(self) -> None:
        wish = self.field.text().strip()
        if wish and self.field.isVisible():
            self.sent.emit(wish)

    def _show_parts(self, *, is_asking: bool) -> None:
        self.field.setVisible(is_asking)
        self.send_button.setVisible(is_asking)
        self.close_button.setVisible(is_asking)
        self.words.setVisible(not is_asking)
        self.stop_button.setVisible(not is_asking)
        self.words.style().polish(self.words)
        self.place()

    def _show_over(self, editor: CodeEditor) -> None:
        if editor is not self._editor:
            self._let_go()
            self._editor = editor
            editor.installEventFilter(self)
            editor.destroyed.connect(self._forget)
            editor.verticalScrollBar().valueChanged.connect(self.place)
        self.setParent(editor)
        self.show()
        self.raise_()

    def _let_go(self) -> None:
        editor, self._editor = self._editor, None
        if editor is not None:
            editor.removeEventFilter(self)
            editor.destroyed.disconnect(self._forget)
            editor.verticalScrollBar().valueChanged.disconnect(self.place)
            self.setParent(None)

    def _forget(self) -> None:
        self._editor = None

    def place(self) -> None:
        """Go to where the selection is now."""
        editor = self._editor
        if editor is None:
            return
        area = editor.viewport().geometry()
        width = min(_WIDEST_PX, max(area.width() - 2 * _MARGIN_PX, 200))
        self._row.activate()
        has_words = self._row.hasHeightForWidth()
        hint = self._row.sizeHint().height()
        height = self._row.totalHeightForWidth(width) if has_words else hint
        self.setFixedSize(width, height)
        start = QTextCursor(editor.document())
        start.setPosition(editor.textCursor().selectionStart())
        end = QTextCursor(editor.document())
        end.setPosition(editor.textCursor().selectionEnd())
        above = area.top() + editor.cursorRect(start).top() - self.height() - 4
        below = area.top() + editor.cursorRect(end).bottom() + 4
        lowest = area.bottom() - self.height() - 4
        top = above if above >= area.top() else below
        self.move(QPoint(area.left() + _MARGIN_PX, min(max(top, area.top() + 4), lowest)))
