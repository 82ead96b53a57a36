"""What every message on the screen has: who said it, arrows to alternatives, and an editor."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QWidget

from app.core.chats import StoredMessage
from app.core.messages import Role
from app.ui.widgets.controls.parting import living, part_with
from app.ui.widgets.conversation.message_actions import Alternatives
from app.ui.widgets.conversation.message_editor import MessageEditor
from app.ui.widgets.conversation.reading import Part


class MessageView(QWidget):
    """What both kinds of messages have: arrows to alternatives, an editor, and being pointed at."""

    pointed_at = Signal(object)  # itself
    step_requested = Signal(object, int)  # the message's id, by how many alternatives
    edited = Signal(object, str, bool)  # the message's id, its new text, whether to go on
    edit_ended = Signal(object, bool)  # itself, whether the editor had the keyboard

    def __init__(self, message: StoredMessage, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.message = message
        self._editor: MessageEditor | None = None
        self._hidden: list[QWidget] = []

    def text(self) -> str:
        """Return the message as it was said."""
        raise NotImplementedError

    def parts(self) -> list[Part]:
        """Return what is read of the message, first to last, drawn or not."""
        raise NotImplementedError

    @property
    def is_being_drawn(self) -> bool:
        """Tell whether more of it will be shown as soon as the window has time."""
        return False

    def words(self) -> str:
        """Return what of the message can be edited: all but its files."""
        return self.text()

    def with_words(self, words: str) -> str:
        """Return the whole message with other words, its files as they are."""
        return words

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.pointed_at.emit(self)

    @property
    def is_editing(self) -> bool:
        """Tell whether the text is being edited."""
        return self._editor is not None

    @property
    def unsaved(self) -> str | None:
        """Return what the user wrote in the editor so far, None where nothing was changed."""
        changed = self._editor.text() if self._editor is not None else self.words()
        return changed if changed != self.words() else None

    def edit(self, text: str | None = None) -> None:
        """Let the user edit the text in its place, or go on with what was written before."""
        layout = self.layout()
        if self._editor is not None or layout is None:
            return
        is_answer = self.message.role is Role.ASSISTANT
        self._editor = MessageEditor(self.words() if text is None else text, is_answer=is_answer)
        self._editor.cancelled.connect(self.end_edit)
        self._editor.saved.connect(self._save)
        items = [layout.itemAt(number) for number in range(layout.count())]
        widgets = [item.widget() for item in items if item is not None]
        self._hidden = [w for w in widgets if w is not None and not w.isHidden()]
        for widget in self._hidden:
            widget.hide()
        layout.addWidget(self._editor)
        if text is None:
            self._editor.editor.setFocus()

    def end_edit(self) -> None:
        """Show the message again."""
        editor, self._editor = self._editor, None
        if editor is not None:
            for widget in filter(None, map(living, self._hidden)):
                widget.show()
            # The keyboard goes first: else Qt gives it to the next control, and scrolls there.
            self.edit_ended.emit(self, editor.has_focus)
            part_with(editor)

    def _save(self, text: str, is_going_on: bool) -> None:  # noqa: FBT001 - a signal's
        self.end_edit()
        self.edited.emit(self.message.id, self.with_words(text), is_going_on)

    def _arrows(self) -> Alternatives | None:
        number, count = self.message.place
        if count < 2:
            return None
        arrows = Alternatives(number, count)
        arrows.step_requested.connect(lambda step: self.step_requested.emit(self.message.id, step))
        return arrows
