"""The list of chats: opens one by a click or by the arrow keys, and by nothing else."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QListWidget

from app.ui.widgets.controls.stray_keys import is_writing


class ChatListView(QListWidget):
    """Leaves letters to whoever wants them: Qt would open the chat whose title begins with one.

    Nor does it open a chat because it gets the focus: Qt would choose the first row then.
    """

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if is_writing(event) and self.state() is not QListWidget.State.EditingState:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        if self.currentRow() >= 0:
            super().focusInEvent(event)
            return
        with QSignalBlocker(self):
            super().focusInEvent(event)
            self.setCurrentRow(-1)
