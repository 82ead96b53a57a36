"""Brings what can still be read of a damaged history over into a new file; the old one is kept.

Ids stay as they are, so that an open chat is still the one that is open. It takes bounded time; run
it in a child process all the same (`app.services.chats.rescue`), as SQLite reads the file in C.
"""

from __future__ import annotations

import sqlite3
import time
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.core.chats import MessageState
from app.core.errors import StoreError
from app.core.messages import Role
from app.store.draft_files import unpacked as unpacked_files
from app.store.faults import UNREADABLE
from app.store.history import History
from app.store.origins import unpacked
from app.store.rescue.pages import Value, rows_of_pages
from app.store.rescue.salvage import Budget, opened, rows
from app.store.stored import chat_of, message_of, plain_in, readable, seconds_in

LEAST_S = 6.0
"""How long a small file may be read."""
BYTES_PER_S = 1_000_000
"""How much longer a larger one may be read; indexing what it says takes most of that."""
LEAST_ROW_BYTES = 8
"""A file has no more rows than of this size fit into it."""

_LOST = -1
"""Stands for a message that another one followed and that nobody knows."""
_FOLLOW_WHAT_IS_LEFT = """
    UPDATE messages SET parent_id = (
        SELECT max(id) FROM messages AS earlier
        WHERE earlier.chat_id = messages.chat_id AND earlier.id < messages.id
    ) WHERE parent_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM messages AS parent
        WHERE parent.id = messages.parent_id AND parent.chat_id = messages.chat_id
    )
"""
_SHOW_WHAT_IS_LEFT = """
    UPDATE chats SET head_id = (SELECT max(id) FROM messages WHERE chat_id = chats.id)
    WHERE head_id IS NULL OR NOT EXISTS (
        SELECT 1 FROM messages WHERE messages.id = head_id AND chat_id = chats.id
    )
"""
_CHAT_COLUMNS = (
    "id", "title", "created_at", "updated_at", "deleted_at", "head_id", "is_pinned", "settings",
    "tags",
)  # fmt: skip
_MESSAGE_COLUMNS = (
    "id", "chat_id", "role", "text", "state", "model", "error", "created_at", "parent_id",
    "deleted_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rescued:
    """How a rescue went: what was brought over, and where the damaged file is kept."""

    chats: int
    messages: int
    kept_as: Path


def rescue(path: Path) -> Rescued:
    """Put a new history in a damaged one's place. Raises `StoreError` where that is impossible.

    The damaged file is only read, row by row, and then renamed; the new one is whole before it
    takes its place.
    """
    stamp = time.strftime("%Y-%m-%d-%H%M%S")
    kept_as = _free(path, f"damaged-{stamp}")
    staged = _free(path, f"rescued-{stamp}")
    try:
        with closing(History(staged)) as history:
            _bring_over(path, history)
            chats, messages = _counted(history)
        for ending in ("-wal", "-shm"):  # they belong to the damaged file
            with suppress(FileNotFoundError):
                path.with_name(path.name + ending).rename(kept_as.with_name(kept_as.name + ending))
        path.rename(kept_as)
        staged.rename(path)
    except OSError as error:
        raise StoreError(
            f"The damaged chat history {path} cannot be replaced: {error.strerror}.",
            hint="Check the free space and its folder's permissions. The file was not changed.",
        ) from error
    finally:
        remove_staged(path)
    return Rescued(chats, messages, kept_as)


def remove_staged(path: Path) -> None:
    """Take away what a rescue of this file left that did not come to its end."""
    for left in path.parent.glob(f"{path.stem}.rescued-*"):
        with suppress(OSError):
            left.unlink()


def _free(path: Path, word: str) -> Path:
    """Return a name beside the file that nothing has: two rescues may begin in one second."""
    names = (
        f"{path.stem}.{word}{more}{path.suffix}" for more in ("", *map(str, range(-2, -99, -1)))
    )
    return next(one for name in names if not (one := path.with_name(name)).exists())


def _bring_over(path: Path, history: History) -> None:
    size_bytes = path.stat().st_size
    budget = Budget(
        time.monotonic() + LEAST_S + size_bytes / BYTES_PER_S,
        1000 + 2 * size_bytes // LEAST_ROW_BYTES,
    )
    with ExitStack() as stack:
        try:
            damaged = stack.enter_context(opened(path, budget))
        except UNREADABLE:  # nothing leads to its tables, but its pages may still hold rows
            damaged = stack.enter_context(closing(sqlite3.connect(":memory:")))
        connection = stack.enter_context(history.database.transaction())
        connection.execute("PRAGMA defer_foreign_keys = ON")
        _Bringing(path, damaged, connection, budget).bring()


def _counted(history: History) -> tuple[int, int]:
    ((chats,),) = history.database.read("SELECT count(*) FROM chats WHERE deleted_at IS NULL")
    ((messages,),) = history.database.read(
        "SELECT count(*) FROM messages JOIN chats ON chats.id = chat_id"
        " WHERE messages.deleted_at IS NULL AND chats.deleted_at IS NULL"
    )
    return chats, messages


@dataclass(slots=True)
class _Bringing:
    """One rescue under way: from which connection to which, and what was brought so far."""

    path: Path
    damaged: sqlite3.Connection
    whole: sqlite3.Connection
    budget: Budget
    chats: set[int] = field(default_factory=set)
    messages: set[int] = field(default_factory=set)

    def bring(self) -> None:
        for number, row in self._rows("chats"):
            self._bring_chat(number, row)
        for number, row in self._rows("messages"):
            self._bring_message(number, row)
        with suppress(OSError):
            self._bring_from_pages()
        self.whole.execute(_FOLLOW_WHAT_IS_LEFT)
        self.whole.execute(_SHOW_WHAT_IS_LEFT)
        for number, row in self._rows("drafts", key="chat_id"):
            if isinstance(row.get("text"), str) and (number in self.chats or number == 0):
                self.whole.execute("INSERT INTO drafts VALUES (?, ?)", (number, row["text"]))
        for number, row in self._rows("draft_files"):
            if number == 1 and unpacked_files(row.get("attached")):
                sql = "INSERT INTO draft_files VALUES (1, ?)"
                self.whole.execute(sql, (row["attached"],))
        for _, row in self._rows("edits", key="rowid"):
            self._bring_edit(row)
        for number, row in self._rows("origins", key="message_id"):
            self._bring_origin(number, row.get("origin"))
        for number, row in self._rows("snippets"):
            self._bring_snippet(number, row)

    def _bring_from_pages(self) -> None:
        """Bring what no tree leads to any more. Old versions of a row may be there: the longest."""
        chats: dict[int, dict[str, Any]] = {}
        messages: dict[int, dict[str, Any]] = {}
        for number, values in rows_of_pages(self.path):
            if not self.budget.step():
                break
            if values[:1] != [None]:
                continue  # the key stands for the id, which is the first column
            if number not in self.messages and _is_message(values):
                row = dict(zip(_MESSAGE_COLUMNS, values, strict=False))
                before = messages.setdefault(number, row)
                if len(str(row["text"])) > len(str(before["text"])):
                    messages[number] = row
            elif number not in self.chats and _is_chat(values):
                chats[number] = dict(zip(_CHAT_COLUMNS, values, strict=False))
        for number, row in chats.items():
            self._bring_chat(number, row)
        for number, row in sorted(messages.items()):
            if row["text"]:  # an answer in which nothing was said is taken out, its page is not
                self._bring_message(number, row)

    def _rows(self, table: str, *, key: str = "id") -> Iterator[tuple[int, dict[str, Any]]]:
        return rows(self.damaged, table, self.budget, key=key)

    def _bring_chat(self, number: int, row: dict[str, Any]) -> None:
        """Bring a chat, unless the row is one of another table that came into this one's page."""
        times = (row.get("created_at"), row.get("updated_at"))
        is_chat = isinstance(row.get("title"), str) and any(
            isinstance(t, int | float) for t in times
        )
        if number <= 0 or not is_chat:
            return
        chat = chat_of((number, row["title"], *times, row.get("is_pinned"), row.get("tags", "[]")))
        self._add_chat(
            number,
            chat.title,
            chat.created_at,
            chat.updated_at,
            seconds_in(row.get("deleted_at")),
            is_pinned=row.get("is_pinned") == 1,
            head=row.get("head_id"),
            settings=row.get("settings"),
            tags=row.get("tags"),
        )

    def _add_chat(
        self,
        number: int,
        title: str,
        *times: float | None,
        is_pinned: bool = False,
        head: object = None,
        settings: object = None,
        tags: object = None,
    ) -> None:
        self.whole.execute(
            "INSERT INTO chats (id, title, created_at, updated_at, deleted_at, is_pinned, head_id,"
            " settings, tags) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                number,
                title,
                *times,
                is_pinned,
                head if isinstance(head, int) else None,
                settings if isinstance(plain_in(settings), dict) else "{}",
                tags if isinstance(plain_in(tags), list) else "[]",
            ),
        )
        self.chats.add(number)

    def _bring_message(self, number: int, row: dict[str, Any]) -> None:
        chat_id, text = row.get("chat_id"), row.get("text")
        is_known = row.get("role") in set(Role) or row.get("state") in set(MessageState)
        if not (isinstance(chat_id, int) and chat_id > 0 and isinstance(text, str) and is_known):
            return
        names = ("role", "text", "state", "model", "error", "created_at", "parent_id")
        message = message_of((number, chat_id, *(row.get(name) for name in names)))
        if chat_id not in self.chats:
            at = message.created_at
            self._add_chat(chat_id, "Rescued chat", at, at, None)
        is_first = row.get("parent_id", _LOST) is None
        is_writing = message.state is MessageState.WRITING
        self.whole.execute(
            "INSERT INTO messages (id, chat_id, role, text, state, model, error, created_at,"
            " parent_id, deleted_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                number,
                chat_id,
                message.role,
                message.text,
                MessageState.INTERRUPTED if is_writing else message.state,
                message.model,
                message.error,
                message.created_at,
                None if is_first else message.parent_id or _LOST,
                seconds_in(row.get("deleted_at")),
            ),
        )
        self.messages.add(number)

    def _bring_edit(self, row: dict[str, Any]) -> None:
        values = (row.get("message_id"), row.get("block"), row.get("text"))
        if values[0] in self.messages and isinstance(values[1], int) and isinstance(values[2], str):
            sql = "INSERT OR IGNORE INTO edits (message_id, block, text) VALUES (?, ?, ?)"
            self.whole.execute(sql, values)

    def _bring_origin(self, number: int, packed: object) -> None:
        if number not in self.messages or not isinstance(packed, bytes):
            return
        with suppress(ValueError, KeyError, TypeError, AttributeError, zlib.error, RecursionError):
            unpacked(packed)
            self.whole.execute("INSERT INTO origins VALUES (?, ?)", (number, packed))

    def _bring_snippet(self, number: int, row: dict[str, Any]) -> None:
        """Bring a snippet that is one: its name and text are texts, and it has a date."""
        at = seconds_in(row.get("updated_at")) or seconds_in(row.get("created_at"))
        if not (isinstance(row.get("name"), str) and isinstance(row.get("text"), str) and at):
            return
        source, tags = row.get("source"), row.get("tags")
        self.whole.execute(
            "INSERT INTO snippets (id, name, text, language, tags, model, source, created_at,"
            " updated_at, deleted_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                number,
                row["name"],
                row["text"],
                readable(row.get("language")),
                tags if isinstance(plain_in(tags), list) else "[]",
                readable(row.get("model")),
                source if isinstance(source, bytes) else None,
                seconds_in(row.get("created_at")) or at,
                at,
                seconds_in(row.get("deleted_at")),
            ),
        )


def _is_message(values: list[Value]) -> bool:
    """Tell whether the values of a row are those of a message: see `app.store.schema`."""
    is_long = len(_MESSAGE_COLUMNS) - 2 <= len(values) <= len(_MESSAGE_COLUMNS)
    return is_long and values[2] in set(Role) and values[4] in set(MessageState)


def _is_chat(values: list[Value]) -> bool:
    is_long = len(_CHAT_COLUMNS) - 4 <= len(values) <= len(_CHAT_COLUMNS)
    return is_long and isinstance(values[1], str) and isinstance(values[2], int | float)
