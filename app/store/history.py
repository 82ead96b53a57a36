"""The chat history: SQLite in WAL mode, so that a killed program loses nothing it wrote.

Synchronous and safe from any thread (one connection, one lock); services call it off the asyncio
thread. A failure is a `StoreError` that says what to do, never a lost text: the caller keeps
what it could not save.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from app.core.errors import StoreError
from app.core.messages import Role

# Append only: a released step is never changed. `PRAGMA user_version` counts the steps taken.
_MIGRATIONS = (
    """
    CREATE TABLE chats (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        title TEXT NOT NULL,
        created_at REAL NOT NULL,
        updated_at REAL NOT NULL,
        deleted_at REAL
    );
    CREATE TABLE messages (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        chat_id INTEGER NOT NULL REFERENCES chats(id) ON DELETE CASCADE,
        role TEXT NOT NULL,
        text TEXT NOT NULL,
        state TEXT NOT NULL,
        model TEXT NOT NULL DEFAULT '',
        error TEXT NOT NULL DEFAULT '',
        created_at REAL NOT NULL
    );
    CREATE INDEX messages_of_chat ON messages(chat_id, id);
    """,
)


LOCK_WAIT_S = 0.5
"""How long a write waits for another program's lock; the caller tries again anyway."""


class MessageState(StrEnum):
    """How far a message got."""

    DONE = "done"
    WRITING = "writing"
    STOPPED = "stopped"  # by the user
    LENGTH = "length"  # at the limit of tokens
    CONTEXT = "context"  # at the end of the context
    FAILED = "failed"  # the engine failed; `error` says how
    INTERRUPTED = "interrupted"  # the program ended while it was written


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat as the list shows it. Times are seconds since the epoch."""

    id: int
    title: str
    created_at: float
    updated_at: float


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """One turn as it was saved."""

    id: int
    chat_id: int
    role: Role
    text: str
    state: MessageState
    model: str
    error: str
    created_at: float


class History:
    """One history file. `path` None keeps it in memory, for when the file cannot be used."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = threading.Lock()
        with self._explaining("opened"):
            self._connection = _open(path)
        try:
            with self._explaining("opened"):
                self._migrate()
                self._mark_interrupted()
        except StoreError:
            self._connection.close()
            raise

    def close(self) -> None:
        """Close the file; later calls raise `StoreError`."""
        with self._lock:
            self._connection.close()

    def chats(self) -> list[Chat]:
        """Return all chats that are not deleted, last used first."""
        rows = self._read(
            "SELECT id, title, created_at, updated_at FROM chats WHERE deleted_at IS NULL"
            " ORDER BY updated_at DESC, id DESC"
        )
        return [Chat(*row) for row in rows]

    def messages(self, chat_id: int) -> list[StoredMessage]:
        """Return a chat's messages, oldest first."""
        rows = self._read(
            "SELECT id, chat_id, role, text, state, model, error, created_at FROM messages"
            " WHERE chat_id = ? ORDER BY id",
            chat_id,
        )
        return [
            StoredMessage(row[0], row[1], Role(row[2]), row[3], MessageState(row[4]), *row[5:])
            for row in rows
        ]

    def add_chat(self, title: str) -> Chat:
        """Add a chat."""
        now = time.time()
        chat_id = self._write(
            "INSERT INTO chats (title, created_at, updated_at) VALUES (?, ?, ?)", title, now, now
        )
        return Chat(chat_id, title, now, now)

    def rename_chat(self, chat_id: int, title: str) -> None:
        """Change a chat's title."""
        self._write("UPDATE chats SET title = ? WHERE id = ?", title, chat_id)

    def delete_chat(self, chat_id: int) -> None:
        """Hide a chat; `restore_chat` brings it back."""
        self._write("UPDATE chats SET deleted_at = ? WHERE id = ?", time.time(), chat_id)

    def restore_chat(self, chat_id: int) -> None:
        """Undo `delete_chat`."""
        self._write("UPDATE chats SET deleted_at = NULL WHERE id = ?", chat_id)

    def add_message(
        self, chat_id: int, role: Role, text: str, *, state: MessageState, model: str = ""
    ) -> StoredMessage:
        """Add a message at the end of a chat."""
        now = time.time()
        with self._explaining("written"), self._lock, self._connection:
            cursor = self._connection.execute(
                "INSERT INTO messages (chat_id, role, text, state, model, created_at)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (chat_id, role, text, state, model, now),
            )
            self._connection.execute("UPDATE chats SET updated_at = ? WHERE id = ?", (now, chat_id))
        assert cursor.lastrowid is not None
        return StoredMessage(cursor.lastrowid, chat_id, role, text, state, model, "", now)

    def update_message(
        self, message_id: int, text: str, *, state: MessageState, error: str = ""
    ) -> None:
        """Save how far a message got."""
        self._write(
            "UPDATE messages SET text = ?, state = ?, error = ? WHERE id = ?",
            text,
            state,
            error,
            message_id,
        )

    def remove_message(self, message_id: int) -> None:
        """Take a message out for good: an answer that is being asked for again."""
        self._write("DELETE FROM messages WHERE id = ?", message_id)

    def _read(self, sql: str, *values: object) -> list[Any]:
        with self._explaining("read"), self._lock:
            return self._connection.execute(sql, values).fetchall()

    def _write(self, sql: str, *values: object) -> int:
        with self._explaining("written"), self._lock, self._connection:
            return self._connection.execute(sql, values).lastrowid or 0

    def _migrate(self) -> None:
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        if version > len(_MIGRATIONS):
            raise StoreError(
                f"The chat history {self._path} was written by a newer Starwright.",
                hint="Use that version; this one leaves the file as it is.",
            )
        for number, step in enumerate(_MIGRATIONS[version:], start=version + 1):
            self._connection.executescript(f"BEGIN; {step} PRAGMA user_version = {number}; COMMIT;")

    def _mark_interrupted(self) -> None:
        with self._connection:
            self._connection.execute(
                "UPDATE messages SET state = ? WHERE state = ?",
                (MessageState.INTERRUPTED, MessageState.WRITING),
            )

    @contextmanager
    def _explaining(self, action: str) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise StoreError(
                f"The chat history {self._path or ''} cannot be {action}: {error}.",
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
    ("readonly", "The file or its folder is read-only: allow writing. The text stays here."),
    ("unable to open", "Check the rights of its folder, or set STARWRIGHT_HOME to another."),
    ("locked", "Another program holds it: close that one. The text stays here and is saved then."),
    ("malformed", "The file is damaged: move it away and start again; it is kept as it is."),
    ("not a database", "The file is no history: move it away and start again; it is kept."),
)


def _hint(error: sqlite3.Error | OSError) -> str:
    text = str(error).lower()
    return next((hint for words, hint in _HINTS if words in text), "Check the disk and try again.")
