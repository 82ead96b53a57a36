"""Chats as files: written for people or for another program of this kind, and read again.

Blocks; the chats' service calls it off its thread.
"""

from __future__ import annotations

from pathlib import Path

from app.core.chats import Chat
from app.store.archive import ArchivedChat, from_json, to_json, to_markdown
from app.store.files import LARGEST_EXPORT_BYTES, read_text, write_text
from app.store.history import History
from app.store.whole_chats import add_whole_chat, all_messages


def export_chats(history: History, chat_id: int | None, path: Path) -> None:
    """Write a chat, or all of them for None: Markdown for `.md`, else JSON for `import_chats`."""
    wanted = [c for c in history.chats() if chat_id is None or c.id == chat_id]
    if path.suffix.lower() == ".md":
        texts = [to_markdown(c.title, history.messages(c.id)) for c in wanted]
        write_text(path, "\n\n".join(texts), is_private=not path.exists())
        return
    archived = []
    for chat in wanted:
        head_id, messages = all_messages(history.database, chat.id)
        archived.append(
            ArchivedChat(
                chat.title,
                chat.created_at,
                chat.updated_at,
                head_id,
                tuple(messages),
                chat.tags,
                history.origins(chat.id),
            )
        )
    write_text(path, to_json(archived), is_private=not path.exists())


def import_chats(history: History, path: Path) -> list[Chat]:
    """Add the chats of a JSON file that `export_chats` wrote."""
    chats = from_json(read_text(path, most_bytes=LARGEST_EXPORT_BYTES), name=path.name)
    return [
        add_whole_chat(
            history.database,
            Chat(0, chat.title, chat.created_at, chat.updated_at, tags=chat.tags),
            chat.head_id,
            chat.messages,
            chat.origins,
        )
        for chat in chats
    ]
