"""The left side of the snippets: search as one types, and what was found."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.core.snippets import Snippet
from app.ui.widgets.code.token_kinds import language_label
from app.ui.widgets.controls.buttons import text_button
from app.ui.widgets.controls.rows import EXCERPT_ROLE, HEADING_ROLE, ChatRowDelegate
from app.ui.widgets.controls.search_field import SearchField

WIDTH = 272
MOST_ROWS = 200
"""Rows that are shown: 2,000 would hold the window up for 70 ms at each key."""
_EMPTY = "Saved snippets appear here"


class SnippetList(QWidget):
    """Snippets as rows; tells which one is chosen."""

    search_changed = Signal(str)
    chosen = Signal(object)  # a Snippet, or None
    import_requested = Signal()
    export_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(WIDTH)
        self._snippets: dict[int, Snippet] = {}
        self.search = SearchField("Search snippets, or #tag")
        self.search.setObjectName("snippetSearch")
        self.search.setToolTip(
            "Searches names, code, languages and models; #tag finds snippets with that tag"
        )
        self.search.textChanged.connect(self.search_changed)
        self.search.went_down.connect(self._enter_rows)
        self.rows = QListWidget()
        self.rows.setObjectName("snippetList")
        self.rows.setAccessibleName("Snippets")
        self.rows.setItemDelegate(ChatRowDelegate(self.rows))
        self.rows.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.rows.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.rows.setMouseTracking(True)
        self.rows.currentItemChanged.connect(lambda: self.chosen.emit(self.current()))
        import_ = text_button("Import…", "importSnippets", "Add snippets from an exported file")
        export = text_button("Export all…", "exportSnippets", "Save the listed snippets to a file")
        import_.clicked.connect(self.import_requested)
        export.clicked.connect(self.export_requested)
        below = QHBoxLayout()
        below.addWidget(import_)
        below.addWidget(export)
        below.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addWidget(self.search)
        column.addWidget(self.rows, 1)
        column.addLayout(below)

    def show_snippets(self, snippets: Sequence[Snippet]) -> None:
        """Show these; the chosen one stays chosen where it is among them, else the first is."""
        before = self.current()
        self._snippets = {snippet.id: snippet for snippet in snippets}
        with QSignalBlocker(self.rows):
            self.rows.clear()
            for snippet in snippets[:MOST_ROWS]:
                self.rows.addItem(_row(snippet))
            if len(snippets) > MOST_ROWS:
                more = len(snippets) - MOST_ROWS
                self.rows.addItem(_heading(f"{more:,} more: search for them"))
            if not snippets:
                wanted = self.search.text().strip()
                self.rows.addItem(_heading(f"No results for “{wanted}”" if wanted else _EMPTY))
        self.select(before.id if before is not None else 0)

    def _enter_rows(self) -> None:
        if self._snippets:
            self.rows.setFocus()

    def current(self) -> Snippet | None:
        """Return the chosen snippet."""
        item = self.rows.currentItem()
        return self._snippets.get(item.data(Qt.ItemDataRole.UserRole)) if item else None

    def all(self) -> list[Snippet]:
        """Return what was found, also where not all of it is shown."""
        return list(self._snippets.values())

    def select(self, snippet_id: int) -> None:
        """Choose a snippet, or the first one where it is not listed; it is always told."""
        shown = list(self._snippets)[:MOST_ROWS]
        row = shown.index(snippet_id) if snippet_id in shown else 0
        with QSignalBlocker(self.rows):
            self.rows.setCurrentRow(row if self._snippets else -1)
        self.chosen.emit(self.current())


def _row(snippet: Snippet) -> QListWidgetItem:
    item = QListWidgetItem(snippet.name)
    item.setData(Qt.ItemDataRole.UserRole, snippet.id)
    words = [language_label(snippet.language), *(f"#{tag}" for tag in snippet.tags)]
    item.setData(EXCERPT_ROLE, "  ".join(words))
    item.setToolTip(snippet.name)
    return item


def _heading(words: str) -> QListWidgetItem:
    item = QListWidgetItem(words)
    item.setData(HEADING_ROLE, True)  # noqa: FBT003
    item.setFlags(Qt.ItemFlag.NoItemFlags)
    return item
