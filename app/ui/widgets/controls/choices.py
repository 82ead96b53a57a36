"""What a popup offers, and how a search finds it: the best match first, else the given order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

VALUE = Qt.ItemDataRole.UserRole + 1
DETAIL = Qt.ItemDataRole.UserRole + 2
ICON = Qt.ItemDataRole.UserRole + 3
MARK = Qt.ItemDataRole.UserRole + 4

_NOWHERE = QModelIndex()
_TOO_SHORT = 3
"""Fewer letters than these are not looked for within other names: nearly all have them."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A row: its words, a smaller detail at the right, and the value that is handed back.

    `more` are other words, in small letters, by which a search finds it; `tip` explains it.
    """

    words: str
    value: object
    detail: str = ""
    icon: str = ""
    is_current: bool = False
    more: tuple[str, ...] = ()
    tip: str = ""


class ChoiceModel(QAbstractListModel):
    """Holds choices and shows those that a search finds. 600 of them take 1 ms a search."""

    def __init__(self) -> None:
        super().__init__()
        self._all: tuple[Choice, ...] = ()
        self._found: list[Choice] = []

    def offer(self, choices: Sequence[Choice]) -> None:
        """Show these choices, all of them."""
        self._all = tuple(choices)
        self.search("")

    def search(self, text: str) -> None:
        """Show what a text finds, all where it is empty."""
        wanted = text.strip().lower()
        self.beginResetModel()
        if wanted:
            ranked = [(_rank(choice, wanted), choice) for choice in self._all]
            found = sorted(
                ((rank, choice) for rank, choice in ranked if rank is not None),
                key=lambda pair: pair[0],
            )
            self._found = [choice for _, choice in found]
        else:
            self._found = list(self._all)
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._found)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = 0) -> object:
        choice = self._found[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return choice.words
        if role == Qt.ItemDataRole.ToolTipRole:
            return choice.tip or choice.words
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return choice.detail
        by_role = {
            VALUE: choice.value,
            DETAIL: choice.detail,
            ICON: choice.icon,
            MARK: choice.is_current,
        }
        return by_role.get(role)


def _rank(choice: Choice, wanted: str) -> int | None:
    """Return how well a choice fits, 0 for best, None where it does not."""
    words = choice.words.lower()
    if wanted == words or wanted in choice.more:
        return 0
    if words.startswith(wanted):
        return 1
    if any(word.startswith(wanted) for word in words.split()):
        return 2
    if any(word.startswith(wanted) for word in choice.more):
        return 3
    if wanted in words:
        return 4
    if len(wanted) >= _TOO_SHORT and any(wanted in word for word in choice.more):
        return 5
    parts = wanted.split()
    if len(parts) > 1 and all(part in words for part in parts):
        return 6
    return None
