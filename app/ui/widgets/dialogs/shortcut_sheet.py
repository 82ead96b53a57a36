"""The sheet of keys (F1): every command that has keys, in two columns, to be searched."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.core.commands import LEAVE, SHOW_KEYS
from app.ui.widgets.controls.buttons import text_button
from app.ui.widgets.controls.commands import Offer
from app.ui.widgets.controls.dialog import Dialog
from app.ui.widgets.controls.keys import answer_to, tooltip
from app.ui.widgets.controls.parting import part_with
from app.ui.widgets.controls.search_field import SearchField
from app.ui.widgets.look.fonts import scaled

_ABOVE_HEADING_PX = 12
_SIZE = QSize(820, 620)
Rows = list[tuple[str, list[Offer]]]
"""Groups with their commands."""


class ShortcutSheet(Dialog):
    """All keys on one page; F1 or Esc closes it."""

    def __init__(self, commands: Sequence[Offer], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("shortcutSheet")
        self.setWindowTitle("Keyboard shortcuts")
        self._commands = [command for command in commands if command.keys]
        self.search = SearchField("Search by name or key")
        self.search.setObjectName("shortcutSearch")
        self.search.textChanged.connect(self._show)
        self._nothing = QLabel("No matches")
        self._nothing.setProperty("role", "muted")
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QScrollArea.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        close = text_button("Close", "closeSheet", tooltip(LEAVE))
        close.clicked.connect(self.accept)
        below = QHBoxLayout()
        below.addStretch()
        below.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 12)
        column.setSpacing(12)
        column.addWidget(self.search)
        column.addWidget(self._nothing)
        column.addWidget(self._area, 1)
        column.addLayout(below)
        self._show("")
        room = parent.size() if parent is not None else _SIZE
        self.resize(QSize(scaled(_SIZE.width()), scaled(_SIZE.height())).boundedTo(room))
        self.search.setFocus()
        answer_to(SHOW_KEYS, self, self.accept)

    def _show(self, text: str) -> None:
        groups = _grouped(_found(self._commands, text))
        page = QWidget()
        page.setProperty("role", "page")
        columns = QHBoxLayout(page)
        columns.setContentsMargins(8, 4, 16, 4)
        columns.setSpacing(40)
        for half in _halves(groups):
            columns.addLayout(_column(half), 1)
        before = self._area.takeWidget()
        if before is not None:
            part_with(before)
        self._area.setWidget(page)
        self._nothing.setVisible(not groups)


def _found(commands: Sequence[Offer], text: str) -> list[Offer]:
    """Return the commands that have all words of a search in their name, group or keys."""
    words = text.casefold().split()
    return [
        command
        for command in commands
        if all(
            word in f"{command.group} {command.words} {command.shown_keys}".casefold()
            for word in words
        )
    ]


def _grouped(commands: Sequence[Offer]) -> Rows:
    groups: dict[str, list[Offer]] = {}
    for command in commands:
        groups.setdefault(command.group, []).append(command)
    return list(groups.items())


def _halves(groups: Rows) -> tuple[Rows, Rows]:
    """Divide into two columns of about one height; a long group goes on in the second."""
    total = sum(len(commands) + 1 for _, commands in groups)
    left: Rows = []
    right: Rows = []
    room = (total + 1) // 2
    for group, commands in groups:
        fits = max(room - 1, 0)
        if right or not fits:
            right.append((group, commands))
            continue
        if len(commands) - fits in (1, 2):  # two rows alone are no group
            fits = len(commands)
        left.append((group, commands[:fits]))
        room -= len(commands[:fits]) + 1
        if commands[fits:]:
            right.append((group, commands[fits:]))
    return left, right


def _column(groups: Rows) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(7)
    grid.setColumnStretch(0, 1)
    for number, (group, commands) in enumerate(groups):
        heading = QLabel(group)
        heading.setProperty("role", "strong")
        heading.setContentsMargins(0, _ABOVE_HEADING_PX if number else 0, 0, 0)
        grid.addWidget(heading, grid.rowCount(), 0, 1, 2)
        for command in commands:
            row = grid.rowCount()
            keys = QLabel(command.shown_keys)
            keys.setProperty("role", "muted")
            words = QLabel(command.words)
            words.setWordWrap(True)
            grid.addWidget(words, row, 0)
            grid.addWidget(keys, row, 1, Qt.AlignmentFlag.AlignRight)
    grid.setRowStretch(grid.rowCount(), 1)
    return grid
