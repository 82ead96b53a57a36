"""The menu of a chat's tags: each known tag can be set or taken away, and a new one made."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from app.ui.widgets.look.icons import icon
from app.ui.widgets.look.palette import colours


class TagMenu(QMenu):
    """Tells the tags that a chat is to have from now on."""

    changed = Signal(list)
    new_requested = Signal()
    filter_requested = Signal(str)  # what to search for

    def __init__(
        self, tags: Sequence[str], known: Sequence[str], parent: QWidget | None = None
    ) -> None:
        super().__init__("Tags", parent)
        self.setIcon(icon("tag", colours().muted))
        self._tags = list(tags)
        for tag in sorted({*known, *tags}, key=str.casefold):
            action = self.addAction(f"#{tag}".replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(tag in self._tags)
            action.toggled.connect(partial(self._set, tag))
        if not self.isEmpty():
            self.addSeparator()
        self.addAction("New tag…").triggered.connect(self.new_requested)
        for tag in self._tags:
            only = self.addAction(f"Show chats with #{tag}".replace("&", "&&"))
            only.triggered.connect(partial(self.filter_requested.emit, f"#{tag}"))

    def _set(self, tag: str, is_set: bool) -> None:  # noqa: FBT001 - a signal's
        others = [other for other in self._tags if other != tag]
        self.changed.emit([*others, tag] if is_set else others)
