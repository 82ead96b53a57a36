"""What can be done with a message: the bar that appears on it, and the arrows of alternatives."""

from __future__ import annotations

from enum import StrEnum
from functools import partial

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from app.ui.widgets.icons import IconButton

_ABOVE_PX = 24  # the bar stands above its message, in the gap


class MessageAction(StrEnum):
    """What a user may want of a message."""

    COPY = "copy"
    EDIT = "edit"
    REGENERATE = "regenerate"
    CONTINUE = "continue"
    BRANCH = "branch"
    PROMPT = "prompt"
    DELETE = "delete"


_OFFERED = (
    (MessageAction.COPY, "copy", "Copy this message"),
    (MessageAction.EDIT, "pencil", "Edit this message"),
    (MessageAction.REGENERATE, "refresh", "Write another answer; this one is kept"),
    (MessageAction.BRANCH, "branch", "Branch: go on from here in a new chat"),
    (MessageAction.PROMPT, "eye", "Show what the model sees"),
    (MessageAction.DELETE, "trash", "Delete this message"),
)
_FOR_ANSWERS = (MessageAction.REGENERATE, MessageAction.PROMPT)
_WHILE_BUSY = (MessageAction.COPY,)


class ActionBar(QFrame):
    """One bar for all messages: it stands on the message under the mouse or the keyboard.

    A bar for each message would be thousands of buttons in a long chat.
    """

    chosen = Signal(MessageAction)
    left = Signal()

    def __init__(self, page: QWidget) -> None:
        super().__init__(page)
        self._page = page
        self.setObjectName("messageActions")
        self.setAccessibleName("Message actions")
        self._target: QWidget | None = None
        self._buttons: dict[MessageAction, IconButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 1, 2, 1)
        row.setSpacing(0)
        for action, icon_name, words in _OFFERED:
            button = IconButton(icon_name, words, object_name=f"message-{action}")
            button.clicked.connect(partial(self.chosen.emit, action))
            button.installEventFilter(self)
            self._buttons[action] = button
            row.addWidget(button)
        self.hide()

    @property
    def target(self) -> QWidget | None:
        """Return the message that the bar stands on."""
        return self._target

    def show_for(self, message: QWidget, *, is_answer: bool, is_busy: bool) -> None:
        """Stand on a message."""
        self._target = message
        for action, button in self._buttons.items():
            button.setVisible(is_answer or action not in _FOR_ANSWERS)
            button.setEnabled(not is_busy or action in _WHILE_BUSY)
        self.adjustSize()
        corner = message.mapTo(self._page, QPoint(message.width(), 0))
        self.move(corner.x() - self.width() - 4, max(corner.y() - _ABOVE_PX, 0))
        self.show()
        self.raise_()

    def leave(self) -> None:
        """Stand on no message."""
        self._target = None
        self.hide()

    def leave_unless_focused(self) -> None:
        """Go when the mouse goes, but not from under the keyboard."""
        if not any(button.hasFocus() for button in self._buttons.values()):
            self.leave()

    def focus_first(self) -> None:
        """Give the keyboard to the first button; arrow keys go on, Esc leaves."""
        self._buttons[MessageAction.COPY].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Walk along the buttons with the arrow keys."""
        if not isinstance(event, QKeyEvent) or event.type() is not QEvent.Type.KeyPress:
            return False
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
            self.left.emit()
            return True
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            return False
        shown = [button for button in self._buttons.values() if button.isVisible()]
        at = next((n for n, button in enumerate(shown) if button is watched), 0)
        shown[(at + step) % len(shown)].setFocus(Qt.FocusReason.TabFocusReason)
        return True


class Alternatives(QWidget):
    """Arrows to the other messages that stand in one's place, around 1/3."""

    step_requested = Signal(int)

    def __init__(self, number: int, of: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("alternatives")
        self.setAccessibleName(f"Version {number} of {of}")
        self.before = IconButton("chevron-left", "The version before", object_name="versionBefore")
        self.after = IconButton("chevron-right", "The version after", object_name="versionAfter")
        self.before.setEnabled(number > 1)
        self.after.setEnabled(number < of)
        self.before.clicked.connect(partial(self.step_requested.emit, -1))
        self.after.clicked.connect(partial(self.step_requested.emit, 1))
        label = QLabel(f"{number}/{of}")
        label.setProperty("role", "small")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(self.before)
        row.addWidget(label)
        row.addWidget(self.after)
        row.addStretch()
