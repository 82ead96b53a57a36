"""Buttons with words on them, which have a name for scripts and for those who do not see."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton


def text_button(words: str, name: str, tip: str = "", *, role: str = "") -> QPushButton:
    """Return a button; `role` names its look in the style sheet."""
    button = QPushButton(words)
    button.setObjectName(name)
    button.setAccessibleName(words)
    button.setToolTip(tip or words)
    if role:
        button.setProperty("role", role)
    return button
