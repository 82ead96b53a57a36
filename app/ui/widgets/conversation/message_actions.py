"""What can be done with a message: the bar that appears on it, and the arrows of alternatives."""

from __future__ import annotations

from enum import StrEnum
from functools import partial

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from app.ui.widgets.controls.parting import living
from app.ui.widgets.look.icons import IconButton

_AROUND_WORDS_PX = 16
_PADDING_PX = 10
FOOT_PX = 26
"""The room that an answer leaves for the bar, below its text."""


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
    (MessageAction.COPY, "copy", "Copy", "Copy this message"),
    (
        MessageAction.REGENERATE,
        "refresh",
        "Regenerate",
        "Regenerate; this answer is kept as a version",
    ),
    (MessageAction.EDIT, "pencil", "Edit", "Edit this message"),
    (MessageAction.BRANCH, "branch", "Branch", "Branch: continue from here in a new chat"),
    (MessageAction.PROMPT, "eye", "Show prompt", "Show the prompt exactly as the model reads it"),
    (MessageAction.DELETE, "trash", "Delete", "Delete this message"),
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
        self._is_answer = True
        self._buttons: dict[MessageAction, _ActButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for action, icon_name, words, tip in _OFFERED:
            button = _ActButton(icon_name, words, tip, name=f"message-{action}")
            button.clicked.connect(partial(self.chosen.emit, action))
            button.installEventFilter(self)
            self._buttons[action] = button
            row.addWidget(button)
        self.hide()

    @property
    def target(self) -> QWidget | None:
        """Return the message that the bar stands on."""
        return living(self._target)

    def show_for(self, message: QWidget, *, is_answer: bool, is_busy: bool) -> None:
        """Stand at the foot of a message, and stay there while it moves."""
        if message is not self.target:
            self._let_go()
            self._target = message
            message.installEventFilter(self)
        for action, button in self._buttons.items():
            button.setVisible(is_answer or action not in _FOR_ANSWERS)
            button.setEnabled(not is_busy or action in _WHILE_BUSY)
        self._is_answer = is_answer
        self._place()
        self.show()
        self.raise_()

    def leave(self) -> None:
        """Stand on no message; where the keyboard was on a button, it leaves too."""
        had_focus = self.has_focus
        self._let_go()
        self.hide()
        if had_focus:
            self.left.emit()

    def _let_go(self) -> None:
        target, self._target = self.target, None
        if target is not None:
            target.removeEventFilter(self)

    def _place(self) -> None:
        message = self.target
        if message is None:
            return
        # Not among all that the message holds: hundreds of blocks of code take milliseconds.
        direct = Qt.FindChildOption.FindDirectChildrenOnly
        foot = message.findChild(QWidget, "messageFoot", direct) if self._is_answer else None
        arrows = foot.findChild(Alternatives) if foot is not None else None
        left = arrows.sizeHint().width() + 4 if arrows is not None else 0
        shown = [button for button in self._buttons.values() if not button.isHidden()]
        is_narrow = left + sum(button.words_px for button in shown) > message.width()
        for button in self._buttons.values():
            button.set_narrow(is_narrow=is_narrow)
        self.adjustSize()
        if foot is not None:
            # The first word, not the edge of its button, stands below the text.
            x = left or -_PADDING_PX
            self.move(foot.mapTo(self._page, QPoint(x, (foot.height() - self.height()) // 2)))
        else:
            corner = message.mapTo(self._page, QPoint(message.width(), message.height()))
            self.move(corner.x() - self.width(), corner.y() - 3)

    @property
    def has_focus(self) -> bool:
        """Tell whether the keyboard is on one of the buttons."""
        return any(button.hasFocus() for button in self._buttons.values())

    def focus_first(self) -> None:
        """Give the keyboard to the first button; arrow keys go on, Esc leaves."""
        self.focus(MessageAction.COPY)

    def focus(self, action: MessageAction) -> None:
        """Give the keyboard to the button of an action."""
        self._buttons[action].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the message; walk along the buttons with the arrow keys."""
        if watched is self._target:
            if event.type() in (QEvent.Type.Move, QEvent.Type.Resize):
                QTimer.singleShot(0, self, self._place)  # its foot is placed after it
            return False
        if not isinstance(event, QKeyEvent) or event.type() is not QEvent.Type.KeyPress:
            return False
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
            return True
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            return False
        shown = [button for button in self._buttons.values() if button.isVisible()]
        if not shown:  # a key that was pressed just before the bar went
            return False
        at = next((n for n, button in enumerate(shown) if button is watched), 0)
        shown[(at + step) % len(shown)].setFocus(Qt.FocusReason.TabFocusReason)
        return True


class _ActButton(IconButton):
    """Says in a word what it does, or shows its icon where there is no room for words."""

    def __init__(self, icon_name: str, words: str, tip: str, *, name: str) -> None:
        super().__init__(icon_name, tip, object_name=name)
        self.setText(words)
        self.set_narrow(is_narrow=False)

    @property
    def words_px(self) -> int:
        """Return how wide the button is with its words; asking its style would cost a polish."""
        return self.fontMetrics().horizontalAdvance(self.text()) + _AROUND_WORDS_PX

    def set_narrow(self, *, is_narrow: bool) -> None:
        """Show the icon, or the word."""
        role = "icon" if is_narrow else "words"
        if self.property("role") != role:
            self.setProperty("role", role)
            styles = Qt.ToolButtonStyle
            self.setToolButtonStyle(
                styles.ToolButtonIconOnly if is_narrow else styles.ToolButtonTextOnly
            )
            self.style().unpolish(self)
            self.style().polish(self)
            self.updateGeometry()


class Alternatives(QWidget):
    """Arrows to the other messages that stand in one's place, around 1 / 3."""

    step_requested = Signal(int)

    def __init__(self, number: int, of: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("alternatives")
        self.setAccessibleName(f"Version {number} of {of}")
        self.before = IconButton("chevron-left", "Previous version", object_name="versionBefore")
        self.after = IconButton("chevron-right", "Next version", object_name="versionAfter")
        self.before.setEnabled(number > 1)
        self.after.setEnabled(number < of)
        self.before.clicked.connect(partial(self.step_requested.emit, -1))
        self.after.clicked.connect(partial(self.step_requested.emit, 1))
        label = QLabel(f"{number} / {of}")
        label.setProperty("role", "small")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(self.before)
        row.addWidget(label)
        row.addWidget(self.after)
        row.addStretch()
