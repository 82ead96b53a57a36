"""One SQLite file in WAL mode: connection, lock, migrations, and errors a user can act on.

Synchronous and safe from any thread (one connection, one lock); services call what stands on it
off the asyncio thread.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.core.errors import DamagedError, StoreError

LOCK_WAIT_S = 0.5
"""How long a write waits for another program's lock; the caller tries again anyway."""


class Database:
    """An open file. `path` None keeps it in memory; `name` says what it is in messages.

    `migrations` are SQL scripts, append only: a released one is never changed, and
    `PRAGMA user_version` counts the steps taken. Raises `StoreError`, as all methods do.
    """

    def __init__(self, path: Path | None, *, name: str, migrations: Sequence[str]) -> None:
        self._path = path
        self._name = name
        self._lock = threading.Lock()
        with self._explaining("opened"):
            self.connection = _open(path)
        try:
            with self._explaining("opened"):
                self._check()
                self._migrate(migrations)
        except StoreError:
            self.connection.close()
            raise

    def close(self) -> None:
        """Close the file; later calls raise `StoreError`."""
        with self._lock:
            self.connection.close()

    def read(self, sql: str, *values: object) -> list[Any]:
        """Return all rows of a query."""
        with self._explaining("read"), self._lock:
            return self.connection.execute(sql, values).fetchall()

    def write(self, sql: str, *values: object) -> int:
        """Do one statement in a transaction of its own; return the id of a new row."""
        with self.transaction() as connection:
            return connection.execute(sql, values).lastrowid or 0

    @contextmanager
    def transaction(self, action: str = "written") -> Iterator[sqlite3.Connection]:
        """Do all that is done within, or none of it. `action` is the word for messages."""
        with self._explaining(action), self._lock, self.connection:
            yield self.connection

    def _check(self) -> None:
        """Find damage now, and not when a chat is opened: 0.1 s for 20,000 messages."""
        (found,) = self.connection.execute("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            error = sqlite3.DatabaseError(f"malformed: {found}")
            error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
            raise error

    def _migrate(self, migrations: Sequence[str]) -> None:
        (version,) = self.connection.execute("PRAGMA user_version").fetchone()
        if version > len(migrations):
            raise StoreError(
                f"The {self._name} {self._path} was written by a newer Starwright.",
                hint="Use that version; this one leaves the file as it is.",
            )
        for number, step in enumerate(migrations[version:], start=version + 1):
            self.connection.executescript(f"BEGIN; {step} PRAGMA user_version = {number}; COMMIT;")

    @contextmanager
    def _explaining(self, action: str) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            kind = DamagedError if _is_damage(error) else StoreError
            raise kind(
                f"The {self._name} {self._path or ''} cannot be {action}: {_reason(error)}.",
                hint=_hint(error),
            ) from error


def _open(path: Path | None) -> sqlite3.Connection:
    if path is not None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    connection = sqlite3.connect(
        path or ":memory:", timeout=LOCK_WAIT_S, check_same_thread=False, isolation_level="DEFERRED"
    )
    connection.execute("PRAGMA journal_mode = WAL")
    # NORMAL in WAL survives a killed program; only a power cut can lose the last half second.
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


_HINTS: tuple[tuple[str, str], ...] = (
    ("full", "The disk is full: free some space. The text stays in the window and is saved then."),
    ("read-only", "It lies on a disk that is read-only: allow writing, or set STARWRIGHT_HOME."),
    ("readonly", "The file or its folder is read-only: allow writing. The text stays here."),
    ("unable to open", "Check the rights of its folder, or set STARWRIGHT_HOME to another."),
    ("locked", "Another program holds it: close that one. The text stays here and is saved then."),
)

# By number: SQLite has many words for damage, and 3.45 has more than 3.40.
_DAMAGE_HINTS = {
    sqlite3.SQLITE_CORRUPT: (
        "The file is damaged: move it away and start again; it is kept as it is."
    ),
    sqlite3.SQLITE_NOTADB: "The file is no history: move it away and start again; it is kept.",
}


def _is_damage(error: sqlite3.Error | OSError) -> bool:
    return _primary_code(error) in _DAMAGE_HINTS


def _primary_code(error: sqlite3.Error | OSError) -> int:
    return int(getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK)) & 0xFF


def _reason(error: sqlite3.Error | OSError) -> str:
    # An operating system's error would name the path once more, and a number.
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def _hint(error: sqlite3.Error | OSError) -> str:
    damage_hint = _DAMAGE_HINTS.get(_primary_code(error))
    if damage_hint:
        return damage_hint
    text = str(error).lower()
    return next((hint for words, hint in _HINTS if words in text), "Check the disk and try again.")
