"""Whose fault it is when SQLite fails: the world's, the file's, or our own.

Told by codes, never by words, which differ between versions: https://sqlite.org/rescode.html. The
world (a full disk, a lock, missing permissions) and a damaged file are a `StoreError` with a hint;
what no history in the world would take is a bug of ours, a `StatementError`.
"""

from __future__ import annotations

import errno
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from app.core.errors import DamagedError, StoreError

_LITTLE_ROOM_BYTES = 1_000_000
_FULL_HINT = "The disk is full: free some space. The text stays in the window and is saved then."
_READ_ONLY_DISK_HINT = (
    "Its disk is read-only: make it writable, or set STARWRIGHT_HOME to a folder elsewhere."
)
_USUAL_HINT = "Check the disk and try again."
_WORLD_HINTS = {
    sqlite3.SQLITE_READONLY: (
        "The file or its folder is read-only: make it writable. The text stays in the window."
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "Check the permissions of its folder, or set STARWRIGHT_HOME to another folder."
    ),
    sqlite3.SQLITE_BUSY: (
        "Another program is using it: close that program. The text is saved then."
    ),
    sqlite3.SQLITE_PROTOCOL: (
        "Another program is using it: close that program. The text is saved then."
    ),
    sqlite3.SQLITE_FULL: _FULL_HINT,
    sqlite3.SQLITE_TOOBIG: "It is too long to be kept: shorten it.",
    sqlite3.SQLITE_IOERR: _USUAL_HINT,
    sqlite3.SQLITE_PERM: "Check the permissions of the file and its folder.",
    sqlite3.SQLITE_AUTH: _USUAL_HINT,
    sqlite3.SQLITE_NOMEM: "Close other programs and try again.",
    sqlite3.SQLITE_INTERRUPT: _USUAL_HINT,
    sqlite3.SQLITE_SCHEMA: _USUAL_HINT,
    sqlite3.SQLITE_NOLFS: "The disk cannot hold a file of this size: move it to another.",
}
_DAMAGE_HINTS = {
    sqlite3.SQLITE_CORRUPT: (
        "The file is damaged: rescue the chats, or move it to another folder and restart."
    ),
    sqlite3.SQLITE_NOTADB: (
        "The file is not a chat history: move it to another folder and restart."
    ),
}
UNREADABLE = (sqlite3.Error, UnicodeDecodeError)
"""What reading may raise: where SQLite quotes torn text, Python cannot read what it says."""
_OUR_CONSTRAINTS = (sqlite3.SQLITE_CONSTRAINT_NOTNULL, sqlite3.SQLITE_CONSTRAINT_CHECK)


class StatementError(Exception):
    """A statement of ours that every database refuses: a bug. It names no value, only SQL."""


def fault(
    error: sqlite3.Error | UnicodeDecodeError | OSError,
    subject: str,
    *,
    path: Path | None,
    is_ours: Callable[[], bool],
) -> StoreError | None:
    """Return what to tell the user of a failure, None where it is a bug of ours.

    `subject` says what failed to be done. `is_ours` tells whether a new and empty file refuses the
    statement as well; it is asked where only that tells a wrong statement from a torn file.
    """
    if isinstance(error, UnicodeDecodeError):
        hint = _DAMAGE_HINTS[sqlite3.SQLITE_CORRUPT]
        return DamagedError(f"{subject}: its structure is damaged.", hint=hint)
    reason = f"{subject}: {_reason(error)}."
    if isinstance(error, OSError):
        return StoreError(reason, hint=_os_hint(error))
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:  # Python's own: a wrong count or kind of values
        return None
    primary = code & 0xFF
    if _has_no_room(primary, path):
        return StoreError(reason, hint=_FULL_HINT)
    if primary in _WORLD_HINTS:
        return StoreError(reason, hint=_WORLD_HINTS[primary])
    if primary in _DAMAGE_HINTS:
        return DamagedError(reason, hint=_DAMAGE_HINTS[primary])
    if code == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:  # it was deleted, or a rescue lost it
        return StoreError(reason, hint="The chat or message is gone: open the chat again.")
    if primary == sqlite3.SQLITE_CONSTRAINT:
        # What is written here breaks no rule of keys, but a torn index may say that it does.
        is_bug = code in _OUR_CONSTRAINTS
    else:
        is_bug = primary != sqlite3.SQLITE_ERROR or is_ours()
    hint = _DAMAGE_HINTS[sqlite3.SQLITE_CORRUPT]
    return None if is_bug else DamagedError(reason, hint=hint)


def primary_code(error: sqlite3.Error) -> int:
    """Return SQLite's code without its details, `SQLITE_OK` where Python itself refused."""
    return int(getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK)) & 0xFF


def _has_no_room(primary: int, path: Path | None) -> bool:
    """Tell whether the disk is full; SQLite calls that an I/O error in half of the places."""
    if primary == sqlite3.SQLITE_IOERR and path is not None:
        with suppress(OSError):
            return shutil.disk_usage(path.parent).free < _LITTLE_ROOM_BYTES
    return primary == sqlite3.SQLITE_FULL


def _os_hint(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return _FULL_HINT
    if error.errno == errno.EROFS:
        return _READ_ONLY_DISK_HINT
    if error.errno in (errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.EISDIR):
        return _WORLD_HINTS[sqlite3.SQLITE_CANTOPEN]
    return _USUAL_HINT


def _reason(error: Exception) -> str:
    # An operating system's error would name the path once more, and a number.
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
