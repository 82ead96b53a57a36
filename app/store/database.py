"""One SQLite file in WAL mode: connection, lock, migrations, and errors a user can act on.

Synchronous and safe from any thread (one connection, one lock); services call what stands on it
off the asyncio thread.
"""

from __future__ import annotations

import errno
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from app.core.errors import DamagedError, StoreError
from app.core.privacy import make_private_file
from app.text.characters import whole_characters
from app.text.folding import folded
from app.text.short_pieces import short_pieces

LOCK_WAIT_S = 0.5
"""How long a write waits for another program's lock; the caller tries again anyway."""
LONGEST_CHECK_S = 5.0
"""How long the search for damage may take at the start; what it does not reach is met later."""
_STEPS_BETWEEN_LOOKS = 100_000
_LITTLE_ROOM_BYTES = 1_000_000


class Database:
    """An open file. `path` None keeps it in memory; `name` says what it is in messages.

    `migrations` are SQL scripts, append only: a released one is never changed, and
    `PRAGMA user_version` counts the steps taken. Raises `StoreError`, as all methods do.
    """

    def __init__(self, path: Path | None, *, name: str, migrations: Sequence[str]) -> None:
        self._path = path
        self._name = name
        self._migrations = migrations
        self._lock = threading.Lock()
        self.damage_found: Callable[[DamagedError], None] = lambda _: None
        """Is told of damage that is met after the file was opened, on the thread that met it."""
        self.open()

    @property
    def path(self) -> Path | None:
        """Return the file, None where there is none."""
        return self._path

    def open(self) -> None:
        """Open the file, again after `close`, and bring it up to date."""
        with self._explaining("opened"):
            self.connection = _open(self._path)
        try:
            with self._explaining("opened"):
                self._check()
                self._migrate(self._migrations)
        except StoreError:
            self.connection.close()
            raise

    def close(self) -> None:
        """Close the file; later calls raise `StoreError`."""
        with self._lock:
            self.connection.close()

    def read(self, sql: str, *values: object) -> list[Any]:
        """Return all rows of a query."""
        with self._telling(), self._explaining("read"), self._lock:
            return self.connection.execute(sql, values).fetchall()

    def write(self, sql: str, *values: object) -> int:
        """Do one statement in a transaction of its own; return the id of a new row."""
        with self.transaction() as connection:
            return connection.execute(sql, values).lastrowid or 0

    @contextmanager
    def transaction(self, action: str = "written") -> Iterator[sqlite3.Connection]:
        """Do all that is done within, or none of it. `action` is the word for messages."""
        with self._telling(), self._explaining(action), self._lock, self.connection:
            yield self.connection

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except DamagedError as error:
            self.damage_found(error)
            raise

    def _check(self) -> None:
        """Find damage now, and not when a chat is opened: 0.1 s for 20,000 messages."""
        ends_at = time.monotonic() + LONGEST_CHECK_S
        self.connection.set_progress_handler(
            lambda: time.monotonic() > ends_at, _STEPS_BETWEEN_LOOKS
        )
        try:
            (found,) = self.connection.execute("PRAGMA quick_check(1)").fetchone()
        except sqlite3.OperationalError as interrupted:
            if _primary_code(interrupted) != sqlite3.SQLITE_INTERRUPT:
                raise
            found = "ok"  # as far as it went
        finally:
            self.connection.set_progress_handler(None, 0)
        if found != "ok":
            error = sqlite3.DatabaseError(f"malformed: {found}")
            error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
            raise error

    def _migrate(self, migrations: Sequence[str]) -> None:
        (version,) = self.connection.execute("PRAGMA user_version").fetchone()
        if version > len(migrations):
            raise StoreError(
                f"The {self._name} {self._path} was written by a newer Starwright.",
                hint="Use that version. The file was not changed.",
            )
        for number, step in enumerate(migrations[version:], start=version + 1):
            self.connection.executescript(f"BEGIN; {step} PRAGMA user_version = {number}; COMMIT;")

    @contextmanager
    def _explaining(self, action: str) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError, OverflowError) as error:
            kind = DamagedError if _is_damage(error) else StoreError
            hint = _FULL_HINT if _is_full(error, self._path) else _hint(error)
            raise kind(
                f"The {self._name} {self._path or ''} cannot be {action}: {_reason(error)}.",
                hint=hint,
            ) from error


