"""Buttons with words on them, which have a name for scripts and for those who do not see."""

from __future__ import annotations

from PySide6.QtWidgets import QAbstractButton, QPushButton

from app.core.commands import Command
from app.ui.widgets.controls.keys import answer_to


def text_button(words: str, name: str, tip: str = "", *, role: str = "") -> QPushButton:
    """Return a button; `role` names its look in the style sheet."""
    button = QPushButton(words)
    button.setObjectName(name)
    button.setAccessibleName(words)
    button.setToolTip(tip or words)
    if role:
        button.setProperty("role", role)
    return button


def click_at(button: QAbstractButton, command: Command) -> None:
    """Let a command's keys click a button at once.

    A button's own shortcut plays an animated click, which acts a tenth of a second later: what is
    typed meanwhile goes where it should not.
    """
    answer_to(command, button, button.click)
