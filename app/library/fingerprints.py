"""Which file a model is: size and time of change at a glance, SHA-256 for certain.

A model in several files is all of them: their sizes together, the last change of any, and the
SHA-256 of one behind the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from app.core.errors import ModelFileError
from app.core.origins import ModelMark
from app.core.split_files import files_of

_STEP_BYTES = 8 * 2**20


def mark_of(path: Path, name: str) -> ModelMark:
    """Return a file's mark, its SHA-256 not computed. Raises `ModelFileError`."""
    size_bytes, modified_ns = 0, 0
    for part in files_of(path):
        try:
            found = part.stat()
        except OSError as error:
            raise _unreadable(part, name, error) from error
        size_bytes += found.st_size
        modified_ns = max(modified_ns, found.st_mtime_ns)
    return ModelMark(name, path, size_bytes, modified_ns)


def sha256_of(path: Path, *, is_stopped: Callable[[], bool] = lambda: False) -> str:
    """Return a model's SHA-256 in hexadecimal, "" where it was stopped. Raises `ModelFileError`.

    About a second per gigabyte; the answer comes soon after `is_stopped` says so.
    """
    digest = hashlib.sha256()
    for part in files_of(path):
        try:
            with part.open("rb") as file:
                while step := file.read(_STEP_BYTES):
                    if is_stopped():
                        return ""
                    digest.update(step)
        except OSError as error:
            raise _unreadable(part, path.name, error) from error
    return digest.hexdigest()


def _unreadable(path: Path, name: str, error: OSError) -> ModelFileError:
    if isinstance(error, FileNotFoundError):
        return ModelFileError(
            f"The model file {path.name} of {name} is missing: {path} does not exist.",
            hint="Put it back, or open it from its new location.",
        )
    return ModelFileError(
        f"{path} cannot be read: {error.strerror}.", hint="Check its permissions and its disk."
    )
