"""Where the user writes: a text field that grows, and the button that sends or stops."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QMouseEvent, QResizeEvent, QTextCursor
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMenu,
    QVBoxLayout,
    QWidget,
)

from app.core.attachments import Attached
from app.core.commands import ATTACH_FILES, NEW_LINE, SEND, STOP_ANSWER, WRITE_MESSAGE
from app.ui.widgets.code.attached_files import Attachments
from app.ui.widgets.composer.action_menu import Action, ActionMenu
from app.ui.widgets.composer.draft_editor import DraftEditor
from app.ui.widgets.composer.placeholders import places
from app.ui.widgets.composer.unfilled import Unfilled
from app.ui.widgets.controls.buttons import text_button
from app.ui.widgets.controls.elided import Elided
from app.ui.widgets.controls.keys import answer_to, tooltip
from app.ui.widgets.look.amounts import tokens_text
from app.ui.widgets.look.icons import IconButton
from app.ui.widgets.look.measures import COLUMN_PX, MARGIN_PX

_HINT = f"{SEND.named_keys} to send, {NEW_LINE.named_keys} for a new line"


class Composer(QWidget):
    """The draft of the next message.

    `sent` does not empty the draft: whoever could send it calls `clear_draft`, so that a
    failure loses nothing.
    """

    sent = Signal(str)
    stop_requested = Signal()
    draft_changed = Signal(str)
    attach_requested = Signal()
    attach_folder_requested = Signal()
    files_given = Signal(list)  # paths, dropped or pasted
    template_used = Signal(str)  # the label of the language it asks for

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.attachments = Attachments()
        self.attach_button = self._make_attach_button()
        self.unfilled = Unfilled()
        self.unfilled.fill_requested.connect(self._fill)
        self.unfilled.send_requested.connect(self._send_as_it_is)
        self._is_busy = False
        self.editor = DraftEditor()
        self.editor.files_given.connect(self.files_given)
        self.editor.submitted.connect(self._send)
        self.editor.stopped.connect(self.stop)
        self.editor.textChanged.connect(self._on_draft)
        self.editor.menu_requested.connect(self._open_typed)
        self.editor.focus_changed.connect(self._show_focus)
        self.tokens = Elided()
        self.tokens.setObjectName("draftTokens")
        self.tokens.setProperty("role", "small")
        self.send_button = text_button("Send", "send", tooltip(SEND), role="primary")
        self.stop_button = text_button("Stop", "stop", tooltip(STOP_ANSWER), role="primary")
        self.send_button.clicked.connect(self._send)
        self.stop_button.clicked.connect(self.stop)
        self._card = self._make_card()
        row = QHBoxLayout(self)
        row.setContentsMargins(MARGIN_PX, 4, MARGIN_PX, 16)
        row.addStretch(1)
        row.addWidget(self._card, 1000)
        row.addStretch(1)
        answer_to(WRITE_MESSAGE, self, self.editor.setFocus)
        self._actions: Callable[[], Sequence[Action]] = tuple
        self._is_typed = False
        self.menu = ActionMenu(self)
        self.menu.chosen.connect(self.do)
        self.menu.left.connect(self._on_menu_left)
        self.setFocusProxy(self.editor)
        self.set_draft_tokens(0)
        self.set_busy(is_busy=False)

    def draft(self) -> str:
        """Return the text as typed."""
        return self.editor.toPlainText()

    def set_draft(self, text: str) -> None:
        """Put `text` in place of the draft, the cursor at its end."""
        self.editor.setPlainText(text)
        cursor = self.editor.textCursor()
        cursor.movePosition(cursor.MoveOperation.End)
        self.editor.setTextCursor(cursor)

    def show_draft(self, text: str) -> None:
        """Show a draft that was kept; one that stands there already keeps its cursor."""
        if text != self.draft():
            self.set_draft(text)

    def give_back(self, text: str) -> None:
        """Put an unsent question back, unless the user writes another one already."""
        if not self.draft():
            self.set_draft(text)

    def show_output(self, name: str) -> None:
        """Say that answers are documents of one format; an empty name: they are not."""
        self.editor.set_output(name)

    def set_actions(self, source: Callable[[], Sequence[Action]]) -> None:
        """Offer in the menu what `source` gives; it is asked when the menu opens."""
        self._actions = source

    def open_menu(self) -> None:
        """Show what can be asked for."""
        self._is_typed = False
        self.menu.open_above(self._card, self._actions())

    def do(self, action: object) -> None:
        """Put an action's text into the draft, its first place to fill selected, or do it."""
        assert isinstance(action, Action)
        self.editor.setFocus()
        if action.act is not None:
            action.act()
            return
        self.editor.moveCursor(QTextCursor.MoveOperation.End)
        start = self.editor.textCursor().position()
        self.editor.insertPlainText(f"\n\n{action.text}" if self.draft().strip() else action.text)
        cursor = self.editor.textCursor()
        cursor.setPosition(start)
        self.editor.setTextCursor(cursor)
        self.editor.select_place()
        self.template_used.emit(action.language)

    def clear_draft(self) -> None:
        self.editor.clear()

    def set_busy(self, *, is_busy: bool) -> None:
        """Show Stop in place of Send while an answer is being written."""
        had_focus = self.stop_button.hasFocus() or self.send_button.hasFocus()
        self._is_busy = is_busy
        self.send_button.setVisible(not is_busy)
        self.stop_button.setVisible(is_busy)
        self._show_ready()
        if had_focus:
            self.editor.setFocus()

    def set_draft_tokens(self, tokens: int, *, too_many: bool = False) -> None:
        """Show how long the draft is; `too_many` says that it does not fit the context."""
        words = f"Draft {tokens_text(tokens)}" if tokens else _HINT
        self.tokens.setText(f"{words}, more than the context holds" if too_many else words)
        self.tokens.setProperty("tone", "warning" if too_many else "")
        self.tokens.style().polish(self.tokens)
        self.tokens.setAccessibleName(self.tokens.text())
        self._fit_hint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        QTimer.singleShot(0, self, self._fit_hint)  # once the row has its widths

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Write after a click anywhere on the card, not only on the line of text."""
        if self._card.geometry().contains(event.position().toPoint()):
            self.editor.setFocus(Qt.FocusReason.MouseFocusReason)
        super().mousePressEvent(event)

    def _fit_hint(self) -> None:
        """Say how to send where there is room for all of it, or for the half that matters."""
        if self.tokens.accessibleName() == _HINT:
            room, measure = self.tokens.width(), self.tokens.fontMetrics().horizontalAdvance
            fitting = (words for words in (_HINT, "Enter sends") if measure(words) <= room)
            self.tokens.setText(next(fitting, ""))

    def show_attachments(self, attached: Sequence[Attached]) -> None:
        """Show the files that go with the draft, with their token counts."""
        self.attachments.show_files(attached)
        self._show_ready()

    def _make_attach_button(self) -> IconButton:
        button = IconButton("attach", "Attach files or a folder", object_name="attach")
        button.setToolTip(f"{tooltip(ATTACH_FILES)} or a folder; you can also drop them here")
        menu = QMenu(button)
        menu.setObjectName("attachMenu")
        files = menu.addAction("Attach files…", self.attach_requested.emit)
        files.setShortcut(QKeySequence(ATTACH_FILES.keys))
        files.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)  # the window has it already
        menu.addAction("Attach a folder…", self.attach_folder_requested.emit)
        # Not the button's own menu: Qt would run that in an event loop of its own.
        button.clicked.connect(lambda: menu.popup(_above(button, menu)))
        return button

    def _make_card(self) -> QFrame:
        card = QFrame()
        card.setObjectName("composerCard")
        card.setMaximumWidth(COLUMN_PX)
        below = QHBoxLayout()
        below.setSpacing(8)
        below.addWidget(self.attach_button)
        below.addWidget(self.tokens, 1)
        below.addWidget(self.send_button)
        below.addWidget(self.stop_button)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(14, 12, 12, 10)
        inside.setSpacing(8)
        inside.addWidget(self.attachments)
        inside.addWidget(self.unfilled)
        inside.addWidget(self.editor)
        inside.addLayout(below)
        return card

    def _send(self) -> None:
        unfilled = self._unfilled_places()
        if unfilled and self._can_be_sent():
            self.unfilled.ask(unfilled)
            self._fill()
        else:
            self._send_as_it_is()

    def _send_as_it_is(self) -> None:
        if self._can_be_sent():
            self.unfilled.hide()
            self.editor.setFocus()
            self.sent.emit(self.draft())

    def _can_be_sent(self) -> bool:
        return self._has_something() and not self._is_busy

    def _fill(self) -> None:
        """Go to the first place that is to be filled in."""
        self.editor.setFocus()
        self.editor.moveCursor(QTextCursor.MoveOperation.Start)
        self.editor.select_place()

    def _unfilled_places(self) -> list[str]:
        """Return the places of our templates that still stand in the draft.

        Others are what the user wrote, such as French quotation marks.
        """
        draft = self.draft()
        found = dict.fromkeys(draft[start:end] for start, end in places(draft))
        if not found:
            return []
        texts = [action.text for action in self._actions()]
        known = {text[start:end] for text in texts for start, end in places(text)}
        return [place for place in found if place in known]

    def _open_typed(self) -> None:
        self.open_menu()
        self._is_typed = True

    def _on_menu_left(self, text: str) -> None:
        """No action was chosen: what was typed is the beginning of a message."""
        if self._is_typed and not self.draft():
            self.editor.insertPlainText(f"/{text}")
        self.editor.setFocus()

    def stop(self) -> None:
        """Ask for the answer to be stopped, where one is being written."""
        if self._is_busy:
            self.stop_requested.emit()

    def _on_draft(self) -> None:
        self.unfilled.hide()
        self._show_ready()
        self.draft_changed.emit(self.draft())

    def _show_ready(self) -> None:
        self.send_button.setEnabled(self._has_something())

    def _has_something(self) -> bool:
        return bool(self.draft().strip()) or not self.attachments.isHidden()

    def _show_focus(self) -> None:
        self._card.setProperty("active", self.editor.hasFocus())
        self._card.style().polish(self._card)


def _above(widget: QWidget, menu: QMenu) -> QPoint:
    """Return where a menu stands on a widget, as it is at the foot of the window."""
    return widget.mapToGlobal(QPoint(0, -menu.sizeHint().height() - 4))
