"""Files that go with a question: read in whatever encoding.

How they stand in its text is `app.generation.attached`'s business.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from app.core.errors import RequestError, StoreError
from app.generation.attached import Attachment
from app.generation.detection import detect
from app.generation.languages import label_of_file
from app.store.files import read_any
from app.store.secret_files import is_secret_name

MOST_FILES = 100
MOST_LOOKED_AT = 20_000
"""Files of a folder that are looked at; a disk's root holds millions."""
LARGEST_BYTES = 5_000_000
_SKIPPED = {"__pycache__", "node_modules", "venv", "dist", "build", "target"}


async def load(paths: Sequence[Path]) -> tuple[list[Attachment], list[StoreError]]:
    """Read files, and the text files of folders. What cannot be read comes back as errors.

    A file that was named itself and is no text is an error; within a folder it is passed over.
    Raises `RequestError` where a folder holds too many files.
    """
    return await asyncio.to_thread(_load, paths)


def _load(paths: Sequence[Path]) -> tuple[list[Attachment], list[StoreError]]:
    loaded: list[Attachment] = []
    errors: list[StoreError] = []
    for path in paths:
        if not path.is_dir():
            try:
                loaded.append(_attachment(path.name, path))
            except StoreError as error:
                errors.append(error)
            continue
        for file in islice(_files_of(path), MOST_LOOKED_AT):
            try:
                name = str(file.relative_to(path.parent))
                loaded.append(_attachment(name, file))
            except StoreError:
                continue  # a picture in a source folder is nothing to tell
            if len(loaded) > MOST_FILES:
                raise RequestError(
                    f"The folder {path.name} holds more than {MOST_FILES} text files.",
                    hint="Attach a folder inside it, or single files.",
                )
    return loaded, errors


def _files_of(folder: Path) -> Iterator[Path]:
    for where, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f not in _SKIPPED)
        for name in sorted(files):
            path = Path(where) / name
            if not name.startswith(".") and not is_secret_name(path.relative_to(folder).as_posix()):
                yield path


def _attachment(name: str, path: Path) -> Attachment:
    text, _ = read_any(path, most_bytes=LARGEST_BYTES)
    language = detect(text, file_name=name)
    is_told = language is None or language.label == label_of_file(name)
    return Attachment(name, text, "" if is_told or language is None else language.label)
