"""Chats with every version of every message: read, added and copied as a whole."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain, count

from app.core.chats import Chat, StoredMessage
from app.core.origins import Origin
from app.store.database import Database
from app.store.history import now_in
from app.store.origins import packed
from app.store.stored import readable, tags_of
from app.store.tree import path_to, read_tree

_BRANCH_NAME = re.compile(r"^Branch(?: \d+)? of ")


def all_messages(database: Database, chat_id: int) -> tuple[int | None, list[StoredMessage]]:
    """Return the id of the shown path's end, and every message with all its versions."""
    with database.transaction("read") as connection:
        found = connection.execute("SELECT head_id FROM chats WHERE id = ?", (chat_id,))
        (head_id,) = found.fetchone() or (None,)
        nodes = read_tree(connection, chat_id).values()
    return head_id if isinstance(head_id, int) else None, [
        node.message for node in nodes if not node.is_deleted
    ]


def add_whole_chat(
    database: Database,
    chat: Chat,
    head_id: int | None,
    messages: Sequence[StoredMessage],
    origins: Mapping[int, Origin] | None = None,
) -> Chat:
    """Add a chat with all its messages at once; ids are given anew."""
    with database.transaction() as connection:
        chat_id = connection.execute(
            "INSERT INTO chats (title, created_at, updated_at, tags) VALUES (?, ?, ?, ?)",
            (
                chat.title,
                chat.created_at,
                chat.updated_at,
                json.dumps(tags_of(chat.tags), ensure_ascii=False),
            ),
        ).lastrowid
        assert chat_id is not None
        new_ids: dict[int | None, int | None] = {None: None}
        for message in sorted(messages, key=lambda message: message.id):
            new_ids[message.id] = connection.execute(
                "INSERT INTO messages (chat_id, role, text, state, model, error, created_at,"
                " parent_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    chat_id,
                    message.role,
                    message.text,
                    message.state,
                    message.model,
                    message.error,
                    message.created_at,
                    new_ids.get(message.parent_id),
                ),
            ).lastrowid
            if message.id in (origins or {}):
                connection.execute(
                    "INSERT INTO origins VALUES (?, ?)",
                    (new_ids[message.id], packed((origins or {})[message.id])),
                )
        connection.execute(
            "UPDATE chats SET head_id = ? WHERE id = ?", (new_ids.get(head_id), chat_id)
        )
    return replace(chat, id=chat_id)


def branch(database: Database, message_id: int) -> Chat:
    """Copy a chat up to and including a message into a new chat, and return that."""
    with database.transaction() as connection:
        now = now_in(connection)
        chat_id, title = connection.execute(
            "SELECT chats.id, title FROM chats JOIN messages ON chat_id = chats.id"
            " WHERE messages.id = ?",
            (message_id,),
        ).fetchone()
        title = _branch_name(connection, readable(title))
        path = path_to(read_tree(connection, chat_id), message_id)
        new_id = connection.execute(
            "INSERT INTO chats (title, created_at, updated_at, tags)"
            " SELECT ?, ?, ?, tags FROM chats WHERE id = ?",
            (title, now, now, chat_id),
        ).lastrowid
        assert new_id is not None
        head: int | None = None
        for message in path:
            head = connection.execute(
                "INSERT INTO messages (chat_id, role, text, state, model, error, created_at,"
                " parent_id) SELECT ?, role, text, state, model, error, created_at, ?"
                " FROM messages WHERE id = ?",
                (new_id, head, message.id),
            ).lastrowid
            connection.execute(
                "INSERT INTO origins SELECT ?, origin FROM origins WHERE message_id = ?",
                (head, message.id),
            )
        connection.execute("UPDATE chats SET head_id = ? WHERE id = ?", (head, new_id))
    return Chat(new_id, title, now, now)


def _branch_name(connection: sqlite3.Connection, title: str) -> str:
    """Return a name that tells a branch from its chat and from its other branches."""
    root = _BRANCH_NAME.sub("", title)
    rows = connection.execute("SELECT title FROM chats WHERE title LIKE 'Branch%'")
    taken = {row[0] for row in rows}
    names = (f"Branch {number} of {root}" for number in count(2))
    return next(name for name in chain([f"Branch of {root}"], names) if name not in taken)
