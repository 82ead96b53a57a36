"""Keys of what is out of sight: a shortcut of a hidden widget is dead, so the window answers."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from app.ui.widgets.controls.commands import Offer


class StandInKeys:
    """Shortcuts that exist only while the widgets that have them are hidden."""

    def __init__(self, window: QWidget) -> None:
        self._window = window
        self._shortcuts: list[QShortcut] = []

    def fit(self, commands: Sequence[Offer]) -> None:
        """Stand in for those of these commands whose keys nothing in sight answers to."""
        for shortcut in self._shortcuts:
            shortcut.setEnabled(False)
            shortcut.setParent(None)
            shortcut.deleteLater()
        self._shortcuts = []
        dead, live = self._keys()
        for command in commands:
            keys = QKeySequence(command.keys).toString()
            if keys in dead - live:
                shortcut = QShortcut(QKeySequence(keys), self._window)
                shortcut.activated.connect(command.act)
                self._shortcuts.append(shortcut)

    def _keys(self) -> tuple[set[str], set[str]]:
        """Return the keys that hidden widgets have, and those that widgets in sight have."""
        dead: set[str] = set()
        live: set[str] = set()
        for shortcut in self._window.findChildren(QShortcut):
            owner = shortcut.parent()
            is_live = isinstance(owner, QWidget) and (
                owner is self._window or owner.isVisibleTo(self._window)
            )
            (live if is_live else dead).add(shortcut.key().toString())
        return dead, live
