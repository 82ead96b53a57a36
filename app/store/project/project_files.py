"""The text files of a project's folder: found once, looked at again where a folder changed.

`.gitignore` is honoured, links are never followed, secrets are never opened, and there are limits
on everything, so that a folder of any size or shape costs bounded time. Blocking: call it off the
asyncio thread.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from app.core.errors import StoreError
from app.store.files import read_any, read_data
from app.store.project.ignore import Rules
from app.store.project.secret_files import holds_secret, is_secret_name

GENERATED_FOLDERS = frozenset(
    {
        ".git", ".hg", ".svn", ".idea", ".venv", "venv", ".tox", ".nox", ".cache", ".gradle",
        "__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache", "node_modules", ".terraform",
    }
)  # fmt: skip
"""Folders that hold no source of the project, also where no `.gitignore` says so."""
_BINARY = """
    7z a avi bin bmp bz2 class db dll dylib eot exe gguf gif gz ico jar jpeg jpg lockb mov mp3 mp4
    npy npz o obj onnx otf parquet pdf png pt pyc pyd rar safetensors so sqlite sqlite3 tar tgz tif
    tiff ttf wasm wav webm webp whl woff woff2 xz zip zst
"""
LARGEST_RULES_BYTES = 1_000_000
"""The largest `.gitignore` that is minded."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is looked at: files, folders, how deep, and the size of one file."""

    files: int = 20_000
    folders: int = 5_000
    depth: int = 40
    file_bytes: int = 200_000


@dataclass(frozen=True, slots=True)
class ProjectFile:
    """A file as it was found; `path` is the way from the root, with slashes."""

    path: str
    modified_ns: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class _Folder:
    """What a folder held when it had this time of change."""

    modified_ns: int
    ignore_ns: int
    outer: Rules
    inner: Rules
    files: tuple[ProjectFile, ...]
    folders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Index:
    """The files of a project. `is_cut` says that a limit was reached."""

    root: Path
    files: tuple[ProjectFile, ...] = ()
    is_cut: bool = False
    folders: Mapping[str, _Folder] = field(default_factory=dict, repr=False)


def scan(root: Path, before: Index | None = None, limits: Limits | None = None) -> Index:
    """Find the files of a project; folders that did not change since `before` are not read again.

    A folder that is gone, or may not be read, holds nothing.
    """
    known = before.folders if before is not None and before.root == root else {}
    return _Scan(root, known, limits or Limits()).run()


def read(root: Path, file: ProjectFile, limits: Limits | None = None) -> str | None:
    """Return a file's text; None where it is gone, no text, too large, a secret or elsewhere."""
    place = root / file.path
    try:
        # It may have become a link since it was found, or lie in a folder that did.
        if place.is_symlink() or not place.resolve().is_relative_to(root.resolve()):
            return None
        text = read_any(place, most_bytes=(limits or Limits()).file_bytes).text
    except (OSError, RuntimeError, StoreError):  # a loop of links is a RuntimeError until 3.13
        return None
    return None if is_secret_name(file.path) or holds_secret(text) else text


class _Scan:
    def __init__(self, root: Path, known: Mapping[str, _Folder], limits: Limits) -> None:
        self._root = root
        self._binary = frozenset(_BINARY.split())
        self._known = known
        self._limits = limits
        self._folders: dict[str, _Folder] = {}
        self._files: list[ProjectFile] = []

    def run(self) -> Index:
        # Folder by folder away from the root, so that a limit cuts what is farthest from it.
        waiting = deque([("", _rules_above(self._root), 0)])
        is_cut = False
        while waiting:
            way, rules, depth = waiting.popleft()
            too_many = len(self._folders) >= self._limits.folders
            if too_many or depth > self._limits.depth or len(self._files) >= self._limits.files:
                is_cut = True
                continue
            with suppress(OSError):  # it vanished, or is not ours to read
                folder = self._look(way, rules)
                self._folders[way] = folder
                self._files += folder.files
                waiting += [(f"{way}{name}/", folder.inner, depth + 1) for name in folder.folders]
        is_cut = is_cut or len(self._files) > self._limits.files
        files = tuple(self._files[: self._limits.files])
        return Index(self._root, files, is_cut, self._folders)

    def _look(self, way: str, rules: Rules) -> _Folder:
        place = self._root / way
        modified_ns = place.stat().st_mtime_ns
        ignore_ns = _modified_ns(place / ".gitignore")
        known = self._known.get(way)
        if known is not None and (known.modified_ns, known.ignore_ns, known.outer) == (
            modified_ns,
            ignore_ns,
            rules,
        ):
            return known
        inner = rules.with_file(_text(place / ".gitignore"), folder=way) if ignore_ns else rules
        files: list[ProjectFile] = []
        folders: list[str] = []
        with os.scandir(place) as entries:
            for entry in entries:
                path = way + entry.name
                if entry.is_symlink() or inner.ignores(path, is_folder=entry.is_dir()):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    if entry.name not in GENERATED_FOLDERS:
                        folders.append(entry.name)
                elif entry.is_file(follow_symlinks=False) and self._is_text(path):
                    found = entry.stat(follow_symlinks=False)
                    if 0 < found.st_size <= self._limits.file_bytes:
                        files.append(ProjectFile(path, found.st_mtime_ns, found.st_size))
        return _Folder(modified_ns, ignore_ns, rules, inner, tuple(files), tuple(sorted(folders)))

    def _is_text(self, path: str) -> bool:
        return path.rpartition(".")[2].lower() not in self._binary and not is_secret_name(path)


def _rules_above(root: Path) -> Rules:
    """Return what holds in the project because of the repository that it lies in."""
    repository = next((p for p in (root, *root.parents) if (p / ".git").exists()), None)
    if repository is None:
        return Rules()
    down = root.relative_to(repository).parts
    prefix = "".join(f"{part}/" for part in down)
    rules = Rules().with_file(_text(repository / ".git" / "info" / "exclude"), prefix=prefix)
    for depth in range(len(down)):
        ways = "".join(f"{part}/" for part in down[depth:])
        above = repository.joinpath(*down[:depth])
        rules = rules.with_file(_text(above / ".gitignore"), prefix=ways)
    return rules


def _modified_ns(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _text(path: Path) -> str:
    try:
        return read_data(path, most_bytes=LARGEST_RULES_BYTES).decode("utf-8", "replace")
    except StoreError:
        return ""
