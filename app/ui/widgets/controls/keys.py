"""Keys of commands in a window: as the platform writes them, in tooltips, and answered to."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from app.core.commands import Command, as_on_the_keys


def shown_keys(command: Command) -> str:
    """Return the keys as this platform writes them, and Enter as it stands on the key."""
    shown = QKeySequence(command.keys).toString(QKeySequence.SequenceFormat.NativeText)
    return as_on_the_keys(shown)


def tooltip(command: Command, words: str = "") -> str:
    """Return what a control says of a command that it does, with the keys.

    `words` say it where the control's own case is narrower than the command's tip.
    """
    return f"{words or command.says} ({shown_keys(command)})"


def answer_to(command: Command, owner: QWidget, act: Callable[[], object]) -> QShortcut:
    """Let a command's keys do something while `owner` is in sight in the window in front."""
    return QShortcut(QKeySequence(command.keys), owner, act)
