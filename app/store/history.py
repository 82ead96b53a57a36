"""The chat history: chats whose messages form a tree, so that nothing said is overwritten.

A question asked anew, an answer written again or edited by hand stands beside the first one. Each
chat remembers the message its shown path ends with (`head_id`); the path goes from there to the
root. A failure is a `StoreError` that says what to do, never a lost text: the caller keeps what it
could not save.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from app.core.errors import SettingsError
from app.core.messages import Role
from app.core.origins import Origin
from app.core.settings import BY_KEY, Value
from app.store.database import Database
from app.store.origins import packed, unpacked
from app.store.schema import MIGRATIONS

NEW_CHAT = 0
"""Stands for the chat that is not saved yet, where a draft is kept for it."""
MIN_SEARCHED = 3
"""Fewest characters of a searched word: the index is one of three-letter pieces."""


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
    is_pinned: bool = False
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """One turn as it was saved.

    `alternatives` are the ids of all messages that stand in this one's place, itself included,
    oldest first.
    """

    id: int
    chat_id: int
    role: Role
    text: str
    state: MessageState
    model: str
    error: str
    created_at: float
    parent_id: int | None = None
    alternatives: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A message that holds what was searched; `excerpt` is the text around its first word."""

    chat_id: int
    chat_title: str
    message_id: int
    role: Role
    excerpt: str


