"""Brings what can still be read of a damaged history over into a new file; the old one is kept."""

from __future__ import annotations

import json
import sqlite3
import time
import zlib
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.core.errors import StoreError
from app.core.messages import Role
from app.core.origins import Origin
from app.store.history import Chat, History, MessageState, StoredMessage
from app.store.origins import unpacked


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
    kept_as = path.with_name(f"{path.stem}.damaged-{stamp}{path.suffix}")
    staged = path.with_name(f"{path.stem}.rescued-{stamp}{path.suffix}")
    try:
        with closing(History(staged)) as history:
            chats, messages = _bring_over(path, history)
        for ending in ("-wal", "-shm"):  # they belong to the damaged file
            with suppress(FileNotFoundError):
                path.with_name(path.name + ending).rename(kept_as.with_name(kept_as.name + ending))
        path.rename(kept_as)
        staged.rename(path)
    except OSError as error:
        raise StoreError(
            f"The damaged chat history {path} cannot be replaced: {error.strerror}.",
            hint="Check the free space and the rights of its folder. The file is as it was.",
        ) from error
    return Rescued(chats, messages, kept_as)


def _bring_over(path: Path, history: History) -> tuple[int, int]:
    try:
        damaged = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    except sqlite3.Error:
        return 0, 0
    with closing(damaged):
        titles = {row[0]: row for row in _rows(damaged, "chats")}
        by_chat: dict[int, list[StoredMessage]] = {}
        for row in _rows(damaged, "messages"):
            message = _message(row)
            if message is not None:
                by_chat.setdefault(message.chat_id, []).append(message)
        origins = dict(_origins(damaged))
        snippets = [row for _, row in _rows(damaged, "snippets")]
    count = 0
    _bring_snippets(snippets, history)
    for chat_id, messages in by_chat.items():
        found = titles.get(chat_id, (chat_id, {"title": "Rescued chat"}))[1]
        at = messages[-1].created_at
        chat = Chat(0, str(found.get("title")), messages[0].created_at, at, tags=_tags(found))
        history.add_whole_chat(chat, messages[-1].id, messages, origins)
        count += len(messages)
    return len(by_chat), count


def _bring_snippets(rows: list[dict[str, Any]], history: History) -> None:
    columns = "name, text, language, tags, model, source, created_at, updated_at, deleted_at"
    names = columns.split(", ")
    for row in rows:
        with suppress(KeyError, StoreError):
            history.database.write(
                f"INSERT INTO snippets ({columns}) VALUES ({', '.join('?' * len(names))})",
                *(row[name] for name in names),
            )


def _origins(connection: sqlite3.Connection) -> Iterator[tuple[int, Origin]]:
    for number, row in _rows(connection, "origins", key="message_id"):
        with suppress(ValueError, KeyError, TypeError, zlib.error):
            yield number, unpacked(row["origin"])


def _tags(chat: dict[str, Any]) -> tuple[str, ...]:
    with suppress(ValueError, TypeError):
        return tuple(str(tag) for tag in json.loads(chat.get("tags", "[]")))
    return ()


def _rows(
    connection: sqlite3.Connection, table: str, *, key: str = "id"
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield id and columns of each row that can be read, stepping over those that cannot."""
    connection.row_factory = sqlite3.Row
    after = 0
    misses = 0
    while misses < 1000:
        try:
            row = connection.execute(
                f"SELECT * FROM {table} WHERE {key} > ? ORDER BY {key} LIMIT 1",
                (after,),
            ).fetchone()
        except sqlite3.Error:
            after, misses = after + 1, misses + 1
            continue
        if row is None:
            return
        after = row[key]
        yield after, dict(row)


def _message(row: tuple[int, dict[str, Any]]) -> StoredMessage | None:
    number, found = row
    with suppress(ValueError, KeyError, TypeError):
        state = MessageState(found["state"])
        return StoredMessage(
            number,
            int(found["chat_id"]),
            Role(found["role"]),
            str(found["text"]),
            MessageState.INTERRUPTED if state is MessageState.WRITING else state,
            str(found["model"]),
            str(found["error"]),
            float(found["created_at"]),
            found.get("parent_id"),
        )
    return None
