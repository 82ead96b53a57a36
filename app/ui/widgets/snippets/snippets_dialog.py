"""The snippets: a window beside the chat, so that several can be put in one after another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.core.errors import AppError
from app.core.hunks import Hunk
from app.core.snippets import RanAgain, Snippet
from app.ui.widgets.controls.cards import NoticePlace
from app.ui.widgets.controls.dialog import Dialog
from app.ui.widgets.controls.questions import ask_open, ask_save
from app.ui.widgets.controls.undo_bar import UndoBar
from app.ui.widgets.snippets.snippet_list import SnippetList
from app.ui.widgets.snippets.snippet_page import SnippetPage

_SIZE = QSize(980, 660)
_KIND = "Exported snippets (*.json)"


class SnippetsDialog(Dialog):
    """The view of `app.ui.presenters.snippets`; Esc closes it."""

    search_changed = Signal(str)
    chosen = Signal(object)  # the Snippet
    insert_requested = Signal(str, str)  # the text, its language
    changed = Signal(object)
    delete_requested = Signal(object)
    export_chosen = Signal(list, Path)  # the Snippets, where to
    import_chosen = Signal(Path)
    run_requested = Signal(object)
    stop_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("snippetsDialog")
        self.setWindowTitle("Snippets")
        self.resize(_SIZE)
        self.list = SnippetList()
        self.page = SnippetPage()
        self.undo_bar = UndoBar()
        self.list.search_changed.connect(self.search_changed)
        self.list.chosen.connect(self._show)
        self.list.import_requested.connect(self._ask_import)
        self.list.export_requested.connect(lambda: self._ask_export(self.list.all()))
        self.page.insert_requested.connect(self.insert_requested)
        self.page.changed.connect(self.changed)
        self.page.delete_requested.connect(self.delete_requested)
        self.page.export_requested.connect(lambda snippet: self._ask_export([snippet]))
        self.page.run_requested.connect(self.run_requested)
        self.page.stop_requested.connect(self.stop_requested)
        line = QFrame()
        line.setProperty("role", "hairline")
        line.setFixedWidth(1)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.list)
        row.addWidget(line)
        row.addWidget(self.page, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row, 1)
        column.addWidget(self.undo_bar)
        self._problem = NoticePlace(column, row=0)

    def open_list(self) -> None:
        """Come to the front, ready to search."""
        self.show()
        self.raise_()
        self.activateWindow()
        self.list.search.setFocus()
        self.list.search.selectAll()
        self.search_changed.emit(self.list.search.text())

    # --- what the presenter says ---------------------------------------------------------

    def show_snippets(self, snippets: Sequence[Snippet]) -> None:
        """List these."""
        self.list.show_snippets(snippets)

    def select_snippet(self, snippet_id: int) -> None:
        """Choose one of the list."""
        self.list.select(snippet_id)

    def show_facts(self, snippet_id: int, facts: Sequence[tuple[str, str]]) -> None:
        """Show where the chosen snippet came from."""
        current = self.list.current()
        if current is not None and current.id == snippet_id:
            self.page.show_facts(facts)

    def show_activity(self, text: str) -> None:
        """Say how far running again is."""
        self.page.run.show_activity(text)

    def show_result(self, result: RanAgain, hunks: Sequence[Hunk]) -> None:
        """Say what came of running again."""
        self.page.run.show_result(result, hunks)

    def show_run_error(self, error: AppError) -> None:
        """Say why it could not run again."""
        self.page.run.show_error(error)

    def end_run(self) -> None:
        """Running again was stopped."""
        self.page.run.clear()

    def show_problem(self, error: AppError) -> None:
        """Say what went wrong, until something else does or the list is used again."""
        self._problem.show(str(error))

    def clear_problem(self) -> None:
        """What went wrong is over."""
        self._problem.clear()

    def offer_undo(self, text: str, undo: Callable[[], None]) -> None:
        """Say what was done and offer to undo it."""
        self.undo_bar.offer(text, undo)

    # --- what the user does --------------------------------------------------------------

    def enter_button(self) -> QPushButton | None:
        """Return Save while a snippet is edited, for Enter in its name, language or tags."""
        focused = self.focusWidget()
        is_in_page = focused is not None and self.page.isAncestorOf(focused)
        return self.page.save_button if self.page.is_editing and is_in_page else None

    def done(self, result: int) -> None:
        """Close, by Esc or by the window's button; what was edited is kept."""
        self.page.save()
        self.stop_requested.emit()
        super().done(result)

    def _show(self, snippet: Snippet | None) -> None:
        self.page.show_snippet(snippet)
        if snippet is not None:
            self.chosen.emit(snippet)

    def _ask_import(self) -> None:
        ask_open(self, "Import snippets", _KIND, self.import_chosen.emit)

    def _ask_export(self, snippets: list[Snippet]) -> None:
        name = snippets[0].name if len(snippets) == 1 else "snippets"
        name = "".join(c if c.isalnum() or c in " -_" else "_" for c in name).strip() or "snippets"
        ask_save(
            self,
            "Export snippets",
            f"{name}.json",
            lambda path: self.export_chosen.emit(snippets, path),
        )
