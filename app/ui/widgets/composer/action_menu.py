"""The menu that "/" opens in an empty draft: prompt templates, and what else can be done there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPoint, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QWidget

from app.ui.widgets.controls.popup import Choice, Popup

_LEAST_WIDTH = 380


@dataclass(frozen=True, slots=True)
class Action:
    """An entry: its `text` goes into the draft, or `act` is called.

    `language` is the label of the language that the text asks for, `more` are other words to
    find it by.
    """

    name: str
    description: str
    text: str = ""
    act: Callable[[], object] | None = None
    language: str = ""
    more: tuple[str, ...] = ()


class ActionMenu(Popup):
    """Finds an action by typing on. `left` hands back what was typed where none was chosen."""

    left = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, width=_LEAST_WIDTH, search_words="Search templates and actions")
        self.setObjectName("actionMenu")
        self.setAccessibleName("Actions and templates")
        self._is_chosen = False

    def open_above(self, widget: QWidget, actions: Sequence[Action]) -> None:
        """Show the actions over a widget."""
        self._is_chosen = False
        choices = [
            Choice(
                action.name,
                action,
                action.description,
                more=(action.language, *action.more) if action.language else action.more,
                tip=action.text or action.description,
            )
            for action in actions
        ]
        self._width = max(widget.width(), _LEAST_WIDTH)
        self.fit(len(choices))
        self.open_at(widget.mapToGlobal(QPoint(0, -self.height() - 6)), choices)

    def fit(self, rows: int) -> None:
        """Stand on what it was opened above, whatever its height."""
        bottom = self.y() + self.height()
        super().fit(rows)
        if self.isVisible():
            self.move(self.x(), bottom - self.height())

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if not self._is_chosen:
            self._is_chosen = True
            self.left.emit(self.search.text())

    def _on_search(self, text: str) -> None:
        super()._on_search(text)
        if text.count(" ") + text.count("/") and not self.view.model().rowCount():
            self.close()  # a path or a sentence that begins with a slash, not an action

    def _choose(self, index: QModelIndex) -> None:
        self._is_chosen = index.isValid()
        self.close()
        super()._choose(index)
