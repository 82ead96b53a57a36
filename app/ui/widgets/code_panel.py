"""The code panel: a tab for each piece of code of the open chat, filled as the answer streams."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.core.edits import EditKind
from app.core.hunks import Hunk
from app.ui.widgets.code_actions import CodeActions
from app.ui.widgets.code_editor import LARGEST_PX, SMALLEST_PX, CodeEditor
from app.ui.widgets.code_foot import CodeFoot
from app.ui.widgets.code_head import CodeHead
from app.ui.widgets.code_tab import CodeTab
from app.ui.widgets.commands import Command, bind
from app.ui.widgets.dialogs import ask_save
from app.ui.widgets.find_bar import FindBar
from app.ui.widgets.fonts import CODE_PX
from app.ui.widgets.go_to_line import GoToLine
from app.ui.widgets.suggestions import Suggestions
from app.ui.widgets.syntax import language_label

FLUSH_MS = 33
EDITED_AFTER_MS = 400
_EMPTY = "Code from the answers appears here.\nAsk for some, or pick an example."


class CodePanel(QFrame):
    """Editors in tabs, named by keys that stay theirs.

    `open_tab`, `append` and `close_block` follow a block of an answer as it is written.
    """

    check_requested = Signal(object, str, str, bool)  # see `SyntaxWatch`
    edited = Signal(int, int, str)  # the tab's key, its version from 0, the user's text
    compare_requested = Signal(int, str, str)  # the tab's key, the older text, the newer text
    save_requested = Signal(int, str, str)  # the tab's key, its title, its text
    path_chosen = Signal(int, Path, str)  # the tab's key, where to save, its text
    open_requested = Signal(int, str, str, int)  # as save, and the cursor's line from 1
    file_requested = Signal(int, str, str)  # as save: a copy, to be dragged out of the window
    keep_requested = Signal(int, int, str)  # the tab's key, its version from 0, the text to keep

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("codePanel")
        self.setAccessibleName("Code panel")
        self._pending: dict[CodeEditor, list[str]] = {}
        self._by_key: dict[int, CodeTab] = {}
        self._waiting: dict[int, Callable[[], None]] = {}
        self._next_key = 0
        self._zoom_px = CODE_PX
        self._is_wrapped = False
        self._changed: set[tuple[int, CodeEditor]] = set()
        self._flush_timer = QTimer(self, singleShot=True, interval=FLUSH_MS)
        self._flush_timer.timeout.connect(self.flush)
        self._edit_timer = QTimer(self, singleShot=True, interval=EDITED_AFTER_MS)
        self._edit_timer.timeout.connect(self.tell_edits)
        self.code_actions = CodeActions(self)
        self.head = CodeHead(self.code_actions.button)
        self.tabs = self.head.tabs
        self.tabs.currentChanged.connect(self._show_current)
        self.tabs.left_bar.connect(self._ask_file)
        self.head.copy.clicked.connect(self.copy_code)
        self.head.keep.clicked.connect(self.keep_shown)
        self.head.open_outside.clicked.connect(self.open_shown)
        self.head.save.clicked.connect(self.save_shown)
        self.find_bar = FindBar()
        self.go_to = GoToLine()
        self.suggestions = Suggestions(self)
        self._stack = QStackedWidget()
        self._empty = self._make_empty()
        self._stack.addWidget(self._empty)
        self.foot = CodeFoot()
        self.foot.error_chosen.connect(self.go_to_error)
        self.foot.repair_requested.connect(self.repair)
        self.foot.add(self.suggestions.foot)
        self._lay_out()
        self.commands = self._make_commands()
        bind(self.commands, self)
        self._show_current(-1)

    # --- what the presenter says ---------------------------------------------------------

    def open_tab(self, title: str, language: str, comment: tuple[str, str] = ("#", "")) -> int:
        """Open a tab, show it, and return its key. Its text comes with `append`."""
        key = self._add_title(title)
        editor = self._new_editor(title, language, comment)
        self._connect(key, editor)
        self._new_tab(key, title).add_version(editor)
        self.show_tab(key)
        return key

    def add_tab(
        self,
        title: str,
        language: str,
        comment: tuple[str, str],
        texts: Sequence[tuple[str, str | None]],
    ) -> int:
        """Add a whole tab without showing it: each version's text, and the user's where it differs.

        Its editors are made when it is first shown: a long chat has many tabs.
        """
        key = self._add_title(title)
        self._waiting[key] = partial(self._build_whole, key, title, language, comment, texts)
        return key

    def _add_title(self, title: str) -> int:
        key, self._next_key = self._next_key, self._next_key + 1
        with QSignalBlocker(self.tabs):  # the tab must have its key before it is shown
            number = self.tabs.addTab(title)
            self.tabs.setTabData(number, key)
        return key

    def _new_tab(self, key: int, title: str) -> CodeTab:
        tab = CodeTab(title)
        tab.editor_shown.connect(self._on_editor)
        tab.compare_requested.connect(partial(self.compare_requested.emit, key))
        self._by_key[key] = tab
        self._stack.addWidget(tab)
        return tab

    def _build_whole(
        self,
        key: int,
        title: str,
        language: str,
        comment: tuple[str, str],
        texts: Sequence[tuple[str, str | None]],
    ) -> None:
        tab = self._new_tab(key, title)
        for text, own in texts:
            new_editor = partial(self._new_editor, title, language, comment)
            tab.add_waiting(partial(self._filled, key, new_editor, text, own))
        tab.show_version(len(texts) - 1)
        self._mark_edited(key)

    def _filled(
        self, key: int, new_editor: Callable[[], CodeEditor], text: str, own: str | None
    ) -> CodeEditor:
        """Return an editor with a version's text, and the user's where that differs."""
        editor = new_editor()
        editor.set_text(text)
        editor.set_editable()
        if own is not None and own != text:
            editor.replace_text(own)
        self._connect(key, editor)  # not before: filling it is nothing to tell
        return editor

    def _connect(self, key: int, editor: CodeEditor) -> None:
        editor.textChanged.connect(partial(self._on_text, key, editor))
        editor.cursorPositionChanged.connect(self._show_status)
        editor.syntax_watch.found.connect(self._show_status)

    def _tab(self, key: int) -> CodeTab:
        """Return a tab; one that waits is made now."""
        if key in self._waiting:
            self._waiting.pop(key)()
        return self._by_key[key]

    def append(self, key: int, text: str) -> None:
        """Add text to a tab's newest version; it appears at the next flush."""
        self._pending.setdefault(self._tab(key).newest, []).append(text)
        if not self._flush_timer.isActive():
            self._flush_timer.start()

    def name_tab(self, key: int, title: str) -> None:
        """Give a tab its title, once the code says what it is."""
        self._tab(key).title = title
        self.tabs.setTabText(self._number(key), title)
        for editor in self._tab(key).editors:
            editor.setAccessibleName(f"Code, {title}")

    def merge(self, key: int, into: int) -> None:
        """Make a tab's text the newest version of another tab; what is appended goes there."""
        editor = self._by_key[key].editor
        self._remove(key)
        editor.textChanged.disconnect()
        editor.textChanged.connect(partial(self._on_text, into, editor))
        self._tab(into).add_version(editor)
        self.show_tab(into)

    def close_block(self, key: int) -> None:
        """Say that the newest version is whole: it is coloured as a whole and may be edited."""
        self.flush()
        editor = self._tab(key).newest
        editor.finish()
        editor.set_editable()

    def show_difference(self, key: int, old: str, hunks: Sequence[Hunk]) -> None:
        """Show how a tab's shown version differs from `old`, the version before."""
        if key in self._by_key:
            self._by_key[key].show_difference(old, hunks)

    def text_of(self, key: int) -> str | None:
        """Return the text of a tab's shown version, None where there is no such tab."""
        is_there = key in self._waiting or key in self._by_key
        return self._tab(key).editor.text() if is_there else None

    def propose(self, key: int, text: str) -> None:
        """Show `text` as a change to a tab's shown version, to be taken over hunk by hunk."""
        if self.text_of(key) is not None:
            self.show_tab(key)
            self._tab(key).propose(text)

    def show_tab(self, key: int) -> None:
        """Bring a tab to the front."""
        number = self._number(key)
        if number == self.tabs.currentIndex():
            self._show_current(number)
        else:
            self.tabs.setCurrentIndex(number)

    def ask_path(self, key: int, title: str, text: str) -> None:
        """Ask where to save a tab; `path_chosen` tells the answer."""
        ask_save(self, "Save code", title, lambda path: self.path_chosen.emit(key, path, text))

    def show_saved(self, key: int, path: Path) -> None:
        """Say that a tab is saved as this file."""
        tab = self._by_key.get(key)
        if tab is not None:
            tab.editor.document().setModified(False)
            self.name_tab(key, path.name)
            self.foot.say(f"Saved as {path}")

    def show_file(self, key: int, path: Path) -> None:
        """A tab's text stands in this file now, for whoever drags it."""
        self.tabs.take_file(key, path)

    def clear(self) -> None:
        """Close every tab: another chat is shown."""
        self.tell_edits()
        self._pending.clear()
        with QSignalBlocker(self.tabs):
            for key in [*self._by_key, *self._waiting]:
                self._remove(key)
        self._show_current(-1)

    def flush(self) -> None:
        """Show what was appended."""
        self._flush_timer.stop()
        for editor, texts in self._pending.items():
            bar = editor.verticalScrollBar()
            was_at_end = bar.value() >= bar.maximum()
            editor.append_text("".join(texts))
            if was_at_end:
                bar.setValue(bar.maximum())
        self._pending.clear()
        self._show_status()

    def tell_edits(self) -> None:
        """Tell now what the user typed, for whoever keeps it."""
        self._edit_timer.stop()
        changed, self._changed = self._changed, set()
        for key, editor in changed:
            version = self._by_key[key].number_of(editor) if key in self._by_key else -1
            if version >= 0:
                self.edited.emit(key, version, editor.text())

    @property
    def zoom_px(self) -> float:
        """Return the size of the code."""
        return self._zoom_px

    @property
    def is_wrapped(self) -> bool:
        """Tell whether long lines break at the edge."""
        return self._is_wrapped

    def set_look(self, *, zoom_px: float, is_wrapped: bool) -> None:
        """Set the size of the code (0: as designed) and whether long lines break."""
        self._zoom_px = zoom_px or CODE_PX
        self._is_wrapped = is_wrapped
        for tab in self._by_key.values():
            for editor in tab.editors:
                editor.set_zoom(self._zoom_px)
                editor.set_wrap(is_wrapped=is_wrapped)

    # --- what the user sees and does -----------------------------------------------------

    def text(self) -> str:
        """Return the text of the version that is shown."""
        editor = self.editor()
        return editor.text() if editor is not None else ""

    def editor(self) -> CodeEditor | None:
        """Return the editor that is shown."""
        tab = self._current()
        return tab.editor if tab is not None else None

    def copy_code(self) -> None:
        """Put the shown tab's text, exactly as it is, on the clipboard."""
        self.flush()
        QGuiApplication.clipboard().setText(self.text())
        self.head.say_copied()

    def insert_at_cursor(self, text: str) -> bool:
        """Put text at the cursor or in place of the selection; tell whether there is a place."""
        editor = self.editor()
        if editor is None or editor.isReadOnly():
            return False
        editor.insert_at_cursor(text)
        return True

    def _current_key(self) -> int:
        key = self.tabs.tabData(self.tabs.currentIndex())
        return key if isinstance(key, int) else -1

    def _current(self) -> CodeTab | None:
        key = self._current_key()
        return self._tab(key) if key in self._waiting or key in self._by_key else None

    def _number(self, key: int) -> int:
        numbers = range(self.tabs.count())
        return next((n for n in numbers if self.tabs.tabData(n) == key), -1)

    def _remove(self, key: int) -> None:
        self.tabs.removeTab(self._number(key))
        if self._waiting.pop(key, None) is not None:
            return
        tab = self._by_key.pop(key)
        self._stack.removeWidget(tab)
        self.find_bar.set_editor(None)
        tab.setParent(None)
        tab.deleteLater()

    def _on_text(self, key: int, editor: CodeEditor) -> None:
        if not editor.isReadOnly():
            self._changed.add((key, editor))
            self._edit_timer.start()
            self._mark_edited(key)

    def _mark_edited(self, key: int) -> None:
        tab = self._by_key.get(key)
        if tab is not None:
            is_edited = any(editor.document().isModified() for editor in tab.editors)
            title = f"{tab.title} •" if is_edited else tab.title
            if self.tabs.tabText(self._number(key)) != title:
                self.tabs.setTabText(self._number(key), title)

    def save_shown(self) -> None:
        """Ask for the shown tab to be saved."""
        tab = self._current()
        if tab is not None:
            self.save_requested.emit(self._current_key(), tab.title, self.text())

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
            self.keep_requested.emit(self._current_key(), tab.number_of(tab.editor), text)

    def open_shown(self) -> None:
        """Ask for the shown tab to be opened in the user's editor."""
        tab = self._current()
        if tab is not None:
            line = tab.editor.textCursor().blockNumber() + 1
            self.open_requested.emit(self._current_key(), tab.title, self.text(), line)

    def _with_editor(self, act: Callable[[CodeEditor], object]) -> None:
        editor = self.editor()
        if editor is not None:
            act(editor)

    def _zoom(self, step: float) -> None:
        zoom_px = min(max(self._zoom_px + step, SMALLEST_PX), LARGEST_PX) if step else CODE_PX
        self.set_look(zoom_px=zoom_px, is_wrapped=self._is_wrapped)

    def _wrap(self) -> None:
        self.set_look(zoom_px=self._zoom_px, is_wrapped=not self._is_wrapped)

    def _on_editor(self) -> None:
        editor = self.editor()
        self.find_bar.set_editor(editor)
        tab = self._current()
        title = tab.title if tab is not None else ""
        self.suggestions.use(editor, title)
        self.code_actions.use(editor, self._current_key(), title)
        self._show_status()

    def _show_current(self, _index: int) -> None:
        tab = self._current()
        self._stack.setCurrentWidget(tab if tab is not None else self._empty)
        self.head.set_active(is_active=tab is not None)
        self._on_editor()

    def _show_status(self) -> None:
        editor = self.editor()
        if editor is None:
            self.foot.clear()
            return
        cursor = editor.textCursor()
        language = language_label(editor.language) or "Plain text"
        self.foot.show_place(language, cursor.blockNumber() + 1, cursor.positionInBlock() + 1)
        watch = editor.syntax_watch
        self.foot.show_syntax(watch.syntax, can_repair=watch.is_whole)

    def repair(self) -> None:
        """Ask for the shown code's first error to be mended."""
        self.code_actions.do(EditKind.REPAIR)

    def go_to_error(self) -> None:
        """Go to where the shown code does not parse."""
        editor = self.editor()
        if editor is not None and editor.syntax_watch.syntax.is_error:
            syntax = editor.syntax_watch.syntax
            editor.go_to_line(syntax.line, syntax.column)

    # --- building ------------------------------------------------------------------------

    def _new_editor(self, title: str, language: str, comment: tuple[str, str]) -> CodeEditor:
        editor = CodeEditor()
        editor.syntax_watch.wanted.connect(self.check_requested)
        editor.setAccessibleName(f"Code, {title}")
        editor.set_language(language)
        editor.set_comment(*comment)
        self.suggestions.attach(editor)
        self.code_actions.attach(editor)
        editor.set_wrap(is_wrapped=self._is_wrapped)
        if self._zoom_px != CODE_PX:
            editor.set_zoom(self._zoom_px)
        return editor

    def _make_commands(self) -> list[Command]:
        find = partial(self.find_bar.open_for, can_replace=False)
        replace = partial(self.find_bar.open_for, can_replace=True)
        acts: list[tuple[str, Callable[[], object], str]] = [
            ("Find", partial(self._with_editor, find), "Ctrl+F"),
            ("Find and replace", partial(self._with_editor, replace), "Ctrl+H"),
            ("Go to line", partial(self._with_editor, self.go_to.open_for), "Ctrl+G"),
            ("Go to the first error", self.go_to_error, "F8"),
            (
                "Comment lines out or in",
                partial(self._with_editor, CodeEditor.toggle_comment),
                "Ctrl+/",
            ),
            ("Larger text", partial(self._zoom, 1), "Ctrl+="),
            ("Smaller text", partial(self._zoom, -1), "Ctrl+-"),
            ("Text as designed", partial(self._zoom, 0), "Ctrl+0"),
            ("Break long lines or not", self._wrap, "Alt+Z"),
            ("Compare with the version before", self._compare, "Ctrl+D"),
            ("Save", self.save_shown, "Ctrl+S"),
            ("Open in your editor", self.open_shown, "Ctrl+Shift+O"),
            ("Keep as a snippet", self.keep_shown, "Ctrl+Shift+B"),
        ]
        commands = [Command("Code", words, act, keys) for words, act, keys in acts]
        copy = Command("Code", "Copy", self.copy_code, "Ctrl+Shift+C", is_bound=True)
        return [copy, *commands, *self.suggestions.commands, *self.code_actions.commands]

    def _compare(self) -> None:
        tab = self._current()
        if tab is not None:
            tab.compare()

    def _make_empty(self) -> QLabel:
        empty = QLabel(_EMPTY)
        empty.setObjectName("codePanelEmpty")
        empty.setProperty("role", "muted")
        empty.setContentsMargins(24, 24, 24, 24)
        empty.setWordWrap(True)
        return empty

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self.head, self.find_bar, self.go_to):
            column.addWidget(widget)
        column.addWidget(self._stack, 1)
        column.addWidget(self.suggestions.note)
        column.addWidget(self.code_actions.note)
        column.addWidget(self.foot)
