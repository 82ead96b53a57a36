"""The editors of the code panel, in tabs: filled as an answer streams, and told apart by keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QSignalBlocker, QTimer, Signal
from PySide6.QtWidgets import QFrame, QStackedWidget, QWidget

from app.core.hunks import Hunk
from app.core.tab_places import TabPlace
from app.ui.widgets.code.code_editor import CodeEditor
from app.ui.widgets.code.code_places import place_of, put_place
from app.ui.widgets.look.fonts import CODE_PX
from app.ui.widgets.panel.code_head import CodeHead
from app.ui.widgets.panel.code_tab import CodeTab
from app.ui.widgets.panel.empty_panel import EmptyPanel
from app.ui.widgets.panel.waiting_tab import TabFacts, WaitingTab, fill, speak

FLUSH_MS = 33
EDITED_AFTER_MS = 400
_EAGER = 3
"""Tabs that are made at once within a tick; where more come, most are never seen."""


class CodeStack(QFrame):
    """Editors in tabs, named by keys that stay theirs.

    `open_tab`, `append` and `close_block` follow a block of an answer as it is written.
    """

    check_requested = Signal(object, str, str, bool)  # see `SyntaxWatch`
    edited = Signal(int, int, str)  # the tab's key, its version from 0, the user's text
    compare_requested = Signal(int, str, str)  # the tab's key, the older text, the newer text
    editor_made = Signal(object)
    editor_shown = Signal()
    status_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pending: dict[CodeEditor, list[str]] = {}
        self._by_key: dict[int, CodeTab] = {}
        self._waiting: dict[int, WaitingTab] = {}
        self._opened = 0  # since the last tick
        self._in_front = -1
        self._untitled: list[int] = []  # waiting, and not in the bar yet: thousands may come and go
        self._facts: dict[int, TabFacts] = {}
        self._next_key = 0
        self._zoom_px = CODE_PX
        self._is_wrapped = False
        self._changed: set[tuple[int, CodeEditor]] = set()
        self._flush_timer = QTimer(self, singleShot=True, interval=FLUSH_MS)
        self._flush_timer.timeout.connect(self._tick)
        self._edit_timer = QTimer(self, singleShot=True, interval=EDITED_AFTER_MS)
        self._edit_timer.timeout.connect(self.tell_edits)
        self.head = CodeHead()
        self.tabs = self.head.tabs
        self.tabs.currentChanged.connect(self._show_current)
        self._stack = QStackedWidget()
        self.empty = EmptyPanel()
        self._stack.addWidget(self.empty)

    def open_tab(self, title: str, language: str, comment: tuple[str, str] = ("#", "")) -> int:
        """Open a tab, show it, and return its key. Its text comes with `append`.

        Where many open at once, editors are made only for those that are seen.
        """
        if self._opened >= _EAGER:
            key = self._new_key()
            self._untitled.append(key)
            self._waiting[key] = WaitingTab(title, language, comment, [("", None)], is_open=True)
            self._in_front = key  # at the next tick, which comes soon
            return key
        key = self._add_title(title)
        self._opened += 1
        self._flush_timer.start()
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
        is_edited = any(own is not None and own != text for text, own in texts)
        self._facts[key].is_edited = is_edited
        self.tabs.name(key, title, is_edited=is_edited)
        self._waiting[key] = WaitingTab(title, language, comment, list(texts))
        return key

    def append(self, key: int, text: str) -> None:
        """Add text to a tab's newest version; it appears at the next flush."""
        waiting = self._waiting.get(key)
        if waiting is not None and waiting.is_open:
            waiting.written.append(text)
            return
        self._pending.setdefault(self._tab(key).newest, []).append(text)
        if not self._flush_timer.isActive():
            self._flush_timer.start()

    def name_tab(self, key: int, title: str) -> None:
        """Give a tab its title, once the code says what it is."""
        self.tabs.name(key, title, is_edited=False)
        if key in self._waiting:
            self._waiting[key].title = title
            return
        self._tab(key).title = title
        for editor in self._tab(key).editors:
            editor.setAccessibleName(f"Code, {title}")

    def merge(self, key: int, into: int) -> None:
        """Make a tab's text the newest version of another tab; what is appended goes there."""
        editor = self._tab(key).editor
        self._remove(key)
        editor.textChanged.disconnect()
        editor.textChanged.connect(partial(self._on_text, into, editor))
        self._tab(into).add_version(editor)
        self.show_tab(into)

    def close_block(self, key: int) -> None:
        """Say that the newest version is whole: it is coloured as a whole and may be edited."""
        waiting = self._waiting.get(key)
        if waiting is not None:
            waiting.close()
            return
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
        """Show `text` as a change to a tab's shown version, to be taken over hunk by hunk.

        Where another tab is shown, that one stays: the user may be typing there.
        """
        if self.text_of(key) is not None:
            self._tab(key).propose(text)

    def show_tab(self, key: int) -> None:
        """Bring a tab to the front."""
        self._enter_titles()
        number = self.tabs.number_of(key)
        self.tabs.show_number(number)
        if number == self.tabs.currentIndex():
            self._show_current(number)
        else:
            self.tabs.setCurrentIndex(number)

    def write_in(self, key: int) -> None:
        """Bring a tab to the front and the keyboard into it."""
        self.show_tab(key)
        self._tab(key).editor.setFocus()

    def keep_open(self, key: int) -> None:
        """Let a tab stay where chats change."""
        self._facts[key].is_staying = True

    def hide_tab(self, key: int) -> None:
        """Take a tab out of sight; `show_tab` brings it back as it was."""
        self._enter_titles()
        self.tabs.hide_number(self.tabs.number_of(key))

    def remove_tab(self, key: int) -> None:
        """Close a tab for good."""
        if key in self._untitled:
            self._untitled.remove(key)
            del self._facts[key], self._waiting[key]
        elif self.tabs.number_of(key) >= 0:
            was_shown = key == self.current_key()
            for editor in self._by_key[key].editors if key in self._by_key else ():
                self._pending.pop(editor, None)
            self._remove(key)
            if was_shown:
                self._show_current(-1)

    def is_writing(self, key: int) -> bool:
        """Tell whether an answer is being written into a tab."""
        if key in self._waiting:
            return self._waiting[key].is_open
        return key in self._by_key and self._by_key[key].newest.isReadOnly()

    def is_edited(self, key: int) -> bool:
        """Tell whether a tab's text is another than the one that came or was saved."""
        if key in self._waiting:
            return self._facts[key].is_edited
        return key in self._by_key and self._by_key[key].is_edited

    def show_form(
        self, key: int, *, line_end: str, encoding: str, is_exact: bool, has_file: bool
    ) -> None:
        """Say how a tab stands in its file, and whether it has one: then saving asks nothing."""
        facts = self._facts.get(key)
        if facts is None:
            return  # it was closed while its file was being written
        facts.line_end, facts.encoding = line_end, encoding
        facts.is_exact, facts.has_file = is_exact, has_file
        self.status_changed.emit()

    def reload(self, key: int, text: str) -> None:
        """Show another text as what the file of a tab says; the cursor's line stays."""
        editor = self._tab(key).editor
        place = place_of(editor, -1)
        editor.setReadOnly(True)  # it is nothing that the user typed
        editor.set_text(text)
        editor.set_editable()
        editor.when_full(lambda: put_place(editor, place))
        self._mark_edited(key)
        self.status_changed.emit()

    def set_language(self, key: int, language: str, comment: tuple[str, str]) -> None:
        """Colour and comment a tab as a language."""
        if key not in self._facts:
            return  # it was closed while its language was being chosen
        self._facts[key].language = (language, comment)
        if key in self._by_key:
            for editor in self._by_key[key].editors:
                speak(editor, language, comment)
        self.status_changed.emit()

    def place_of(self, key: int) -> TabPlace:
        """Return where a tab stands."""
        if key not in self._by_key:
            return self._facts[key].place
        tab = self._by_key[key]
        is_newest = tab.shown == tab.count - 1
        return place_of(tab.editor, -1 if is_newest else tab.shown)

    def put_place(self, key: int, place: TabPlace) -> None:
        """Let a tab that was not shown yet begin at a place."""
        self._facts[key].place = place

    def current_key(self) -> int:
        """Return the key of the tab in front, -1 where there is none."""
        return self.tabs.key(self.tabs.currentIndex())

    def clear(self) -> None:
        """Close every tab but those that stay: another chat is shown."""
        self.tell_edits()
        self._pending.clear()
        self._enter_titles()
        self._in_front = -1
        with QSignalBlocker(self.tabs):
            for key in [key for key, facts in self._facts.items() if not facts.is_staying]:
                self._remove(key)
        self._show_current(-1)

    def flush(self) -> None:
        """Show what was appended."""
        for editor, texts in self._pending.items():
            editor.append_text("".join(texts))
        self._pending.clear()
        self.status_changed.emit()

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

    def text(self) -> str:
        """Return the text of the version that is shown."""
        editor = self.editor()
        return editor.text() if editor is not None else ""

    def editor(self) -> CodeEditor | None:
        """Return the editor that is shown."""
        tab = self._current()
        return tab.editor if tab is not None else None

    # --- how it is done ------------------------------------------------------------------

    def _tick(self) -> None:
        self._opened = 0
        self.flush()
        self._enter_titles()
        if self._in_front >= 0:
            in_front, self._in_front = self._in_front, -1
            self.show_tab(in_front)

    def _new_key(self) -> int:
        key, self._next_key = self._next_key, self._next_key + 1
        self._facts[key] = TabFacts()
        return key

    def _add_title(self, title: str) -> int:
        self._enter_titles()
        key = self._new_key()
        self._enter_title(key, title)
        return key

    def _enter_titles(self) -> None:
        for key in self._untitled:
            self._enter_title(key, self._waiting[key].title)
        self._untitled.clear()

    def _enter_title(self, key: int, title: str) -> None:
        with QSignalBlocker(self.tabs):  # the tab must have its key before it is shown
            number = self.tabs.addTab(title)
            self.tabs.setTabData(number, key)

    def _new_tab(self, key: int, title: str) -> CodeTab:
        tab = CodeTab(title)
        tab.editor_shown.connect(self.editor_shown)
        tab.compare_requested.connect(partial(self.compare_requested.emit, key))
        self._by_key[key] = tab
        self._stack.addWidget(tab)
        return tab

    def _build(self, key: int, waiting: WaitingTab) -> None:
        tab = self._new_tab(key, waiting.title)
        new_editor = partial(self._new_editor, waiting.title, waiting.language, waiting.comment)
        if waiting.is_open:
            tab.add_version(self._growing(key, new_editor, "".join(waiting.written)))
            return
        for text, own in waiting.texts:
            tab.add_waiting(partial(self._filled, key, new_editor, text, own))
        place = self._facts[key].place
        tab.show_version(place.version if place.version >= 0 else len(waiting.texts) - 1)
        editor = tab.editor
        editor.when_full(lambda: put_place(editor, place))
        self._mark_edited(key)

    def _growing(self, key: int, new_editor: Callable[[], CodeEditor], text: str) -> CodeEditor:
        """Return an editor with what was written so far of a version that is being written."""
        editor = new_editor()
        editor.append_text(text)
        self._connect(key, editor)
        return editor

    def _filled(
        self, key: int, new_editor: Callable[[], CodeEditor], text: str, own: str | None
    ) -> CodeEditor:
        """Return an editor with a version's text, and the user's where that differs."""
        editor = new_editor()
        fill(editor, text, own)
        chosen = self._facts[key].language
        if chosen is not None:
            speak(editor, *chosen)
        self._connect(key, editor)  # not before: filling it is nothing to tell
        return editor

    def _connect(self, key: int, editor: CodeEditor) -> None:
        editor.textChanged.connect(partial(self._on_text, key, editor))
        editor.document().modificationChanged.connect(partial(self._mark_edited, key))
        editor.cursorPositionChanged.connect(self.status_changed)
        editor.syntax_watch.found.connect(self.status_changed)

    def _tab(self, key: int) -> CodeTab:
        """Return a tab; one that waits is made now."""
        if key in self._waiting:
            self._enter_titles()
            self._build(key, self._waiting.pop(key))
        return self._by_key[key]

    def _current(self) -> CodeTab | None:
        key = self.current_key()
        return self._tab(key) if key in self._waiting or key in self._by_key else None

    def _remove(self, key: int) -> None:
        self.tabs.removeTab(self.tabs.number_of(key))
        del self._facts[key]
        self._in_front = -1 if self._in_front == key else self._in_front
        if self._waiting.pop(key, None) is not None:
            return
        tab = self._by_key.pop(key)
        self._stack.removeWidget(tab)
        tab.setParent(None)
        tab.deleteLater()

    def _on_text(self, key: int, editor: CodeEditor) -> None:
        if not editor.isReadOnly():
            self._changed.add((key, editor))
            self._edit_timer.start()
            self._mark_edited(key)

    def _mark_edited(self, key: int, _is_edited: object = None) -> None:
        tab = self._by_key.get(key)
        if tab is not None:
            self.tabs.name(key, tab.title, is_edited=tab.is_edited)

    def _show_current(self, _index: int) -> None:
        tab = self._current()
        self._stack.setCurrentWidget(tab if tab is not None else self.empty)
        self.editor_shown.emit()

    def _new_editor(self, title: str, language: str, comment: tuple[str, str]) -> CodeEditor:
        editor = CodeEditor()
        editor.syntax_watch.wanted.connect(self.check_requested)
        editor.setAccessibleName(f"Code, {title}")
        editor.set_language(language)
        editor.set_comment(*comment)
        self.editor_made.emit(editor)
        editor.set_wrap(is_wrapped=self._is_wrapped)
        if self._zoom_px != CODE_PX:
            editor.set_zoom(self._zoom_px)
        return editor
