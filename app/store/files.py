"""Text files of the user's: written whole or not at all."""

from __future__ import annotations

import codecs
import os
import re
import tempfile
from pathlib import Path

from app.core.errors import StoreError

# Control characters that no text has: all but tab, line ends, form feed and escape.
_NO_TEXT = re.compile("[\\x00-\\x08\\x0b\\x0e-\\x1a\\x1c-\\x1f]")


def read_text(path: Path) -> str:
    """Read a file of UTF-8 text, line ends as they are. Raises `StoreError` that names it."""
    try:
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise StoreError(
            f"{path} cannot be read: {error.strerror}.", hint="Name a text file."
        ) from error
    except UnicodeError as error:
        raise StoreError(f"{path} is not UTF-8 text.", hint="Name a text file.") from error


def read_any(path: Path) -> tuple[str, str]:
    """Read a text file in whatever encoding; return its text, line ends as they are, and that.

    Byte order marks are believed, then UTF-8 and UTF-16 are tried; else it is Windows' Western
    European. Raises `StoreError` that names a file which is missing, unreadable or no text.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise StoreError(
            f"{path.name} cannot be read: {error.strerror}.", hint="Choose a text file."
        ) from error
    for encoding in _encodings_of(data):
        try:
            text = data.decode(encoding)
        except UnicodeError:
            continue
        if not _NO_TEXT.search(text):
            return text, encoding
    raise StoreError(f"{path.name} is no text file.", hint="Only text can be read by a model.")


def _encodings_of(data: bytes) -> list[str]:
    if data.startswith(codecs.BOM_UTF8):
        return ["utf-8-sig"]
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ["utf-16"]
    wide = ["utf-16-le"] if data[1:40:2].count(0) > len(data[1:40:2]) // 2 else []
    return [*wide, "utf-8", "cp1252"]


def write_text(path: Path, text: str, *, name: str = "file", encoding: str = "utf-8") -> None:
    """Replace a file at once, its folder made where needed; line ends go out as they are.

    An existing file keeps its rights. `name` says what it is in a message. Raises `StoreError`.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        data = text.encode(encoding)
        handle, staged = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}", suffix=".new")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(staged).chmod(_rights(path))
            Path(staged).replace(path)
        except BaseException:
            Path(staged).unlink(missing_ok=True)
            raise
    except UnicodeEncodeError as error:
        raise StoreError(
            f"The {name} {path} holds {error.object[error.start]!r}, which {encoding} has not.",
            hint="Save it as UTF-8.",
        ) from error
    except OSError as error:
        raise StoreError(
            f"The {name} cannot be saved to {path}: {error.strerror}.",
            hint="Check the free space and the rights of that folder.",
        ) from error


def _rights(path: Path) -> int:
    if path.exists():
        return path.stat().st_mode & 0o777
    umask = os.umask(0o077)
    os.umask(umask)
    return 0o666 & ~umask
