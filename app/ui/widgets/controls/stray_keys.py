"""Keys that nobody took: what one writes goes to where one writes."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QPlainTextEdit

_COMMANDS = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)


def is_writing(event: QKeyEvent) -> bool:
    """Tell whether a key writes something; the space bar presses buttons and scrolls as well."""
    text = event.text()
    return bool(text.strip()) and text.isprintable() and not event.modifiers() & _COMMANDS


def write_into(editor: QPlainTextEdit, event: QKeyEvent) -> bool:
    """Let a key that nobody took write, or paste, into `editor`; tell whether it does."""
    if not is_writing(event) and not event.matches(QKeySequence.StandardKey.Paste):
        return False
    editor.setFocus(Qt.FocusReason.ShortcutFocusReason)
    QApplication.sendEvent(editor, event)
    return True
