"""What the model can do with code: menu button, context menu, commands, and the edit field."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import QMenu, QWidget

from app.core.commands import (
    ADD_DOCSTRING,
    ADD_TYPES,
    EDIT_SELECTION,
    EXPLAIN,
    REPAIR,
    TRANSLATE,
    WRITE_TESTS,
)
from app.core.edits import Edit, EditKind, Selected
from app.text.utf16 import index_at, units_before
from app.ui.widgets.code.code_editor import CodeEditor
from app.ui.widgets.code.error_marks import offset_of
from app.ui.widgets.controls.commands import Offer
from app.ui.widgets.controls.keys import tooltip
from app.ui.widgets.controls.popup import Choice, Popup
from app.ui.widgets.look.icons import IconButton
from app.ui.widgets.panel.code_note import CodeNote
from app.ui.widgets.panel.edit_bar import EditBar

_ONCE = Qt.ConnectionType.SingleShotConnection
_COMMANDS = {
    EditKind.EDIT: EDIT_SELECTION,
    EditKind.EXPLAIN: EXPLAIN,
    EditKind.DOCSTRING: ADD_DOCSTRING,
    EditKind.TYPES: ADD_TYPES,
    EditKind.TESTS: WRITE_TESTS,
    EditKind.TRANSLATE: TRANSLATE,
    EditKind.REPAIR: REPAIR,
}
_REPAIRED_WHOLE = 8_000
"""Characters up to which the model gets all of the code to repair, else the part around."""


class CodeActions(QObject):
    """Puts wishes for the shown editor together; a presenter fulfils them and tells how it goes."""

    wished = Signal(object)  # an Edit
    scope_wished = Signal(object)  # an Edit, nothing of which is selected
    stop_requested = Signal()

    def __init__(self, panel: QWidget) -> None:
        super().__init__(panel)
        self._panel = panel
        self._editor: CodeEditor | None = None
        self._shown = (-1, "")
        self.button = IconButton("pencil", tooltip(EDIT_SELECTION), object_name="codeActions")
        self.button.clicked.connect(self._open_menu)
        self.bar = EditBar()
        self.bar.sent.connect(partial(self._wish, EditKind.EDIT))
        self.bar.stop_requested.connect(self.stop_requested)
        self.note = CodeNote()
        self.languages = Popup(panel, width=260, search_words="Target language")
        self.languages.chosen.connect(partial(self._wish, EditKind.TRANSLATE))
        self.kinds = list(_COMMANDS)
        self._source: Callable[[], Sequence[Choice]] = tuple
        self.commands = [
            Offer(command, partial(self.do, kind)) for kind, command in _COMMANDS.items()
        ]

    def set_languages(self, source: Callable[[], Sequence[Choice]]) -> None:
        """Offer to translate to what `source` gives; it is asked when the list opens."""
        self._source = source

    def use(self, editor: CodeEditor | None, key: int, name: str) -> None:
        """Let what is done be about this editor, of the tab with this key and name."""
        self.bar.set_editor(editor)
        if editor is not self._editor:
            self.note.hide()
        self._editor, self._shown = editor, (key, name)
        self.button.setEnabled(editor is not None)

    def attach(self, editor: CodeEditor) -> None:
        """Offer what can be done in an editor's context menu."""

        def ask(place: QPoint) -> None:
            menu = editor.createStandardContextMenu()
            menu.addSeparator()
            self._fill(menu)
            _pop_up(menu, editor.viewport().mapToGlobal(place))

        editor.customContextMenuRequested.connect(ask)
        editor.setContextMenuPolicy(editor.contextMenuPolicy().CustomContextMenu)

    def do(self, kind: EditKind) -> None:
        """Do something with the selection, or with the definition at the cursor."""
        editor = self._editor
        if editor is None or editor.isReadOnly():
            return
        if not editor.isVisible():  # a difference is shown in its place
            self.note.say("Not yet", "Accept or reject the changes shown here first.")
            return
        if kind is EditKind.EDIT:
            self.bar.ask_over(editor)
            selected = self._selected()
            if selected is not None and selected.start == selected.end:
                self.scope_wished.emit(Edit(kind, selected))
        elif kind is EditKind.REPAIR:
            self._repair(editor)
        elif kind is EditKind.TRANSLATE:
            self.languages.open_at(self._below(self.button), self._source())
        else:
            self._wish(kind, "")

    def _repair(self, editor: CodeEditor) -> None:
        """Ask for the first error to be mended; code that was just opened is checked first."""
        watch = editor.syntax_watch
        if not watch.is_known:
            watch.found.connect(partial(self.do, EditKind.REPAIR), _ONCE)
            return
        selected = self._selected()
        if selected is None or not watch.syntax.is_error:
            self.bar.show_activity("", editor)
            self.bar.show_problem("No errors found.")
            return
        length = len(selected.text)
        at = offset_of(selected.text, watch.syntax.line)
        start, end = (0, length) if length <= _REPAIRED_WHOLE else (at, at)
        wrong = f"In line {watch.syntax.line}: {watch.syntax.message.rstrip('.')}."
        self.wished.emit(Edit(EditKind.REPAIR, replace(selected, start=start, end=end), wrong))

    # --- what the presenter says ---------------------------------------------------------

    def show_scope(self, selected: Selected) -> None:
        """Select what a change will be about, unless something else was done meanwhile."""
        editor = self._editor
        if editor is None or not self.bar.isVisible() or editor.textCursor().hasSelection():
            return
        if (selected.key, selected.name) == self._shown and selected.text == editor.text():
            editor.select(
                units_before(selected.text, selected.start),
                units_before(selected.text, len(selected.text[: selected.end].rstrip("\n"))),
            )
            self.bar.place()

    def show_activity(self, words: str) -> None:
        """Say what is being written."""
        self.bar.show_activity(words, self._editor)

    def show_trouble(self, words: str) -> None:
        """Say why nothing comes of it."""
        self.bar.show_problem(words)

    def show_done(self) -> None:
        """Say no more: it is done."""
        self.bar.leave()

    def show_words(self, title: str, text: str) -> None:
        """Show words about the code."""
        self.note.say(title, text)

    # --- how it is done ------------------------------------------------------------------

    def _wish(self, kind: EditKind, words: object) -> None:
        selected = self._selected()
        if selected is not None:
            self.wished.emit(Edit(kind, selected, str(words)))

    def _selected(self) -> Selected | None:
        editor = self._editor
        if editor is None:
            return None
        text, cursor = editor.text(), editor.textCursor()
        key, name = self._shown
        start, end = (index_at(text, at) for at in (cursor.selectionStart(), cursor.selectionEnd()))
        return Selected(key, name, editor.language, text, start, end)

    def _open_menu(self) -> None:
        menu = QMenu(self._panel)
        self._fill(menu)
        _pop_up(menu, self._below(self.button))

    def _fill(self, menu: QMenu) -> None:
        is_ready = self._editor is not None and not self._editor.isReadOnly()
        for kind, command in _COMMANDS.items():
            action = menu.addAction(command.words)
            action.setObjectName(f"edit-{kind}")
            action.setEnabled(is_ready and (kind is not EditKind.REPAIR or self._is_wrong()))
            act: Callable[[], None] = partial(self.do, kind)
            action.triggered.connect(act)

    def _is_wrong(self) -> bool:
        return self._editor is not None and self._editor.syntax_watch.syntax.is_error

    def _below(self, widget: QWidget) -> QPoint:
        return widget.mapToGlobal(QPoint(0, widget.height() + 4))


def _pop_up(menu: QMenu, place: QPoint) -> None:
    menu.aboutToHide.connect(menu.deleteLater)
    menu.popup(place)
