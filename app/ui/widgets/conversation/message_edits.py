"""Messages being edited: where the keyboard goes afterwards, and what of them is out of sight."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

from app.ui.widgets.controls.parting import living
from app.ui.widgets.conversation.message import MessageView


class MessageEdits(QObject):
    """Remembers what edits need while the messages themselves come and go."""

    def __init__(self, area: QScrollArea) -> None:
        super().__init__(area)
        self._area = area
        self._before: QWidget | None = None
        self._before_click: QWidget | None = None
        self._unsaved: dict[object, str] = {}
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._on_focus)

    def begin(self, view: MessageView, *, is_from_bar: bool) -> None:
        """Edit a message. From the bar's own keyboard, the keyboard goes back there."""
        before = QApplication.focusWidget()
        if before is self._area:  # the click on the bar's button brought it there
            before = self._before_click
        self._before = None if is_from_bar else before
        view.edit()

    def give_back(self) -> bool:
        """Give the keyboard to what had it before; tell whether that is still there."""
        before, self._before = living(self._before), None
        if before is None or not before.isVisible() or not before.isEnabled():
            return False
        before.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def keep(self, view: MessageView) -> None:
        """Keep what was written so far in a message that leaves the screen."""
        if view.unsaved is not None:
            self._unsaved[view.message.id] = view.unsaved

    def reopen(self, view: MessageView) -> None:
        """Go on with what was written in a message when it was on the screen before."""
        unsaved = self._unsaved.pop(view.message.id, None)
        if unsaved is not None:
            view.edit(unsaved)

    def _on_focus(self, old: QWidget | None, now: QWidget | None) -> None:
        if now is self._area and old is not None and not self._area.isAncestorOf(old):
            self._before_click = old
