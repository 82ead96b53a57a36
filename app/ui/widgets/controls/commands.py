"""Commands: everything that can be done, by name, with the keys that do it.

The palette (Ctrl+Shift+P) searches them and the sheet (F1) lists them, so neither can forget one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QWidget,
)

from app.ui.widgets.controls.popup import Choice, Popup

_WIDTH = 520


@dataclass(frozen=True, slots=True)
class Command:
    """Something to do. Where `is_bound`, a widget answers to the keys already."""

    group: str
    words: str
    act: Callable[[], object]
    keys: str = ""
    is_bound: bool = False

    @property
    def shown_keys(self) -> str:
        """Return the keys as this platform writes them, and Enter as it stands on the key."""
        shown = QKeySequence(self.keys).toString(QKeySequence.SequenceFormat.NativeText)
        return shown.replace("Return", "Enter")


def bind(commands: Sequence[Command], owner: QWidget) -> None:
    """Let the keys of commands work while `owner`'s window is in front."""
    for command in commands:
        if command.keys and not command.is_bound:
            shortcut = QShortcut(QKeySequence(command.keys), owner)
            shortcut.activated.connect(command.act)


class CommandPalette(Popup):
    """Searches commands by their words; Enter does the chosen one."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, width=_WIDTH, search_words="Type a command")
        self.setObjectName("commandPalette")
        self.setAccessibleName("Command palette")
        self._window = parent
        self.chosen.connect(self._do)

    def open_with(self, commands: Sequence[Command]) -> None:
        """Offer these commands, in the upper middle of the window."""
        choices = [
            Choice(f"{command.group}: {command.words}", command, detail=command.shown_keys)
            for command in commands
        ]
        self.open_at(
            self._window.mapToGlobal(QPoint((self._window.width() - _WIDTH) // 2, 64)), choices
        )

    def _do(self, command: object) -> None:
        assert isinstance(command, Command)
        command.act()