class History:
    """One history file. `path` None keeps it in memory, for when the file cannot be used."""

    def __init__(self, path: Path | None) -> None:
        self.database = Database(path, name="chat history", migrations=MIGRATIONS)
        self.database.write(
            "UPDATE messages SET state = ? WHERE state = ?",
            MessageState.INTERRUPTED,
            MessageState.WRITING,
        )

    def close(self) -> None:
        """Close the file; later calls raise `StoreError`."""
        self.database.close()

    # --- chats ---------------------------------------------------------------------------

    def chats(self) -> list[Chat]:
        """Return all chats that are not deleted: pinned ones first, then last used first."""
        rows = self.database.read(
            "SELECT id, title, created_at, updated_at, is_pinned, tags FROM chats"
            " WHERE deleted_at IS NULL ORDER BY is_pinned DESC, updated_at DESC, id DESC"
        )
        return [
            Chat(row[0], row[1], row[2], row[3], bool(row[4]), tuple(json.loads(row[5])))
            for row in rows
        ]

    def add_chat(self, title: str) -> Chat:
        """Add a chat."""
        now = time.time()
        chat_id = self.database.write(
            "INSERT INTO chats (title, created_at, updated_at) VALUES (?, ?, ?)", title, now, now
        )
        return Chat(chat_id, title, now, now)

    def rename_chat(self, chat_id: int, title: str) -> None:
        """Change a chat's title."""
        self.database.write("UPDATE chats SET title = ? WHERE id = ?", title, chat_id)

    def pin_chat(self, chat_id: int, *, is_pinned: bool) -> None:
        """Keep a chat at the top of the list, or let it go."""
        self.database.write("UPDATE chats SET is_pinned = ? WHERE id = ?", is_pinned, chat_id)

    def tag_chat(self, chat_id: int, tags: Sequence[str]) -> None:
        """Let a chat have these tags and no others."""
        text = json.dumps(tags_of(tags))
        self.database.write("UPDATE chats SET tags = ? WHERE id = ?", text, chat_id)

    def delete_chat(self, chat_id: int) -> None:
        """Hide a chat; `restore_chat` brings it back."""
        self.database.write("UPDATE chats SET deleted_at = ? WHERE id = ?", time.time(), chat_id)

    def restore_chat(self, chat_id: int) -> None:
        """Undo `delete_chat`."""
        self.database.write("UPDATE chats SET deleted_at = NULL WHERE id = ?", chat_id)

    def branch(self, message_id: int) -> Chat:
        """Copy a chat up to and including a message into a new chat, and return that."""
        now = time.time()
        with self.database.transaction() as connection:
            chat_id, title = connection.execute(
                "SELECT chats.id, title FROM chats JOIN messages ON chat_id = chats.id"
                " WHERE messages.id = ?",
                (message_id,),
            ).fetchone()
            path = _path(_tree(connection, chat_id), message_id)
            new_id = connection.execute(
                "INSERT INTO chats (title, created_at, updated_at, tags)"
                " SELECT ?, ?, ?, tags FROM chats WHERE id = ?",
                (f"{title} (branch)", now, now, chat_id),
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
        return Chat(new_id, f"{title} (branch)", now, now)

    def chat_settings(self, chat_id: int) -> dict[str, Value]:
        """Return the settings that hold for this chat alone; what makes no sense is left out."""
        rows = self.database.read("SELECT settings FROM chats WHERE id = ?", chat_id)
        found: Any = json.loads(rows[0][0]) if rows else {}
        values: dict[str, Value] = {}
        for key, value in found.items():
            with suppress(SettingsError, KeyError):
                values[key] = BY_KEY[key].check(value)
        return values

    def keep_chat_settings(self, chat_id: int, values: Mapping[str, Value]) -> None:
        """Remember the settings that hold for this chat alone."""
        text = json.dumps(dict(values))
        self.database.write("UPDATE chats SET settings = ? WHERE id = ?", text, chat_id)

    def draft(self, chat_id: int) -> str:
        """Return the unsent text of a chat, or of `NEW_CHAT`."""
        rows = self.database.read("SELECT text FROM drafts WHERE chat_id = ?", chat_id)
        return str(rows[0][0]) if rows else ""

    def keep_draft(self, chat_id: int, text: str) -> None:
        """Remember the unsent text of a chat; an empty one is forgotten."""
        if text:
            self.database.write("REPLACE INTO drafts (chat_id, text) VALUES (?, ?)", chat_id, text)
        else:
            self.database.write("DELETE FROM drafts WHERE chat_id = ?", chat_id)

    def keep_edit(self, message_id: int, block: int, text: str) -> None:
        """Remember what the user made of an answer's code block, counted from 0."""
        self.database.write(
            "REPLACE INTO edits (message_id, block, text) VALUES (?, ?, ?)", message_id, block, text
        )

    def edits(self, chat_id: int) -> dict[tuple[int, int], str]:
        """Return the user's texts of a chat's code blocks, by message and block."""
        rows = self.database.read(
            "SELECT message_id, block, edits.text FROM edits"
            " JOIN messages ON messages.id = message_id WHERE chat_id = ?",
            chat_id,
        )
        return {(row[0], row[1]): row[2] for row in rows}

    def all_messages(self, chat_id: int) -> tuple[int | None, list[StoredMessage]]:
        """Return the id of the shown path's end, and every message with all its versions."""
        with self.database.transaction("read") as connection:
            found = connection.execute("SELECT head_id FROM chats WHERE id = ?", (chat_id,))
            (head_id,) = found.fetchone() or (None,)
            nodes = _tree(connection, chat_id).values()
        return head_id, [node.message for node in nodes if not node.is_deleted]

    def add_whole_chat(
        self,
        chat: Chat,
        head_id: int | None,
        messages: Sequence[StoredMessage],
        origins: Mapping[int, Origin] | None = None,
    ) -> Chat:
        """Add a chat with all its messages at once; ids are given anew."""
        with self.database.transaction() as connection:
            chat_id = connection.execute(
                "INSERT INTO chats (title, created_at, updated_at, tags) VALUES (?, ?, ?, ?)",
                (chat.title, chat.created_at, chat.updated_at, json.dumps(tags_of(chat.tags))),
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

    # --- messages ------------------------------------------------------------------------

    def messages(self, chat_id: int) -> list[StoredMessage]:
        """Return the messages of a chat's shown path, oldest first."""
        with self.database.transaction("read") as connection:
            found = connection.execute("SELECT head_id FROM chats WHERE id = ?", (chat_id,))
            (head_id,) = found.fetchone() or (None,)
            return _path(_tree(connection, chat_id), head_id)

    def add_message(
        self,
        chat_id: int,
        role: Role,
        text: str,
        *,
        parent_id: int | None,
        state: MessageState,
        model: str = "",
    ) -> StoredMessage:
        """Add a message after `parent_id` (None: a first message); the shown path ends with it."""
        now = time.time()
        with self.database.transaction() as connection:
            new_id = connection.execute(
                "INSERT INTO messages (chat_id, role, text, state, model, created_at, parent_id)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (chat_id, role, text, state, model, now, parent_id),
            ).lastrowid
            assert new_id is not None
            connection.execute(
                "UPDATE chats SET updated_at = ?, head_id = ? WHERE id = ?", (now, new_id, chat_id)
            )
            beside = connection.execute(
                "SELECT id FROM messages WHERE chat_id = ? AND parent_id IS ? AND role = ?"
                " AND deleted_at IS NULL ORDER BY id",
                (chat_id, parent_id, role),
            ).fetchall()
        alternatives = tuple(row[0] for row in beside)
        return StoredMessage(
            new_id, chat_id, role, text, state, model, "", now, parent_id, alternatives
        )

    def update_message(
        self, message_id: int, text: str, *, state: MessageState, error: str = ""
    ) -> None:
        """Save how far a message got."""
        self.database.write(
            "UPDATE messages SET text = ?, state = ?, error = ? WHERE id = ?",
            text,
            state,
            error,
            message_id,
        )

    def keep_origin(self, message_id: int, origin: Origin) -> None:
        """Remember how an answer is made."""
        sql = "REPLACE INTO origins (message_id, origin) VALUES (?, ?)"
        self.database.write(sql, message_id, packed(origin))

    def answer_of(self, message_id: int) -> tuple[str, MessageState, str, Origin | None] | None:
        """Return an answer's text and state, its model's name, and how it was made.

        The last is None for answers from before that was kept and for those written by hand.
        """
        rows = self.database.read(
            "SELECT text, state, model, origin FROM messages"
            " LEFT JOIN origins ON message_id = messages.id WHERE messages.id = ?",
            message_id,
        )
        if not rows:
            return None
        text, state, model, origin = rows[0]
        return text, MessageState(state), model, unpacked(origin) if origin else None

    def origins(self, chat_id: int) -> dict[int, Origin]:
        """Return how the answers of a chat were made, by message."""
        rows = self.database.read(
            "SELECT message_id, origin FROM origins JOIN messages ON messages.id = message_id"
            " WHERE chat_id = ?",
            chat_id,
        )
        return {message_id: unpacked(origin) for message_id, origin in rows}

    def show_alternative(self, message_id: int) -> None:
        """Let the chat's shown path go through this message, to the newest one that follows it."""
        with self.database.transaction() as connection:
            (chat_id,) = connection.execute(
                "SELECT chat_id FROM messages WHERE id = ?", (message_id,)
            ).fetchone()
            tree = _tree(connection, chat_id)
            connection.execute(
                "UPDATE chats SET head_id = ? WHERE id = ?",
                (_newest_end(tree, message_id), chat_id),
            )

    def delete_message(self, message_id: int) -> None:
        """Hide a message; `restore_message` brings it back.

        Where alternatives are left one of those is shown; else what follows moves up.
        """
        with self.database.transaction() as connection:
            (chat_id,) = connection.execute(
                "SELECT chat_id FROM messages WHERE id = ?", (message_id,)
            ).fetchone()
            connection.execute(
                "UPDATE messages SET deleted_at = ? WHERE id = ?", (time.time(), message_id)
            )
            tree = _tree(connection, chat_id)
            left = [
                other.id
                for other in tree.values()
                if _is_in_place_of(other, tree[message_id]) and not other.is_deleted
            ]
            if left:
                connection.execute(
                    "UPDATE chats SET head_id = ? WHERE id = ?",
                    (_newest_end(tree, left[-1]), chat_id),
                )

    def search(self, words: str, *, limit: int = 50) -> list[Hit]:
        """Find messages that contain all the words, as parts of words too, newest first.

        A word of fewer than three characters finds nothing by itself.
        """
        wanted = [word for word in words.split() if len(word) >= MIN_SEARCHED]
        if not wanted:
            return []
        query = " ".join('"' + word.replace('"', '""') + '"' for word in wanted)
        rows = self.database.read(
            "SELECT chat_id, chats.title, messages.id, messages.role,"
            " substr(messages.text, max(instr(lower(messages.text), lower(?)) - 30, 1), 160)"
            " FROM said JOIN messages ON messages.id = said.rowid"
            " JOIN chats ON chats.id = chat_id"
            " WHERE said MATCH ? AND chats.deleted_at IS NULL AND messages.deleted_at IS NULL"
            " ORDER BY said.rowid DESC LIMIT ?",
            wanted[0],
            query,
            limit,
        )
        return [Hit(row[0], row[1], row[2], Role(row[3]), row[4]) for row in rows]

    def restore_message(self, message_id: int) -> None:
        """Undo `delete_message`, and show it."""
        self.database.write("UPDATE messages SET deleted_at = NULL WHERE id = ?", message_id)
        self.show_alternative(message_id)

    def remove_message(self, message_id: int) -> None:
        """Take a message out for good: an answer in which nothing was said."""
        with self.database.transaction() as connection:
            connection.execute(
                "UPDATE chats SET head_id = (SELECT parent_id FROM messages WHERE id = ?)"
                " WHERE head_id = ?",
                (message_id, message_id),
            )
            connection.execute(
                "UPDATE messages SET parent_id = (SELECT parent_id FROM messages WHERE id = ?)"
                " WHERE parent_id = ?",
                (message_id, message_id),
            )
            connection.execute("DELETE FROM messages WHERE id = ?", (message_id,))


def tags_of(words: Sequence[str]) -> list[str]:
    """Return tags as they are kept: without space or # around, each once, in order."""
    found = (word.strip().lstrip("#").strip() for word in words)
    return list(dict.fromkeys(word for word in found if word))


@dataclass(frozen=True, slots=True)
class _Node:
    """A message in its chat's tree."""

    message: StoredMessage
    is_deleted: bool

    @property
    def id(self) -> int:
        return self.message.id


def _tree(connection: sqlite3.Connection, chat_id: int) -> dict[int, _Node]:
    rows = connection.execute(
        "SELECT id, chat_id, role, text, state, model, error, created_at, parent_id, deleted_at"
        " FROM messages WHERE chat_id = ? ORDER BY id",
        (chat_id,),
    )
    return {
        row[0]: _Node(
            StoredMessage(row[0], row[1], Role(row[2]), row[3], MessageState(row[4]), *row[5:9]),
            is_deleted=row[9] is not None,
        )
        for row in rows
    }


def _path(tree: dict[int, _Node], head_id: int | None) -> list[StoredMessage]:
    """Return the messages from the first to `head_id`, with their alternatives."""
    path: list[StoredMessage] = []
    places: dict[tuple[int | None, Role], list[int]] = {}
    for node in tree.values():
        if not node.is_deleted:
            place = (node.message.parent_id, node.message.role)
            places.setdefault(place, []).append(node.id)
    while head_id is not None and head_id in tree:
        node = tree[head_id]
        head_id = node.message.parent_id
        if not node.is_deleted:
            place = (node.message.parent_id, node.message.role)
            path.append(replace(node.message, alternatives=tuple(places[place])))
    return path[::-1]


def _is_in_place_of(one: _Node, other: _Node) -> bool:
    return (one.message.parent_id, one.message.role) == (
        other.message.parent_id,
        other.message.role,
    )


def _newest_end(tree: dict[int, _Node], message_id: int) -> int:
    """Follow the newest children down to the last message; children have the higher ids."""
    children: dict[int, int] = {}
    for node in sorted(tree.values(), key=lambda node: node.id, reverse=True):
        if node.is_deleted and node.id not in children:
            continue  # neither it nor anything after it can be seen
        if node.message.parent_id is not None:
            children.setdefault(node.message.parent_id, node.id)
    while message_id in children:
        message_id = children[message_id]
    return message_id
