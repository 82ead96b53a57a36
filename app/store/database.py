"""One SQLite file in WAL mode: connection, lock, migrations, and errors a user can act on.

Synchronous and safe from any thread (one connection, one lock); services call what stands on it
off the asyncio thread.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from app.core.errors import DamagedError, StoreError
from app.core.privacy import make_private_file
from app.store.faults import UNREADABLE, StatementError, fault, primary_code
from app.text.characters import whole_characters
from app.text.folding import folded
from app.text.short_pieces import short_pieces

LOCK_WAIT_S = 0.5
"""How long a write waits for another program's lock; the caller tries again anyway."""
LONGEST_CHECK_S = 5.0
"""How long the search for damage may take at the start; what it does not reach is met later."""
_STEPS_BETWEEN_LOOKS = 100_000


class Database:
    """An open file. `path` None keeps it in memory; `name` says what it is in messages.

    `migrations` are SQL scripts, append only: a released one is never changed, and
    `PRAGMA user_version` counts the steps taken. Raises `StoreError`, as all methods do, and
    `StatementError` where a statement of ours is wrong.
    """

    def __init__(self, path: Path | None, *, name: str, migrations: Sequence[str]) -> None:
        self._path = path
        self._name = name
        self._migrations = migrations
        self._lock = threading.Lock()
        self._is_open = False
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
            self.connection = _opened(self._path)
        self._is_open = True
        try:
            with self._explaining("opened"):
                self._check()
                self._bring_up_to_date()
        except (StoreError, StatementError):
            self.close()
            raise

    def close(self) -> None:
        """Close the file; later calls raise `StoreError`."""
        with self._lock:
            self._is_open = False
            self.connection.close()

    def read(self, sql: str, *values: object) -> list[Any]:
        """Return all rows of a query."""
        with self._using("read") as connection:
            return connection.execute(sql, values).fetchall()

    def write(self, sql: str, *values: object) -> int:
        """Do one statement in a transaction of its own; return the id of a new row."""
        with self.transaction() as connection:
            return connection.execute(sql, values).lastrowid or 0

    @contextmanager
    def transaction(self, action: str = "written") -> Iterator[sqlite3.Connection]:
        """Do all that is done within, or none of it. `action` is the word for messages."""
        with self._using(action) as connection, connection:
            yield connection

    @contextmanager
    def _using(self, action: str) -> Iterator[_Connection]:
        """Let nobody else use the connection meanwhile, and explain what fails."""
        try:
            with self._lock, self._explaining(action):
                if not self._is_open:
                    raise StoreError(
                        f"The {self._name} cannot be {action}: it is closed.",
                        hint="Try again once it is open.",
                    )
                yield self.connection
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
            if primary_code(interrupted) != sqlite3.SQLITE_INTERRUPT:
                raise
            found = "ok"  # as far as it went
        finally:
            self.connection.set_progress_handler(None, 0)
        if found != "ok":
            error = sqlite3.DatabaseError(f"malformed: {found}")
            error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
            raise error

    def _bring_up_to_date(self) -> None:
        (version,) = self.connection.execute("PRAGMA user_version").fetchone()
        if version > len(self._migrations):
            raise StoreError(
                f"The {self._name} {self._path} was written by a newer Starwright.",
                hint="Use that version. The file was not changed.",
            )
        _migrate(self.connection, self._migrations, version)

    @contextmanager
    def _explaining(self, action: str) -> Iterator[None]:
        try:
            yield
        except (*UNREADABLE, OSError) as error:
            subject = f"The {self._name} {self._path or ''} cannot be {action}"
            told = fault(error, subject, path=self._path, is_ours=self._is_wrong_anywhere)
            if told is None:
                raise StatementError(f"{error}, in: {self._last[0]}") from error
            raise told from error

    def _is_wrong_anywhere(self) -> bool:
        """Tell whether the last statement is wrong, and not the file that it was meant for.

        The same statement is tried in a new and empty file. What fails only because nothing is
        there yet is right.
        """
        with closing(_connected(None)) as fresh:
            try:
                _migrate(fresh, self._migrations, 0)
                fresh.execute(*self._last).fetchall()
            except sqlite3.Error as error:
                return primary_code(error) == sqlite3.SQLITE_ERROR
        return False

    @property
    def _last(self) -> tuple[str, Sequence[Any]]:
        return self.connection.last if self._is_open else ("", ())


class _Connection(sqlite3.Connection):
    """Takes any text: half a character, which SQLite cannot store, becomes U+FFFD.

    `last` is the last statement with its values, to find out whose fault a failure is.
    """

    last: tuple[str, Sequence[Any]] = ("", ())

    def execute(self, sql: str, values: Iterable[Any] = ()) -> sqlite3.Cursor:  # type: ignore[override]
        """Run a statement."""
        whole = [whole_characters(one) if isinstance(one, str) else one for one in values]
        self.last = (sql, whole)
        return super().execute(sql, whole)


def _opened(path: Path | None) -> _Connection:
    if path is not None:
        make_private_file(path)  # SQLite gives the same permissions to what it puts beside it
    connection = _connected(path)
    try:
        connection.execute("PRAGMA cell_size_check = ON")
        connection.execute("PRAGMA journal_mode = WAL")
        # NORMAL in WAL survives a killed program; only a power cut loses the last half second.
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
    except UNREADABLE:
        connection.close()
        raise
    return connection


def _connected(path: Path | None) -> _Connection:
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
    return connection


def _migrate(connection: _Connection, migrations: Sequence[str], version: int) -> None:
    for number, step in enumerate(migrations[version:], start=version + 1):
        connection.executescript(f"BEGIN; {step} PRAGMA user_version = {number}; COMMIT;")


def _folded(value: object) -> str:
    """Return what the search index holds of a column, which may have become anything."""
    return folded(value) if isinstance(value, str) else ""


def _short_pieces(value: object) -> str:
    """Return what the index of short words holds of a column."""
    return short_pieces(_folded(value))
