"""What else of a project a model should see before it writes: open tabs, and files that are near.

The folder is read on worker threads, once, and again where it changed. Whoever asks waits a moment
at most; what was not found by then is there the next time.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from app.core.errors import RequestError
from app.generation.infill.nearness import Candidate, Nearness, excerpt, identifiers_of
from app.generation.infill.repository import SourceFile
from app.services.tasks import Tasks
from app.store.project.project_files import Index, ProjectFile, read, scan
from app.store.project.secret_files import holds_secret, is_secret_name
from app.store.settings import Settings

FOLDER, TOKENS = "project.folder", "project.context_tokens"
PATIENCE_S = 0.05
"""How long an answer is waited for: less than is noticed between two keys."""
REFRESH_AFTER_S = 10.0
MOST_FILES = 8
_CHARACTERS_PER_TOKEN = 3
"""Code has some 3.6 (336 files, StarCoder's vocabulary). The infill counts, and says what it
leaves out where there are more tokens after all."""
_READ_AT_MOST = 40
_KEPT_TEXTS = 300
_LEAST_SCORE = 1.0
_OPEN_BONUS = 2.0
_NO_NAME = "project"
_SHARE = 0.6
"""So much of the room that is left goes to a file that does not fit whole."""

Context = tuple[tuple[SourceFile, ...], str]
"""Files, the nearest first, and the repository's name; empty where there are none."""


class Project:
    """The project folder, if there is one: `folder`, or what the settings say.

    Used on the asyncio thread.
    """

    def __init__(self, settings: Settings, tasks: Tasks, *, folder: Path | None = None) -> None:
        self._settings = settings
        self._tasks = tasks
        self._given = folder
        self._reader = _Reader()
        self._finding: asyncio.Task[None] | None = None
        self._found: tuple[str, Context] | None = None

    @property
    def folder(self) -> Path | None:
        """Return the folder, None where there is none."""
        if self._given is not None:
            return self._given
        chosen = str(self._settings.value(FOLDER))
        return Path(chosen) if chosen else None

    async def choose(self, folder: Path | None) -> None:
        """Choose a folder, or none, and remember it. Raises `RequestError`, `StoreError`."""
        chosen = await asyncio.to_thread(whole_folder, folder) if folder is not None else ""
        await asyncio.to_thread(self._settings.set_value, FOLDER, str(chosen))
        self._found = None

    async def warm(self) -> None:
        """Look the folder through, so that the first who asks need not wait."""
        await self.context_for("", "", patience_s=0)

    async def context_for(
        self,
        path: str,
        text: str,
        opened: Sequence[SourceFile] = (),
        *,
        patience_s: float = PATIENCE_S,
    ) -> Context:
        """Return what should be read before `text`, the file at `path`, within the token budget.

        `path` and those of the `opened` tabs are whole, or names. After `patience_s` this is what
        was found last for the same file, or nothing yet.
        """
        budget = int(self._settings.value(TOKENS)) * _CHARACTERS_PER_TOKEN
        if budget <= 0:
            return (), ""
        asked = _Query(self.folder, path, text, tuple(opened), budget)
        if self._finding is None or self._finding.done():
            self._finding = self._tasks.start(self._find(asked), name="project context")
        await asyncio.wait({self._finding}, timeout=patience_s)
        is_same = self._found is not None and self._found[0] == path
        return self._found[1] if self._found is not None and is_same else ((), "")

    async def _find(self, asked: _Query) -> None:
        found = await asyncio.to_thread(self._reader.context, asked)
        if asked.folder == self.folder:
            self._found = (asked.path, found)


@dataclass(frozen=True, slots=True)
class _Query:
    folder: Path | None
    path: str
    text: str
    opened: tuple[SourceFile, ...]
    budget: int


@dataclass(frozen=True, slots=True)
class _Known:
    """A file as it was read last; its text is None where it must not or cannot be shown."""

    modified_ns: int
    size_bytes: int
    text: str | None
    identifiers: frozenset[str]


class _Reader:
    """Keeps the index and the texts that were read. Any thread, one at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._index: Index | None = None
        self._looked_at = 0.0
        self._known: dict[Path, _Known] = {}
        self._last: tuple[object, Context] | None = None
        self._shown: list[Path] = []

    def context(self, asked: _Query) -> Context:
        with self._lock:
            folder = asked.folder
            index = self._fresh(folder) if folder is not None else None
            path = _within(asked.path, folder)
            opened = [replace(one, path=_within(one.path, folder)) for one in asked.opened]
            near = Nearness(path, asked.text)
            # The same files in the same order, key after key: the model keeps what it has read.
            key = (folder, path, near.imports, tuple(opened), asked.budget)
            if self._last is None or self._last[0] != key:
                self._last = (key, self._choose(index, near, path, opened, asked.budget))
            return self._last[1]

    def _fresh(self, folder: Path) -> Index:
        now = time.monotonic()
        before = self._index
        if before is not None and before.root == folder and now - self._looked_at < REFRESH_AFTER_S:
            return before
        index = scan(folder, before)
        is_same = before is not None and before.root == folder and before.files == index.files
        if not is_same or any(self._is_changed(place) for place in self._shown):
            self._last = None
        self._index, self._looked_at = index, time.monotonic()
        return index

    def _is_changed(self, place: Path) -> bool:
        known = self._known.get(place)
        return known is None or _state(place) != (known.modified_ns, known.size_bytes)

    def _choose(
        self,
        index: Index | None,
        near: Nearness,
        path: str,
        opened: Sequence[SourceFile],
        budget: int,
    ) -> Context:
        texts = {
            one.path: one.text
            for one in opened
            if one.path != path and one.text.strip() and not _is_secret(one)
        }
        newest_s = time.time()
        measured = [(Candidate(p, newest_s), identifiers_of(text)) for p, text in texts.items()]
        is_open = set(texts) | {path}
        for file, known in self._near_files(index, near, is_open):
            if known.text is not None and known.text.strip():
                texts[file.path] = known.text
                candidate = Candidate(file.path, file.modified_ns / 1e9)
                measured.append((candidate, known.identifiers))
        scored = [(s + _OPEN_BONUS * (c.path in is_open), c) for c, s in near.ranked(measured)]
        scored.sort(key=lambda pair: -pair[0])
        files: list[SourceFile] = []
        for score, candidate in scored:
            if score >= _LEAST_SCORE and len(files) < MOST_FILES:
                text = texts[candidate.path]
                room = budget if len(text) <= budget else int(budget * _SHARE)
                shown = excerpt(text, near.identifiers, room)
                if shown:
                    files.append(SourceFile(candidate.path, shown))
                    budget -= len(shown) + len(candidate.path)
        self._shown = [index.root / file.path for file in files] if index is not None else []
        name = index.root.name if index is not None else _NO_NAME
        return tuple(files), name if files else ""

    def _near_files(
        self, index: Index | None, near: Nearness, is_open: set[str]
    ) -> list[tuple[ProjectFile, _Known]]:
        if index is None:
            return []
        by_path = {file.path: file for file in index.files if file.path not in is_open}
        candidates = [Candidate(p, file.modified_ns / 1e9) for p, file in by_path.items()]
        nearest = near.shortlist(candidates, _READ_AT_MOST)
        return [(by_path[one.path], self._read(index.root, by_path[one.path])) for one in nearest]

    def _read(self, root: Path, file: ProjectFile) -> _Known:
        place = root / file.path
        modified_ns, size_bytes = _state(place)
        known = self._known.pop(place, None)
        if known is None or (known.modified_ns, known.size_bytes) != (modified_ns, size_bytes):
            text = read(root, file)
            known = _Known(modified_ns, size_bytes, text, identifiers_of(text or ""))
        self._known[place] = known  # last again: the first are forgotten first
        while len(self._known) > _KEPT_TEXTS:
            del self._known[next(iter(self._known))]
        return known


def whole_folder(folder: Path) -> Path:
    """Return a folder's whole path; blocking. Raises `RequestError` where it is none."""
    if not folder.is_dir():
        raise RequestError(f"{folder} is not a folder.", hint="Choose the project's folder.")
    return folder.absolute()


def _within(path: str, folder: Path | None) -> str:
    """Return a path as the project has it: from its root, with slashes; outside it the name."""
    place = Path(path)
    if not place.is_absolute():
        return place.as_posix()
    inside = folder is not None and place.is_relative_to(folder)
    return place.relative_to(folder).as_posix() if folder is not None and inside else place.name


def _state(place: Path) -> tuple[int, int]:
    try:
        found = place.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size


def _is_secret(file: SourceFile) -> bool:
    return is_secret_name(file.path) or holds_secret(file.text)
