"""The user's own tabs of the code panel: new ones and files of the disk, which belong to no chat.

They stay while chats change. What is not saved is kept in a file of its own within a second, so
that a crash loses nothing; see `app.store.open_tabs`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from app.core.errors import AppError, RequestError
from app.generation.infill.repository import SourceFile
from app.services.source_files import PLAIN, TextFormat, read_source, write_source
from app.services.tasks import Tasks
from app.store.open_tabs import OpenTab, OpenTabs, load_open_tabs, save_open_tabs
from app.text.detection import detect
from app.text.encodings import is_encoding, printable
from app.text.languages import label_of_file, language_named
from app.ui.presenters.views import OwnTabsView


@dataclass(slots=True)
class _OwnTab:
    """An open tab. `text` is what the user typed last; `stamp` when its file was written."""

    title: str
    path: Path | None = None
    language: str = ""
    form: TextFormat = PLAIN
    text: str = ""
    stamp: int = 0
    closes_when_saved: bool = False


class OwnTabs:
    """Opens, saves and closes them, and keeps what was not saved."""

    def __init__(self, view: OwnTabsView, tasks: Tasks, kept_at: Path) -> None:
        self._view = view
        self._tasks = tasks
        self._kept_at = kept_at
        self._tabs: dict[int, _OwnTab] = {}
        self._count = 0
        self.kept = OpenTabs()
        self._is_discarding = False
        self._keeping = asyncio.Lock()

    def __contains__(self, key: int) -> bool:
        """Tell whether a tab is the user's own."""
        return key in self._tabs

    def adopt(self, key: int, title: str, language: str) -> None:
        """Take a tab that is being written for one of the user's own; `grow` follows its text."""
        self._tabs[key] = _OwnTab(title, language=language)
        self._view.keep_open(key)

    def grow(self, key: int, text: str) -> None:
        """Note what was written into an adopted tab."""
        self._tabs[key].text += text

    def files(self) -> list[SourceFile]:
        """Return what the tabs hold, each with its file's path or its name."""
        return [
            SourceFile(printable(str(tab.path or tab.title)), tab.text)
            for tab in self._tabs.values()
        ]

    def path(self, key: int) -> Path | None:
        """Return the file that a tab shows, None where it has none."""
        return self._tabs[key].path

    def new(self, language: str = "") -> int:
        """Open an empty tab in a language, by its name."""
        self._count += 1
        known = language_named(language)
        title = f"untitled-{self._count}{known.extension if known else '.txt'}"
        key = self._add(_OwnTab(title, language=known.label if known else ""), "", None)
        self._view.write_in(key)
        return key

    def open(self, paths: Sequence[Path]) -> None:
        """Open files, each in a tab; one that is open already is shown."""
        self._tasks.start(self._open(paths), name="open files")

    def edited(self, key: int, text: str) -> None:
        """Keep what the user typed."""
        self._tabs[key].text = text
        self._tasks.start(self.keep(), name="keep tabs")

    def save(self, key: int, text: str) -> None:
        """Save a tab in its file, or ask for one. Another program's changes are not overwritten."""
        tab = self._tabs[key]
        if tab.path is None:
            self._view.ask_path(key, tab.title, text)
        else:
            self._tasks.start(self._save(key, tab.path, text, is_known=True), name="save code")

    def save_to(self, key: int, path: Path, text: str) -> None:
        """Save a tab as this file, which is its place from now on."""
        self._tasks.start(self._save(key, path, text, is_known=False), name="save code")

    def save_in(self, key: int, encoding: str, text: str) -> None:
        """Save a tab in an encoding, which is the tab's from now on; ask where it has no file."""
        tab = self._tabs[key]
        form = replace(tab.form, encoding=encoding)
        if tab.path is None:
            tab.form = form
            self._show_form(key)
            self._view.ask_path(key, tab.title, text)
        else:
            save = self._save(key, tab.path, text, is_known=True, form=form)
            self._tasks.start(save, name="save code")

    def reopen(self, key: int, encoding: str) -> None:
        """Read a tab's file again, in an encoding."""
        self._tasks.start(self._reread(key, encoding), name="reopen file")

    def choose_language(self, key: int, name: str) -> None:
        """Colour and comment a tab as a language, by its name."""
        known = language_named(name)
        self._tabs[key].language = known.label if known else ""
        self._tasks.start(self.keep(), name="keep tabs")

    def close(self, key: int) -> None:
        """Close a tab; ask first where its text is nowhere else."""
        tab = self._tabs[key]
        text = self._view.text_of(key) or ""
        if not self._view.is_edited(key) or (tab.path is None and not text.strip()):
            self._drop(key)
            return

        def save() -> None:
            tab.closes_when_saved = True
            self.save(key, text)

        self._view.ask_unsaved(tab.title, save=save, discard=lambda: self._drop(key))

    def unsaved(self) -> list[str]:
        """Return the titles of tabs with text that is in no file."""
        return [tab.title for key, tab in self._tabs.items() if self._is_unsaved(key)]

    def has_file_to_save(self) -> bool:
        """Tell whether one of those has a file that it can be saved in."""
        return any(tab.path and self._is_unsaved(key) for key, tab in self._tabs.items())

    async def save_all(self) -> None:
        """Save what has a file; the other tabs are kept as they are. Raises `StoreError`."""
        for key, tab in list(self._tabs.items()):
            if tab.path is not None and self._is_unsaved(key):
                await self._save(key, tab.path, self._view.text_of(key) or "", is_known=True)

    def discard_all(self) -> None:
        """Keep nothing that is in no file; call it before the window goes."""
        self._is_discarding = True

    async def restore(self) -> None:
        """Open what was open when the window was left. Raises `StoreError` of a file that is gone.

        `kept` says from now on how the window was left.
        """
        kept = self.kept = await asyncio.to_thread(load_open_tabs, self._kept_at)
        problem: AppError | None = None
        for one in kept.tabs:
            try:
                await self._reopen(one)
            except AppError as error:
                problem = error
        if 0 <= kept.shown < len(self._tabs):
            self._view.show_tab(list(self._tabs)[kept.shown])
        if problem is not None:
            raise problem

    async def keep(self, code: OpenTabs | None = None) -> None:
        """Keep what is open where it changed; `code` says how the answers' tabs stand."""
        async with self._keeping:
            state = self._state(code or self.kept)
            if state != self.kept:
                self.kept = state
                await asyncio.to_thread(save_open_tabs, self._kept_at, state)

    def number(self, key: int) -> int:
        """Return which of the own tabs this is, -1 where it is none."""
        return list(self._tabs).index(key) if key in self._tabs else -1

    # --- how it is done ------------------------------------------------------------------

    def _is_unsaved(self, key: int) -> bool:
        if not self._view.is_edited(key):
            return False
        return self._tabs[key].path is not None or bool((self._view.text_of(key) or "").strip())

    def _state(self, code: OpenTabs) -> OpenTabs:
        tabs = [self._kept_tab(key, tab) for key, tab in self._tabs.items()]
        if self._is_discarding:
            tabs = [replace(tab, text=None) for tab in tabs if tab.path]
        return OpenTabs(tuple(tabs), code.shown, code.shown_code, code.places, code.hidden)

    def _kept_tab(self, key: int, tab: _OwnTab) -> OpenTab:
        return OpenTab(
            title=tab.title,
            path=str(tab.path or ""),
            text=tab.text if tab.path is None or self._view.is_edited(key) else None,
            language=tab.language,
            encoding=tab.form.encoding,
            line_end=tab.form.line_end,
            place=self._view.place_of(key),
        )

    async def _open(self, paths: Sequence[Path]) -> None:
        for path in [Path.cwd() / path for path in paths]:
            known = [key for key, tab in self._tabs.items() if tab.path == path]
            if known:
                self._view.write_in(known[0])
                continue
            text, form, stamp = await asyncio.to_thread(_read, path)
            found = await asyncio.to_thread(detect, text, file_name=str(path))
            tab = _OwnTab(
                printable(path.name), path, found.label if found else "", form, text, stamp
            )
            self._view.write_in(self._add(tab, text, None))
        await self.keep()

    async def _reopen(self, one: OpenTab) -> None:
        path = Path(one.path) if one.path else None
        form = TextFormat(one.line_end, one.encoding if is_encoding(one.encoding) else "utf-8")
        saved, stamp = "", 0
        if path is not None:
            try:
                saved, form, stamp = await asyncio.to_thread(_read, path, before=one.encoding)
            except AppError:
                if one.text is None:
                    raise
        text = saved if one.text is None else one.text
        key = self._add(_OwnTab(one.title, path, one.language, form, text, stamp), saved, text)
        self._view.put_place(key, one.place)

    def _add(self, tab: _OwnTab, saved: str, text: str | None) -> int:
        known = language_named(tab.language)
        comment = (known.comment, known.comment_end) if known else ("#", "")
        key = self._view.add_tab(tab.title, tab.language, comment, [(saved, text)])
        self._view.keep_open(key)
        self._tabs[key] = tab
        self._show_form(key)
        return key

    def _show_form(self, key: int) -> None:
        tab = self._tabs[key]
        form = tab.form
        self._view.show_form(
            key,
            line_end=form.line_end_words,
            encoding=form.encoding,
            is_exact=form.is_exact,
            has_file=tab.path is not None,
        )

    async def _reread(self, key: int, encoding: str) -> None:
        tab = self._tabs[key]
        if tab.path is None:
            return
        if self._view.is_edited(key):
            raise RequestError(
                f"{tab.title} has unsaved changes.",
                hint="Save or undo them, then reopen it.",
            )
        text, form, stamp = await asyncio.to_thread(_read, tab.path, encoding)
        if self._tabs.get(key) is not tab or self._view.is_edited(key):
            return  # closed or written in meanwhile
        tab.text, tab.form, tab.stamp = text, form, stamp
        self._view.reload(key, text)
        self._show_form(key)
        await self.keep()

    async def _save(
        self, key: int, path: Path, text: str, *, is_known: bool, form: TextFormat | None = None
    ) -> None:
        tab = self._tabs[key]
        form = form or tab.form
        if is_known and not form.is_exact:
            raise RequestError(
                f"{tab.title} has bytes that are not valid {tab.form.encoding_words}, "
                "and saving would lose them.",
                hint="Reopen it with another encoding, or save it as another file.",
            )
        if is_known and await asyncio.to_thread(_stamp, path) not in (tab.stamp, 0):
            raise RequestError(
                f"{printable(path.name)} was changed by another program since it was opened.",
                hint="Save it under another name, or save it as the same file to replace it.",
            )
        form = await asyncio.to_thread(write_source, path, text, form)
        tab.form = replace(form, is_exact=True)
        tab.stamp = await asyncio.to_thread(_stamp, path)
        tab.path, tab.title = path, printable(path.name)
        if not is_known and not tab.language:
            tab.language = label_of_file(path.name)
            known = language_named(tab.language)
            if known is not None:
                comment = (known.comment, known.comment_end)
                self._view.set_language(key, tab.language, comment)
        self._show_form(key)
        self._view.show_saved(key, path, text)
        if not is_known:
            self._drop_replaced(key, path)
        if not self._view.is_edited(key):  # else the user typed more meanwhile
            tab.text = text
        if tab.closes_when_saved and not self._view.is_edited(key):
            self._drop(key)
        await self.keep()

    def _drop_replaced(self, key: int, path: Path) -> None:
        """Close other tabs of a file that was replaced, but for what the user wrote there."""
        for other, tab in list(self._tabs.items()):
            if other != key and tab.path == path and not self._is_unsaved(other):
                self._drop(other)

    def _drop(self, key: int) -> None:
        self._tabs.pop(key, None)
        self._view.remove_tab(key)
        self._tasks.start(self.keep(), name="keep tabs")


def _read(path: Path, encoding: str = "", *, before: str = "") -> tuple[str, TextFormat, int]:
    text, form = read_source(path, encoding, before=before)
    return text, form, _stamp(path)


def _stamp(path: Path) -> int:
    """Return when a file was written, 0 where there is none."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
