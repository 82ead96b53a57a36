"""The code panel: a tab for each piece of code of the open chat, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.core.commands import (
    CHANGE_LANGUAGE,
    CLOSE_TAB,
    COMPARE,
    COPY_CODE,
    FIND,
    FIND_AND_REPLACE,
    FOCUS_CODE,
    GO_TO_ERROR,
    GO_TO_LINE,
    LARGER_TEXT,
    NEW_TAB,
    NEXT_TAB,
    OPEN_FILE,
    OPEN_OUTSIDE,
    PREVIOUS_TAB,
    REOPEN_WITH_ENCODING,
    RESET_TEXT_SIZE,
    SAVE,
    SAVE_AS,
    SAVE_SNIPPET,
    SAVE_WITH_ENCODING,
    SMALLER_TEXT,
    TOGGLE_COMMENT,
    TOGGLE_WRAP,
)
from app.core.edits import EditKind
from app.text.encodings import printable
from app.text.utf16 import index_at
from app.ui.widgets.code.code_editor import LARGEST_PX, SMALLEST_PX, CodeEditor
from app.ui.widgets.code.token_kinds import language_label
from app.ui.widgets.controls.commands import Offer, bind
from app.ui.widgets.controls.dropped import dropped_files
from app.ui.widgets.controls.popup import Choice, Popup
from app.ui.widgets.controls.questions import ask_save, ask_unsaved
from app.ui.widgets.look.fonts import CODE_PX
from app.ui.widgets.panel.code_actions import CodeActions
from app.ui.widgets.panel.code_foot import CodeFoot
from app.ui.widgets.panel.code_stack import CodeStack
from app.ui.widgets.panel.code_tools import CodeTools
from app.ui.widgets.panel.find_bar import FindBar
from app.ui.widgets.panel.go_to_line import GoToLine
from app.ui.widgets.panel.suggestions import Suggestions

_COPIED_MS = 1200
_NO_LANGUAGE = "Plain text"


class CodePanel(CodeStack):
    """The stack of editors with its buttons, bars, keys and foot."""

    save_requested = Signal(int, str, str)  # the tab's key, its title, its text
    path_chosen = Signal(int, Path, str)  # the tab's key, where to save, its text
    open_requested = Signal(int, str, str, int)  # as save, and the cursor's line from 1
    file_requested = Signal(int, str, str)  # as save: a copy, to be dragged out of the window
    keep_requested = Signal(int, int, str)  # the tab's key, its version from 0, the text to keep
    close_requested = Signal(int)  # the tab's key
    new_requested = Signal()
    editor_named = Signal(str)
    files_wanted = Signal()  # to be asked for
    files_given = Signal(list)  # of `Path`
    language_wanted = Signal(int, str)  # the tab's key, a language's name
    reopen_requested = Signal(int, str)  # the tab's key, an encoding's name
    encoding_chosen = Signal(int, str, str, str)  # as save, and the encoding to save in

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("codePanel")
        self.setAccessibleName("Code panel")
        self.code_actions = CodeActions(self)
        self.tools = CodeTools()
        self.find_bar = FindBar()
        self.find_elsewhere: Callable[[], bool] = lambda: False
        self.go_to = GoToLine()
        self.suggestions = Suggestions(self)
        self.language_choices: Callable[[], Sequence[Choice]] = tuple
        self.foot = CodeFoot()
        self.foot.error_chosen.connect(self.go_to_error)
        self.foot.repair_requested.connect(self.repair)
        self.foot.add(self.suggestions.foot, self.suggestions.shorten)
        self.foot.language_wanted.connect(self.choose_language)
        self._lay_out()
        self.setAcceptDrops(True)
        self._connect_buttons()
        self.commands = self._make_commands()
        bind(self.commands, self)
        self._show_current(-1)

    # --- what the presenter says ---------------------------------------------------------

    def ask_path(self, key: int, title: str, text: str) -> None:
        """Ask where to save a tab; `path_chosen` tells the answer."""
        ask_save(self, "Save code", title, lambda path: self.path_chosen.emit(key, path, text))

    def propose(self, key: int, text: str) -> None:
        """Show a change; where another tab is shown, say that one waits."""
        super().propose(key, text)
        if key != self.current_key() and self.text_of(key) is not None:
            self.foot.say(f"A change to {self._tab(key).title} is waiting in its tab")

    def show_saved(self, key: int, path: Path, text: str) -> None:
        """Say that a tab's text is saved as this file. What was typed since then is not."""
        tab = self._by_key.get(key)
        if tab is not None:
            for editor in tab.editors:
                if editor.is_edited and editor.text() == text:
                    editor.document().setModified(False)
            self._facts[key].has_file = True
            self.name_tab(key, printable(path.name))
            self._mark_edited(key)
            self._show_status()
            self.foot.say(f"Saved as {printable(str(path))}")

    def show_file(self, key: int, path: Path) -> None:
        """A tab's text stands in this file now, for whoever drags it."""
        self.tabs.take_file(key, path)

    def name_editor(self, name: str) -> None:
        """Say which editor code is opened in."""
        self.tools.name_editor(name)
        self.editor_named.emit(name)

    def ask_unsaved(
        self, title: str, *, save: Callable[[], None], discard: Callable[[], None]
    ) -> None:
        """Ask what to do with a tab's text that is nowhere else."""
        ask_unsaved(self, title, save=save, discard=discard)

    # --- what the user sees and does -----------------------------------------------------

    def copy_code(self) -> None:
        """Put the shown tab's text, exactly as it is, on the clipboard."""
        if self.editor() is None:
            return  # nothing there: what is on the clipboard stays
        self.flush()
        QGuiApplication.clipboard().setText(self.text())
        copy = self.tools.copy
        copy.set_words("Copied")
        QTimer.singleShot(_COPIED_MS, self, lambda: copy.set_words("Copy"))

    def insert_at_cursor(self, text: str) -> bool:
        """Put text at the cursor or in place of the selection; tell whether there is a place."""
        editor = self.editor()
        if editor is None or editor.isReadOnly():
            return False
        editor.insert_at_cursor(text)
        return True

    def save_shown(self) -> None:
        """Ask for the shown tab to be saved."""
        tab = self._current()
        if tab is not None:
            self.save_requested.emit(self.current_key(), tab.title, self.text())

    def save_shown_in(self, encoding: str) -> None:
        """Ask for the shown tab to be saved in an encoding."""
        tab = self._current()
        if tab is not None:
            self.encoding_chosen.emit(self.current_key(), tab.title, self.text(), encoding)

    def _choose_encoding(self) -> None:
        if self._current() is not None:
            self.foot.encoding.choose_to_save()

    def reopen_shown(self, encoding: str) -> None:
        """Ask for the shown tab's file to be read again, in an encoding."""
        if self._current() is not None:
            self.tell_edits()
            self.reopen_requested.emit(self.current_key(), encoding)

    def _ask_file(self, key: int) -> None:
        if key in self._by_key or key in self._waiting:
            self.flush()
            tab = self._tab(key)
            self.file_requested.emit(key, tab.title, tab.editor.text())

    def keep_shown(self) -> None:
        """Ask for the selection, or the shown tab's whole text, to be kept as a snippet."""
        tab = self._current()
        if tab is not None:
            text = tab.editor.selected_text() or self.text()
            self.keep_requested.emit(self.current_key(), tab.number_of(tab.editor), text)

    def save_shown_as(self) -> None:
        """Ask for the shown tab to be saved as another file."""
        tab = self._current()
        if tab is not None:
            self.ask_path(self.current_key(), tab.title, self.text())

    def close_shown(self) -> None:
        """Ask for the shown tab to be closed."""
        if self._current() is not None:
            self.close_requested.emit(self.current_key())

    def walk_tabs(self, step: int) -> None:
        """Go to the tab before or after."""
        shown = [n for n in range(self.tabs.count()) if self.tabs.isTabVisible(n)]
        if shown:
            at = shown.index(self.tabs.currentIndex()) if self._current() else -1
            self.tabs.setCurrentIndex(shown[(at + step) % len(shown)])

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = dropped_files(event.mimeData())
        if paths:
            event.acceptProposedAction()
            self.files_given.emit(paths)

    def open_shown(self) -> None:
        """Ask for the shown tab to be opened in the user's editor."""
        tab = self._current()
        if tab is not None:
            line = tab.editor.textCursor().blockNumber() + 1
            self.open_requested.emit(self.current_key(), tab.title, self.text(), line)

    def with_editor(self, act: Callable[[CodeEditor], object]) -> None:
        """Do something with the editor that is shown, if any."""
        editor = self.editor()
        if editor is not None:
            act(editor)

    def zoom(self, step: float) -> None:
        """Show all code larger or smaller; 0 as designed."""
        zoom_px = min(max(self._zoom_px + step, SMALLEST_PX), LARGEST_PX) if step else CODE_PX
        self.set_look(zoom_px=zoom_px, is_wrapped=self._is_wrapped)

    def wrap(self) -> None:
        """Break long lines at the edge, or no longer."""
        self.set_look(zoom_px=self._zoom_px, is_wrapped=not self._is_wrapped)

    def find_code(self) -> None:
        """Find in the shown code, or where the keyboard is in a text elsewhere."""
        if not self.find_elsewhere():
            self.with_editor(partial(self.find_bar.open_for, can_replace=False))

    def repair(self) -> None:
        """Ask for the shown code's first error to be mended."""
        self.code_actions.do(EditKind.REPAIR)

    def go_to_error(self) -> None:
        """Go to where the shown code does not parse."""
        editor = self.editor()
        if editor is not None and editor.syntax_watch.syntax.is_error:
            syntax = editor.syntax_watch.syntax
            editor.go_to_line(syntax.line, syntax.column)

    def _step(self, by: int) -> None:
        tab = self._current()
        if tab is not None:
            tab.step(by)

    def compare_shown(self) -> None:
        """Show how the shown version differs from the one before."""
        tab = self._current()
        if tab is not None:
            tab.compare()

    def choose_language(self) -> None:
        """Let the user say which language the shown tab is in."""
        key = self.current_key()
        if key >= 0:
            chooser = Popup(self, width=280, search_words="Search languages")
            chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            chooser.chosen.connect(lambda name: self.language_wanted.emit(key, name))
            place = self.mapToGlobal(QPoint(12, self.tools.geometry().bottom() + 4))
            shown = self._language_shown()
            chooser.open_at(
                place,
                [
                    replace(choice, is_current=choice.words == shown)
                    for choice in (Choice(_NO_LANGUAGE, ""), *self.language_choices())
                ],
            )

    def _language_shown(self) -> str:
        editor = self.editor()
        return (language_label(editor.language) if editor is not None else "") or _NO_LANGUAGE

    # --- building ------------------------------------------------------------------------

    def _on_editor(self) -> None:
        editor = self.editor()
        self.find_bar.set_editor(editor)
        tab = self._current()
        title = tab.title if tab is not None else ""
        self.suggestions.use(editor, title)
        self.code_actions.use(editor, self.current_key(), title)
        self.tools.setVisible(tab is not None)
        self.tabs.setVisible(tab is not None)
        self.foot.setVisible(tab is not None)
        if tab is not None:
            self.tools.show_version(tab.shown, tab.count)
        self._show_status()

    def _show_status(self) -> None:
        editor = self.editor()
        if editor is None:
            self.foot.clear()
            return
        cursor = editor.textCursor()
        language = self._language_shown()
        facts = self._facts[self.current_key()]
        self.tools.set_saved(has_file=facts.has_file)
        self.foot.encoding.show_encoding(
            facts.encoding, is_exact=facts.is_exact, has_file=facts.has_file
        )
        line = cursor.blockNumber() + 1
        column = index_at(cursor.block().text(), cursor.positionInBlock()) + 1
        self.foot.show_place(language, line, column, facts.line_end)
        watch = editor.syntax_watch
        self.foot.show_syntax(watch.syntax, can_repair=watch.is_whole)

    def _connect_buttons(self) -> None:
        self.tabs.close_requested.connect(self.close_requested)
        self.tabs.left_bar.connect(self._ask_file)
        self.head.new_requested.connect(self.new_requested)
        self.head.open_file.clicked.connect(self.files_wanted)
        self.empty.new_requested.connect(self.new_requested)
        self.empty.open_requested.connect(self.files_wanted)
        self.editor_made.connect(self.suggestions.attach)
        self.editor_made.connect(self.code_actions.attach)
        self.editor_shown.connect(self._on_editor)
        self.status_changed.connect(self._show_status)
        self.tools.step_requested.connect(self._step)
        self.tools.compare.clicked.connect(self.compare_shown)
        self.tools.copy.clicked.connect(self.copy_code)
        self.tools.open_outside.clicked.connect(self.open_shown)
        self.tools.save.clicked.connect(self.save_shown)
        self.foot.encoding.reopen_wanted.connect(self.reopen_shown)
        self.foot.encoding.save_wanted.connect(self.save_shown_in)
        self.tools.add(self.code_actions.button)
        self.tools.keep.clicked.connect(self.keep_shown)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self.head, self.tools, self.find_bar, self.go_to):
            column.addWidget(widget)
        column.addWidget(self._stack, 1)
        column.addWidget(self.suggestions.note)
        column.addWidget(self.code_actions.note)
        column.addWidget(self.foot)

    def _make_commands(self) -> list[Offer]:
        replace = partial(self.find_bar.open_for, can_replace=True)
        return [
            Offer(COPY_CODE, self.copy_code),
            Offer(NEW_TAB, self.new_requested.emit),
            Offer(OPEN_FILE, self.files_wanted.emit),
            Offer(SAVE, self.save_shown),
            Offer(SAVE_AS, self.save_shown_as),
            Offer(REOPEN_WITH_ENCODING, self.foot.encoding.choose_to_reopen),
            Offer(SAVE_WITH_ENCODING, self._choose_encoding),
            Offer(CLOSE_TAB, self.close_shown),
            Offer(NEXT_TAB, partial(self.walk_tabs, 1)),
            Offer(PREVIOUS_TAB, partial(self.walk_tabs, -1)),
            Offer(FOCUS_CODE, partial(self.with_editor, CodeEditor.setFocus)),
            Offer(COMPARE, self.compare_shown),
            Offer(OPEN_OUTSIDE, self.open_shown),
            Offer(SAVE_SNIPPET, self.keep_shown),
            Offer(FIND, self.find_code),
            Offer(FIND_AND_REPLACE, partial(self.with_editor, replace)),
            Offer(GO_TO_LINE, partial(self.with_editor, self.go_to.open_for)),
            Offer(GO_TO_ERROR, self.go_to_error),
            Offer(TOGGLE_COMMENT, partial(self.with_editor, CodeEditor.toggle_comment)),
            Offer(CHANGE_LANGUAGE, self.choose_language),
            Offer(LARGER_TEXT, partial(self.zoom, 1)),
            Offer(SMALLER_TEXT, partial(self.zoom, -1)),
            Offer(RESET_TEXT_SIZE, partial(self.zoom, 0)),
            Offer(TOGGLE_WRAP, self.wrap),
            *self.suggestions.commands,
            *self.code_actions.commands,
        ]
