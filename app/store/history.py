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
import zlib
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from app.core.chats import Chat, Hit, MessageState, StoredMessage
from app.core.errors import SettingsError
from app.core.messages import Role
from app.core.origins import Origin
from app.core.settings import BY_KEY, Value
from app.store.database import Database
from app.store.origins import packed, unpacked
from app.store.plain import LAST_SECOND
from app.store.schema import MIGRATIONS
from app.store.search import search
from app.store.stored import chat_of, plain_in, readable, tags_of
from app.store.tree import is_in_place_of, newest_end, path_to, read_tree


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
            " WHERE deleted_at IS NULL"
        )
        # Sorted here: a damaged column would stand before or after all numbers.
        return sorted(
            map(chat_of, rows),
            key=lambda chat: (chat.is_pinned, chat.updated_at, chat.id),
            reverse=True,
        )

    def add_chat(self, title: str) -> Chat:
        """Add a chat."""
        with self.database.transaction() as connection:
            now = now_in(connection)
            chat_id = connection.execute(
                "INSERT INTO chats (title, created_at, updated_at) VALUES (?, ?, ?)",
                (title, now, now),
            ).lastrowid
        return Chat(chat_id or 0, title, now, now)

    def rename_chat(self, chat_id: int, title: str) -> None:
        """Change a chat's title."""
        self.database.write("UPDATE chats SET title = ? WHERE id = ?", title, chat_id)

    def pin_chat(self, chat_id: int, *, is_pinned: bool) -> None:
        """Keep a chat at the top of the list, or let it go."""
        self.database.write("UPDATE chats SET is_pinned = ? WHERE id = ?", is_pinned, chat_id)

    def tag_chat(self, chat_id: int, tags: Sequence[str]) -> None:
        """Let a chat have these tags and no others."""
        text = json.dumps(tags_of(tags), ensure_ascii=False)
        self.database.write("UPDATE chats SET tags = ? WHERE id = ?", text, chat_id)

    def delete_chat(self, chat_id: int) -> None:
        """Hide a chat; `restore_chat` brings it back."""
        self.database.write("UPDATE chats SET deleted_at = ? WHERE id = ?", time.time(), chat_id)

    def restore_chat(self, chat_id: int) -> None:
        """Undo `delete_chat`."""
        self.database.write("UPDATE chats SET deleted_at = NULL WHERE id = ?", chat_id)

    def chat_settings(self, chat_id: int) -> dict[str, Value]:
        """Return the settings that hold for this chat alone; what makes no sense is left out."""
        rows = self.database.read("SELECT settings FROM chats WHERE id = ?", chat_id)
        found = plain_in(rows[0][0]) if rows else None
        values: dict[str, Value] = {}
        for key, value in found.items() if isinstance(found, dict) else ():
            with suppress(SettingsError, KeyError):
                values[key] = BY_KEY[key].check(value)
        return values

    def keep_chat_settings(self, chat_id: int, values: Mapping[str, Value]) -> None:
        """Remember the settings that hold for this chat alone."""
        text = json.dumps(dict(values), ensure_ascii=False)
        self.database.write("UPDATE chats SET settings = ? WHERE id = ?", text, chat_id)

    def draft(self, chat_id: int) -> str:
        """Return the unsent text of a chat, or of `NEW_CHAT`."""
        rows = self.database.read("SELECT text FROM drafts WHERE chat_id = ?", chat_id)
        return readable(rows[0][0]) if rows else ""

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
        return {(row[0], row[1]): readable(row[2]) for row in rows}

    # --- messages ------------------------------------------------------------------------

    def messages(self, chat_id: int) -> list[StoredMessage]:
        """Return the messages of a chat's shown path, oldest first."""
        with self.database.transaction("read") as connection:
            found = connection.execute("SELECT head_id FROM chats WHERE id = ?", (chat_id,))
            (head_id,) = found.fetchone() or (None,)
            return path_to(read_tree(connection, chat_id), head_id)

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
        with self.database.transaction() as connection:
            now = now_in(connection)
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
        known = MessageState(state) if state in set(MessageState) else MessageState.INTERRUPTED
        return readable(text), known, readable(model), _origin(origin)

    def question_of(self, message_id: int) -> str:
        """Return what the user said last before a message, empty where nothing was said."""
        rows = self.database.read(
            "WITH RECURSIVE before(role, text, parent_id, steps) AS ("
            " SELECT role, text, parent_id, 0 FROM messages WHERE id = ?"
            " UNION ALL SELECT m.role, m.text, m.parent_id, steps + 1"
            " FROM messages m JOIN before ON m.id = before.parent_id WHERE steps < 100)"
            " SELECT text FROM before WHERE role = ? ORDER BY steps LIMIT 1",
            message_id,
            Role.USER,
        )
        return readable(rows[0][0]) if rows else ""

    def origins(self, chat_id: int) -> dict[int, Origin]:
        """Return how the answers of a chat were made, by message."""
        rows = self.database.read(
            "SELECT message_id, origin FROM origins JOIN messages ON messages.id = message_id"
            " WHERE chat_id = ?",
            chat_id,
        )
        found = {message_id: _origin(packed_origin) for message_id, packed_origin in rows}
        return {message_id: origin for message_id, origin in found.items() if origin is not None}

    def show_alternative(self, message_id: int) -> None:
        """Let the chat's shown path go through this message, to the newest one that follows it."""
        with self.database.transaction() as connection:
            (chat_id,) = connection.execute(
                "SELECT chat_id FROM messages WHERE id = ?", (message_id,)
            ).fetchone()
            tree = read_tree(connection, chat_id)
            connection.execute(
                "UPDATE chats SET head_id = ? WHERE id = ?",
                (newest_end(tree, message_id), chat_id),
            )

    def delete_message(self, message_id: int) -> int | None:
        """Hide a message; `restore_message` brings it back, with what is returned.

        Where alternatives are left one of those is shown; else what follows moves up. Returns the
        end of the path that was shown.
        """
        with self.database.transaction() as connection:
            chat_id, head_id = connection.execute(
                "SELECT chat_id, head_id FROM messages JOIN chats ON chats.id = chat_id"
                " WHERE messages.id = ?",
                (message_id,),
            ).fetchone()
            connection.execute(
                "UPDATE messages SET deleted_at = ? WHERE id = ?", (time.time(), message_id)
            )
            tree = read_tree(connection, chat_id)
            left = [
                other.id
                for other in tree.values()
                if is_in_place_of(other, tree[message_id]) and not other.is_deleted
            ]
            if left:
                connection.execute(
                    "UPDATE chats SET head_id = ? WHERE id = ?",
                    (newest_end(tree, left[-1]), chat_id),
                )
        return head_id if isinstance(head_id, int) else None

    def search(
        self, words: str, *, limit: int = 50, among: Collection[int] | None = None
    ) -> list[Hit]:
        """Find messages that contain all the words, as parts of words too, newest first.

        Neither case nor accents matter, and a word may be a single character. `among` are the
        chats that are searched, None for all.
        """
        return search(self.database, words, limit=limit, among=among)

    def restore_message(self, message_id: int, head_id: int | None = None) -> None:
        """Undo `delete_message`, and show it; `head_id` is the end of the path shown before."""
        with self.database.transaction() as connection:
            connection.execute("UPDATE messages SET deleted_at = NULL WHERE id = ?", (message_id,))
            chat_id, shown = connection.execute(
                "SELECT chat_id, head_id FROM messages JOIN chats ON chats.id = chat_id"
                " WHERE messages.id = ?",
                (message_id,),
            ).fetchone()
            tree = read_tree(connection, chat_id)
            # What was shown after it is shown again, also where newer alternatives follow it.
            ends = (shown, head_id, newest_end(tree, message_id))
            end = next(end for end in ends if message_id in {one.id for one in path_to(tree, end)})
            connection.execute("UPDATE chats SET head_id = ? WHERE id = ?", (end, chat_id))

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


def now_in(connection: sqlite3.Connection) -> float:
    """Return the time for what happens now: never before that of the chat used last.

    A clock that went back would put new chats below the old ones.
    """
    (latest,) = connection.execute(
        "SELECT max(updated_at) FROM chats WHERE typeof(updated_at) IN ('real', 'integer')"
        " AND updated_at < ?",
        (LAST_SECOND,),
    ).fetchone()
    return max(time.time(), (latest or 0.0) + 0.001)


def _origin(found: object) -> Origin | None:
    """Return an origin of its column, None where there is none or it cannot be read."""
    with suppress(ValueError, KeyError, TypeError, AttributeError, zlib.error, RecursionError):
        return unpacked(found) if isinstance(found, bytes) else None
    return None
