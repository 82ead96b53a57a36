"""Files of the user's: read within bounds, written whole or not at all.

Whatever is read is an ordinary file of a size that was expected: a pipe would keep the program
waiting, a device never ends. What the program keeps for itself is the user's alone.
"""

from __future__ import annotations

import codecs
import errno
import json
import os
import re
import stat
import tempfile
from pathlib import Path
from typing import Any

from app.core.errors import StoreError
from app.core.privacy import make_folder, make_private

LARGEST_TEXT_BYTES = 5_000_000
"""The largest file that is taken for text someone wrote, such as source code or a schema."""
LARGEST_EXPORT_BYTES = 512_000_000
"""The largest file of chats or snippets that is read."""

# Control characters that no text has: all but tab, line ends, form feed and escape.
_NO_TEXT = re.compile("[\\x00-\\x08\\x0b\\x0e-\\x1a\\x1c-\\x1f]")
_FULL = (errno.ENOSPC, errno.EDQUOT)
_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def read_data(
    path: Path, *, most_bytes: int = LARGEST_TEXT_BYTES, takes_pipes: bool = False
) -> bytes:
    """Read an ordinary file of at most `most_bytes`. Raises `StoreError` that names it.

    `takes_pipes` is for a file that the user named on a command line, such as `<(command)`: it
    is waited for then. Nothing else ever makes this wait, whatever lies at that path.
    """
    try:
        return _read(path, most_bytes, takes_pipes=takes_pipes)
    except OSError as error:
        is_gone = isinstance(error, FileNotFoundError)
        hint = "Check the path." if is_gone else "Check its permissions and its disk."
        raise StoreError(f"{path} cannot be read: {error.strerror}.", hint=hint) from error
    except ValueError as error:  # a path with a NUL, or with half a character
        raise StoreError(f"{str(path)!r} is not a path.", hint="Name a file.") from error


def _read(path: Path, most_bytes: int, *, takes_pipes: bool) -> bytes:
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    if not takes_pipes:
        # To open a pipe that nobody writes to would wait for ever.
        flags |= getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
    with open(os.open(path, flags), "rb") as file:  # noqa: PTH123 - of a descriptor
        found = os.fstat(file.fileno())
        is_welcome = takes_pipes and not stat.S_ISDIR(found.st_mode)
        if not stat.S_ISREG(found.st_mode) and not is_welcome:
            kind = next((words for is_it, words in _KINDS if is_it(found.st_mode)), "no file")
            raise StoreError(f"{path} is {kind}, not a file.", hint="Choose an ordinary file.")
        # One more than is allowed: it may be longer than it says, or grow meanwhile.
        data = file.read(most_bytes + 1) if found.st_size <= most_bytes else b""
        if len(data) > most_bytes or found.st_size > most_bytes:
            size = max(found.st_size, len(data))
            raise StoreError(
                f"{path} is too large: {_amount(size)}.",
                hint=f"The most that is read here is {_amount(most_bytes)}.",
            )
    return data


def _amount(size_bytes: int) -> str:
    if size_bytes < 1_000_000:
        return f"{size_bytes / 1000:,.0f} kB"
    return f"{size_bytes / 1e6:,.1f}".removesuffix(".0") + " MB"


def read_text(
    path: Path, *, most_bytes: int = LARGEST_TEXT_BYTES, takes_pipes: bool = False
) -> str:
    """Read a file of UTF-8 text, line ends as they are. Raises `StoreError` that names it."""
    try:
        data = read_data(path, most_bytes=most_bytes, takes_pipes=takes_pipes)
        return data.decode("utf-8")
    except UnicodeError as error:
        raise StoreError(f"{path} is not UTF-8 text.", hint="Choose a text file.") from error


def read_json(path: Path, *, most_bytes: int = LARGEST_TEXT_BYTES) -> Any:  # noqa: ANN401
    """Read a file of JSON, whatever it holds. Raises `StoreError` that names it."""
    text = read_text(path, most_bytes=most_bytes)
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise StoreError(f"{path} is not JSON.", hint="Repair or remove it.") from error


def read_any(path: Path, *, most_bytes: int = LARGEST_TEXT_BYTES) -> tuple[str, str]:
    """Read a text file in whatever encoding; return its text, line ends as they are, and that.

    Byte order marks are believed, then UTF-8 and UTF-16 are tried; else it is Windows' Western
    European. Raises `StoreError` that names a file which is missing, unreadable or no text.
    """
    data = read_data(path, most_bytes=most_bytes)
    for encoding in _encodings_of(data):
        try:
            text = data.decode(encoding)
        except UnicodeError:
            continue
        if not _NO_TEXT.search(text):
            return text, encoding
    raise StoreError(f"{path.name} is not a text file.", hint="A model can read only text.")


def _encodings_of(data: bytes) -> list[str]:
    if data.startswith(codecs.BOM_UTF8):
        return ["utf-8-sig"]
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ["utf-16"]
    wide = ["utf-16-le"] if data[1:40:2].count(0) > len(data[1:40:2]) // 2 else []
    return [*wide, "utf-8", "cp1252"]


def write_text(
    path: Path,
    text: str,
    *,
    name: str = "file",
    encoding: str = "utf-8",
    is_private: bool = False,
) -> None:
    """Replace a file at once, its folder made where needed; line ends go out as they are.

    An existing file keeps its permissions, unless it `is_private`: then nobody but the user may
    read it. `name` says what it is in a message. Raises `StoreError`.
    """
    try:
        make_folder(path.parent)
        data = text.encode(encoding)
        place = Path(os.path.realpath(path)) if path.is_symlink() else path
        handle, staged = tempfile.mkstemp(dir=place.parent, prefix=".starwright-", suffix=".new")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            if not is_private:  # as it is made, nobody else may read it
                Path(staged).chmod(_rights(place))
            Path(staged).replace(place)
        except BaseException:
            Path(staged).unlink(missing_ok=True)
            raise
    except UnicodeEncodeError as error:
        raise StoreError(
            f"The {name} {path} has {error.object[error.start]!r}, which {encoding} cannot hold.",
            hint="Save it as UTF-8, or remove that character.",
        ) from error
    except OSError as error:
        raise StoreError(
            f"The {name} cannot be saved to {path}: {error.strerror}.", hint=_hint(error)
        ) from error


def write_private(path: Path, text: str, *, name: str) -> None:
    """Replace a file of the program's own, in its own folder; both are the user's alone."""
    try:
        make_private(path.parent)
    except OSError as error:
        raise StoreError(
            f"The {name} cannot be saved to {path}: {error.strerror}.", hint=_hint(error)
        ) from error
    write_text(path, text, name=name, is_private=True)


def is_full(error: OSError) -> bool:
    """Tell whether an error says that there is no room left."""
    return error.errno in _FULL


def _hint(error: OSError) -> str:
    if is_full(error):
        return "The disk is full: free some space and try again."
    return "Check the free space and the permissions of that folder."


def _rights(path: Path) -> int:
    if path.exists():
        return path.stat().st_mode & 0o777
    umask = os.umask(0o077)
    os.umask(umask)
    return 0o666 & ~umask
