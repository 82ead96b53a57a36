"""Commands: everything that can be done, by name, with the keys that do it.

The palette searches them and the sheet of keys lists them, so neither can forget one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import (
    QWidget,
)

from app.core.commands import Command
from app.ui.widgets.controls.keys import answer_to, shown_keys
from app.ui.widgets.controls.popup import Choice, Popup

_WIDTH = 520


@dataclass(frozen=True, slots=True)
class Offer:
    """A command that can be done now. Where `is_bound`, a widget answers to its keys already."""

    command: Command
    act: Callable[[], object]
    is_bound: bool = False

    @property
    def group(self) -> str:
        return self.command.group

    @property
    def words(self) -> str:
        return self.command.words

    @property
    def keys(self) -> str:
        return self.command.keys

    @property
    def shown_keys(self) -> str:
        """Return the keys as this platform writes them."""
        return shown_keys(self.command)


def bind(commands: Sequence[Offer], owner: QWidget) -> None:
    """Let the keys of commands work while `owner`'s window is in front."""
    for command in commands:
        if command.keys and not command.is_bound:
            answer_to(command.command, owner, command.act)


class CommandPalette(Popup):
    """Searches commands by their words; Enter does the chosen one."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, width=_WIDTH, search_words="Type a command")
        self.setObjectName("commandPalette")
        self.setAccessibleName("Command palette")
        self._window = parent
        self.chosen.connect(self._do)

    def open_with(self, commands: Sequence[Offer]) -> None:
        """Offer these commands, in the upper middle of the window."""
        choices = [
            Choice(f"{command.group}: {command.words}", command, detail=command.shown_keys)
            for command in commands
        ]
        self.open_at(
            self._window.mapToGlobal(QPoint((self._window.width() - _WIDTH) // 2, 64)), choices
        )

    def _do(self, command: object) -> None:
        assert isinstance(command, Offer)
        command.act()
