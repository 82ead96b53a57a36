"""What our dialogs have in common: Enter presses nothing by accident, and they fit the screen.

Qt makes the first button of a dialog the one that Enter presses in any of its fields, whatever that
button does. Dialogs are made of `Dialog`, so that Enter presses only what is meant.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

_TITLE_BAR_PX = 40


class Dialog(QDialog):
    """Enter presses the button that has the focus, else `enter_button()`, else nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._enter_button: QPushButton | None = None

    def show_beside(
        self, choices: QWidget, shown: QWidget, *buttons: QPushButton, note: QLabel | None = None
    ) -> None:
        """Lay out what is chosen at the left of what it shows, with buttons below."""
        inside = QHBoxLayout()
        inside.setSpacing(12)
        inside.addWidget(choices)
        inside.addWidget(shown, 1)
        below = QHBoxLayout()
        if note is not None:
            below.addWidget(note, 1)
        else:
            below.addStretch()
        for button in buttons:
            below.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 12)
        column.setSpacing(12)
        column.addLayout(inside, 1)
        column.addLayout(below)

    def enter_button(self) -> QPushButton | None:
        """Return the button that Enter presses in a field; None for none."""
        return self._enter_button

    def set_enter_button(self, button: QPushButton) -> None:
        """Let Enter press this button in every field."""
        self._enter_button = button
        button.setProperty("role", "primary")

    def showEvent(self, event: QShowEvent) -> None:
        for button in self.findChildren(QPushButton):
            if button.window() is self:
                button.setAutoDefault(False)
        self._fit_screen()
        super().showEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if not is_enter or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
            return
        focused = self.focusWidget()
        button = focused if isinstance(focused, QPushButton | QToolButton) else self.enter_button()
        if button is not None and button.isVisible() and button.isEnabled():
            button.click()
        event.accept()

    def _fit_screen(self) -> None:
        room = self.screen().availableGeometry().size()
        room.setHeight(room.height() - _TITLE_BAR_PX)
        if self.width() > room.width() or self.height() > room.height():
            self.resize(self.size().boundedTo(room))
