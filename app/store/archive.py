"""Chats as files: JSON that can be read back whole, and Markdown for people.

The JSON holds every version of every message. Nothing that is read is trusted: each value is
checked, and what is not ours is refused by name.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.core.chats import MessageState, StoredMessage
from app.core.messages import Role
from app.core.origins import Origin
from app.store.exported import FORMAT, read_exported
from app.store.origins import from_plain, to_plain
from app.store.plain import text_of, time_of, whole_of
from app.store.stored import tags_of
from app.text.markdown.raw_html import closing_html
from app.text.markdown.whole import closed

_SHOWN_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class ArchivedChat:
    """A chat with all its messages; `head_id` is the last one of the shown path.

    `origins` say by message how answers were made.
    """

    title: str
    created_at: float
    updated_at: float
    head_id: int | None
    messages: tuple[StoredMessage, ...]
    tags: tuple[str, ...] = ()
    origins: Mapping[int, Origin] = field(default_factory=dict)


def to_json(chats: Sequence[ArchivedChat]) -> str:
    """Return chats as JSON text."""
    return json.dumps(
        {
            "starwright": FORMAT,
            "chats": [
                {
                    "title": chat.title,
                    "created_at": chat.created_at,
                    "updated_at": chat.updated_at,
                    "head": chat.head_id,
                    "tags": list(chat.tags),
                    "messages": [
                        {
                            "id": message.id,
                            "parent": message.parent_id,
                            "role": message.role,
                            "text": message.text,
                            "state": message.state,
                            "model": message.model,
                            "created_at": message.created_at,
                        }
                        | _origin_of(chat, message)
                        for message in chat.messages
                    ],
                }
                for chat in chats
            ],
        },
        ensure_ascii=False,
        indent=1,
    )


def from_json(text: str, *, name: str) -> list[ArchivedChat]:
    """Read what `to_json` wrote; `name` is the file's. Raises `StoreError`."""
    return read_exported(
        text,
        lambda found: [_chat(chat) for chat in found["chats"]],
        name=name,
        things="chats",
        hint="Choose a .json file made with Export.",
    )


def to_markdown(title: str, messages: Sequence[StoredMessage]) -> str:
    """Return the shown messages of a chat as a document."""
    parts = [f"# {title}\n"]
    for message in messages:
        speaker = "You" if message.role is Role.USER else message.model or "Answer"
        text, html = closed(message.text), closing_html(message.text)
        parts.append(f"## {speaker}\n\n{text}\n" + (f"\n{html}\n" if html else ""))
    return "\n".join(parts)


def _origin_of(chat: ArchivedChat, message: StoredMessage) -> dict[str, Any]:
    origin = chat.origins.get(message.id)
    return {"origin": to_plain(origin)} if origin is not None else {}


def _chat(found: Any) -> ArchivedChat:  # noqa: ANN401 - whatever the file holds
    title = text_of(found["title"], "a chat's title")
    try:
        return _named_chat(title, found)
    except ValueError as error:
        raise ValueError(f"in the chat “{title[:_SHOWN_CHARACTERS]}” {error}") from error


def _named_chat(title: str, found: Any) -> ArchivedChat:  # noqa: ANN401 - whatever the file holds
    messages = tuple(_message(message) for message in found["messages"])
    ids = {message.id for message in messages}
    head = found["head"]
    if len(ids) < len(messages):
        raise ValueError("two messages have the same id")
    if any(m.parent_id is not None and m.parent_id not in ids for m in messages):
        raise ValueError("a message follows one that does not exist")
    return ArchivedChat(
        title,
        _past(found["created_at"], "its creation time"),
        _past(found["updated_at"], "the time of its last change"),
        head if isinstance(head, int) and head in ids else max(ids, default=None),
        messages,
        tuple(tags_of([text_of(tag, "a tag") for tag in found.get("tags", [])])),
        {whole_of(m["id"]): from_plain(m["origin"]) for m in found["messages"] if "origin" in m},
    )


def _message(found: Any) -> StoredMessage:  # noqa: ANN401 - whatever the file holds
    number, parent = whole_of(found["id"], "the id of a message"), found["parent"]
    if parent is not None and whole_of(parent, "what a message follows") >= number:
        raise ValueError("a message follows a later one")
    state = MessageState(found["state"])
    return StoredMessage(
        number,
        0,
        Role(found["role"]),
        text_of(found["text"], "a message"),
        MessageState.INTERRUPTED if state is MessageState.WRITING else state,
        text_of(found["model"], "the name of a model"),
        "",
        _past(found["created_at"], "the time of a message"),
        None if parent is None else whole_of(parent),
    )


def _past(found: object, what: str) -> float:
    """Return a time that is not to come: else new chats would stand below it for years."""
    return min(time_of(found, what), time.time())
