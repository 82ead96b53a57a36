"""Files that go with a question: read in whatever encoding, each only once.

How they stand in its text is `app.text.attached`'s business.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from app.core.attachments import Attached, Attachment
from app.core.errors import RequestError, StoreError
from app.store.files import read_any
from app.store.project.secret_files import is_secret_name
from app.text.detection import detect
from app.text.languages import label_of_file
from app.text.short_paths import short_paths

MOST_FILES = 100
MOST_LOOKED_AT = 20_000
"""Files of a folder that are looked at; a disk's root holds millions."""
LARGEST_BYTES = 5_000_000
_SKIPPED = {"__pycache__", "node_modules", "venv", "dist", "build", "target"}


async def load(paths: Sequence[Path]) -> tuple[list[Attached], list[StoreError]]:
    """Read files, and the text files of folders. What cannot be read comes back as errors.

    A file that was named itself and is no text is an error; within a folder it is passed over.
    Raises `RequestError` where a folder holds too many files.
    """
    return await asyncio.to_thread(_load, paths)


@dataclass(frozen=True, slots=True)
class Added:
    """What is attached now, and the names of what was attached already."""

    attached: tuple[Attached, ...]
    repeated: tuple[str, ...] = ()


def add(present: Sequence[Attached], new: Sequence[Attached]) -> Added:
    """Attach what is not attached yet; a file that has changed since takes its own place.

    A folder takes in what was attached of it before. Files of one name are told apart by their
    folders.
    """
    attached = list(present)
    repeated: list[str] = []
    for one in new:
        known = {path: file for old in attached for path, file in _files(old)}
        fresh = [path for path in one.paths if path not in known]
        changed = {p: f for p, f in _files(one) if p in known and known[p].text != f.text}
        attached = [_updated(old, changed) for old in attached]
        if not fresh:
            repeated += [] if changed else [one.name]
            continue
        inside = set(one.paths)
        place = next((n for n, old in enumerate(attached) if old.root == one.root), len(attached))
        kept = [old for old in attached if not inside.issuperset(old.paths)]
        held = {path for old in kept for path in old.paths}
        kept.insert(min(place, len(kept)), _without(one, held))
        attached = kept
    return Added(_told_apart(attached), tuple(repeated))


def _files(one: Attached) -> list[tuple[Path, Attachment]]:
    return list(zip(one.paths, one.files, strict=True))


def _updated(one: Attached, changed: dict[Path, Attachment]) -> Attached:
    if not any(path in changed for path in one.paths):
        return one
    files = tuple(changed.get(path, file) for path, file in _files(one))
    return replace(one, files=files, tokens=0)


def _without(one: Attached, held: set[Path]) -> Attached:
    """Leave out of a folder what another chip holds already."""
    left = [(path, file) for path, file in _files(one) if path not in held]
    return replace(one, files=tuple(f for _, f in left), paths=tuple(p for p, _ in left))


def _told_apart(attached: Sequence[Attached]) -> tuple[Attached, ...]:
    names = short_paths([one.root or Path(one.name) for one in attached])
    return tuple(_named(one, name) for one, name in zip(attached, names, strict=True))


def _named(one: Attached, name: str) -> Attached:
    """Call a file or folder so, and the files of a folder after it."""
    name = _printable(name)
    if not one.is_folder or one.root is None:
        return replace(one, name=name, files=tuple(replace(f, name=name) for f in one.files))
    inside = [_printable(path.relative_to(one.root).as_posix()) for path in one.paths]
    files = [replace(f, name=f"{name}/{rest}") for f, rest in zip(one.files, inside, strict=True)]
    return replace(one, name=f"{name}/", files=tuple(files))


def _load(paths: Sequence[Path]) -> tuple[list[Attached], list[StoreError]]:
    loaded: list[Attached] = []
    errors: list[StoreError] = []
    for path in paths:
        try:
            root = path.resolve()
            loaded.append(_folder(root) if root.is_dir() else _file(root, path.name))
        except StoreError as error:
            errors.append(error)
        except (RuntimeError, OSError) as error:  # RuntimeError: a link to itself
            errors.append(
                StoreError(f"{path.name} cannot be read: {error}.", hint="Choose a text file.")
            )
    return loaded, errors


def _file(root: Path, name: str) -> Attached:
    name = _printable(name)
    return Attached(name, (_attachment(name, root),), root, (root,))


def _folder(root: Path) -> Attached:
    found: list[tuple[Path, Attachment]] = []
    for path in islice(_files_of(root), MOST_LOOKED_AT):
        try:
            file = _attachment(_printable(f"{root.name}/{path.relative_to(root).as_posix()}"), path)
        except (StoreError, OSError):
            continue  # a picture in a source folder is nothing to tell
        found.append((path, file))
        if len(found) > MOST_FILES:
            raise RequestError(
                f"The folder {root.name} has more than {MOST_FILES} text files.",
                hint="Attach a subfolder or individual files.",
            )
    if not found:
        raise StoreError(
            f"The folder {root.name} has no text files.",
            hint="Hidden files, build folders and files that look like secrets are skipped.",
        )
    return Attached(
        _printable(f"{root.name}/"), tuple(f for _, f in found), root, tuple(p for p, _ in found)
    )


def _files_of(folder: Path) -> Iterator[Path]:
    for where, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f not in _SKIPPED)
        for name in sorted(files):
            path = Path(where) / name
            if not name.startswith(".") and not is_secret_name(path.relative_to(folder).as_posix()):
                yield path


def _attachment(name: str, path: Path) -> Attachment:
    text = read_any(path, most_bytes=LARGEST_BYTES).text
    language = detect(text, file_name=name)
    is_told = language is None or language.label == label_of_file(name)
    return Attachment(name, text, "" if is_told or language is None else language.label)


def _printable(name: str) -> str:
    """Return a name that can stand in a message's text: its bytes may be no text at all."""
    name = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join("'" if c == "`" else c if c.isprintable() else " " for c in name)
