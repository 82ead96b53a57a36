"""Files of the user's: read within bounds, written whole or not at all.

Whatever is read is an ordinary file of a size that was expected: a pipe would keep the program
waiting, a device never ends. What the program keeps for itself is the user's alone.
"""

from __future__ import annotations

import errno
import json
import os
import stat
import tempfile
from pathlib import Path
from typing import Any

from app.core.errors import StoreError
from app.core.privacy import make_folder, make_private
from app.text.encodings import Text, decode, detect, encode, printable, words_of

LARGEST_TEXT_BYTES = 5_000_000
"""The largest file that is taken for text someone wrote, such as source code or a schema."""
LARGEST_EXPORT_BYTES = 512_000_000
"""The largest file of chats or snippets that is read."""

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
        raise StoreError(f"{_named(path)} cannot be read: {error.strerror}.", hint=hint) from error
    except ValueError as error:  # a path with a NUL, or with half a character
        raise StoreError(
            f"{str(path)!r} is not a path.", hint="Enter the name of a file."
        ) from error


def _read(path: Path, most_bytes: int, *, takes_pipes: bool) -> bytes:
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    if not takes_pipes:
        # To open a pipe that nobody writes to would wait for ever.
        flags |= getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
    with open(os.open(path, flags), "rb") as file:  # noqa: PTH123 - of a descriptor
        found = os.fstat(file.fileno())
        is_welcome = takes_pipes and not stat.S_ISDIR(found.st_mode)
        if not stat.S_ISREG(found.st_mode) and not is_welcome:
            kind = next((words for is_it, words in _KINDS if is_it(found.st_mode)), "a device")
            raise StoreError(
                f"{_named(path)} is {kind}, not a file.", hint="Choose a regular file."
            )
        # One more than is allowed: it may be longer than it says, or grow meanwhile.
        data = file.read(most_bytes + 1) if found.st_size <= most_bytes else b""
        if len(data) > most_bytes or found.st_size > most_bytes:
            size = max(found.st_size, len(data))
            raise StoreError(
                f"{_named(path)} is too large: {_amount(size)}.",
                hint=f"The limit is {_amount(most_bytes)}.",
            )
    return data


def _named(path: Path) -> str:
    return printable(str(path))


def _amount(size_bytes: int) -> str:
    if size_bytes < 1_000_000:
        return f"{size_bytes / 1000:,.0f} kB"
    return f"{size_bytes / 1e6:,.1f}".removesuffix(".0") + " MB"


def read_text(
    path: Path, *, most_bytes: int = LARGEST_TEXT_BYTES, takes_pipes: bool = False
) -> str:
    """Read a text file in whatever encoding, line ends as they are; see `read_data`.

    Raises `StoreError` that names a file which is missing, unreadable or not text.
    """
    found = detect(read_data(path, most_bytes=most_bytes, takes_pipes=takes_pipes))
    if found is None:
        raise _not_text(path)
    return found.text


def read_json(path: Path, *, most_bytes: int = LARGEST_TEXT_BYTES) -> Any:  # noqa: ANN401
    """Read a file of JSON, whatever it holds. Raises `StoreError` that names it."""
    text = read_text(path, most_bytes=most_bytes)
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise StoreError(f"{_named(path)} is not JSON.", hint="Fix or remove it.") from error


def read_any(path: Path, encoding: str = "", *, most_bytes: int = LARGEST_TEXT_BYTES) -> Text:
    """Read a text file in an encoding, or in the one that it has; line ends stay as they are.

    Raises `StoreError` that names a file which is missing, unreadable or not text.
    """
    data = read_data(path, most_bytes=most_bytes)
    found = decode(data, encoding) if encoding else detect(data)
    if found is None:
        raise _not_text(path)
    return found


def _not_text(path: Path) -> StoreError:
    return StoreError(f"{printable(path.name)} is not a text file.", hint="Choose a text file.")


def write_text(
    path: Path,
    text: str,
    *,
    name: str = "file",
    encoding: str = "utf-8",
    is_private: bool = False,
) -> None:
    """Replace a file at once, its folder made where needed; line ends go out as they are.

    A link stays one, as its target is replaced. An existing file keeps its permissions, unless it
    `is_private`: then nobody but the user may read it. `name` says what it is in a message.
    Raises `StoreError`.
    """
    try:
        make_folder(path.parent)
        data = encode(text, encoding)
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
            f"{printable(path.name)} has {error.object[error.start]!r}, "
            f"which {words_of(encoding)} cannot represent.",
            hint="Save it as UTF-8, or remove that character.",
        ) from error
    except OSError as error:
        raise StoreError(
            f"The {name} cannot be saved to {_named(path)}: {error.strerror}.", hint=_hint(error)
        ) from error


def write_private(path: Path, text: str, *, name: str) -> None:
    """Replace a file of the program's own, in its own folder; both are the user's alone."""
    try:
        make_private(path.parent)
    except OSError as error:
        raise StoreError(
            f"The {name} cannot be saved to {_named(path)}: {error.strerror}.", hint=_hint(error)
        ) from error
    write_text(path, text, name=name, is_private=True)


def is_full(error: OSError) -> bool:
    """Tell whether an error says that there is no room left."""
    return error.errno in _FULL


def _hint(error: OSError) -> str:
    if is_full(error):
        return "The disk is full: free some space and try again."
    if error.errno == errno.ELOOP:
        return "It is a link that leads to itself: remove it, or choose another name."
    return "Check the free space and the permissions of that folder."


def _rights(path: Path) -> int:
    try:
        return path.stat().st_mode & 0o777
    except FileNotFoundError:  # and nothing else: a link that leads to itself is no free place
        umask = os.umask(0o077)
        os.umask(umask)
        return 0o666 & ~umask