class _Connection(sqlite3.Connection):
    """Takes any text: half a character, which SQLite cannot store, becomes U+FFFD."""

    def execute(self, sql: str, values: Iterable[Any] = ()) -> sqlite3.Cursor:  # type: ignore[override]
        """Run a statement."""
        whole = [whole_characters(one) if isinstance(one, str) else one for one in values]
        return super().execute(sql, whole)


def _open(path: Path | None) -> sqlite3.Connection:
    if path is not None:
        make_private_file(path)  # SQLite gives the same permissions to what it puts beside it
    connection = sqlite3.connect(
        path or ":memory:",
        timeout=LOCK_WAIT_S,
        check_same_thread=False,
        isolation_level="DEFERRED",
        factory=_Connection,
    )
    # One text that is not UTF-8 any more must not keep all other rows from being read.
    connection.text_factory = lambda data: data.decode("utf-8", "replace")
    connection.create_function("folded", 1, _folded, deterministic=True)
    connection.create_function("short_pieces", 1, _short_pieces, deterministic=True)
    connection.execute("PRAGMA cell_size_check = ON")
    connection.execute("PRAGMA journal_mode = WAL")
    # NORMAL in WAL survives a killed program; only a power cut can lose the last half second.
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _folded(value: object) -> str:
    """Return what the search index holds of a column, which may have become anything."""
    return folded(value) if isinstance(value, str) else ""


def _short_pieces(value: object) -> str:
    """Return what the index of short words holds of a column."""
    return short_pieces(_folded(value))


_FULL_HINT = "The disk is full: free some space. The text stays in the window and is saved then."
_HINTS: tuple[tuple[str, str], ...] = (
    (
        "read-only",
        "Its disk is read-only: make it writable, or set STARWRIGHT_HOME to a folder elsewhere.",
    ),
    (
        "readonly",
        "The file or its folder is read-only: make it writable. The text stays in the window.",
    ),
    (
        "unable to open",
        "Check the permissions of its folder, or set STARWRIGHT_HOME to another folder.",
    ),
    ("locked", "Another program is using it: close that program. The text is saved then."),
)

# What is missing after the steps from an empty file was taken by a torn page.
_DAMAGE_WORDS = (
    "invalid fts5 file format", "vtable constructor failed", "no such table", "no such column",
    "malformed database schema",
)  # fmt: skip
# By number: SQLite has many words for damage, and 3.45 has more than 3.40.
_DAMAGE_HINTS = {
    sqlite3.SQLITE_CORRUPT: (
        "The file is damaged: rescue the chats, or move it to another folder and restart."
    ),
    sqlite3.SQLITE_NOTADB: (
        "The file is not a chat history: move it to another folder and restart."
    ),
}


def _is_full(error: Exception, path: Path | None) -> bool:
    """Tell whether there is no room left; SQLite calls that an I/O error in half of the places."""
    code = _primary_code(error)
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return True
    if code == sqlite3.SQLITE_IOERR and path is not None:
        with suppress(OSError):
            return shutil.disk_usage(path.parent).free < _LITTLE_ROOM_BYTES
    return code == sqlite3.SQLITE_FULL


def _is_damage(error: Exception) -> bool:
    if isinstance(error, sqlite3.IntegrityError):
        # What is written here breaks no rule, but a torn index may say that it does.
        return getattr(error, "sqlite_errorcode", 0) != sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY
    if any(words in str(error) for words in _DAMAGE_WORDS):
        return True
    return _primary_code(error) in _DAMAGE_HINTS


def _primary_code(error: Exception) -> int:
    return int(getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK)) & 0xFF


def _reason(error: Exception) -> str:
    # An operating system's error would name the path once more, and a number.
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def _hint(error: Exception) -> str:
    damage_hint = _DAMAGE_HINTS.get(_primary_code(error))
    if damage_hint:
        return damage_hint
    text = str(error).lower()
    return next((hint for words, hint in _HINTS if words in text), "Check the disk and try again.")
