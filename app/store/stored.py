"""How a row becomes a chat or a message.

A row may hold anything: an import of an earlier version, a torn page. One bad row never takes the
others; what can be told of it is kept, and a chat says that it is damaged.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from app.core.chats import Chat, MessageState, StoredMessage
from app.core.messages import Role
from app.store.plain import time_of


def chat_of(row: Sequence[Any]) -> Chat:
    """Return a chat of its id, title, both times, whether it is pinned, and tags."""
    number, title, created_at, updated_at, is_pinned, tags = row
    damage = []
    if not isinstance(title, str):
        title = "Damaged chat"
        damage.append("title")
    times = [seconds_in(created_at), seconds_in(updated_at)]
    if None in times:
        damage.append("date")
    known_tags = tags_in(tags)
    if known_tags is None:
        damage.append("tags")
    return Chat(
        number,
        title,
        times[0] or 0.0,
        times[1] or times[0] or 0.0,
        bool(is_pinned),
        known_tags or (),
        ", ".join(damage),
    )


def message_of(row: Sequence[Any], *, before: Role | None = None) -> StoredMessage:
    """Return a message of its columns up to the parent's id; `before` is who spoke last."""
    number, chat_id, role, text, state, model, error, created_at, parent_id = row
    try:
        speaker = Role(role)
    except ValueError:  # people and models take turns
        speaker = Role.ASSISTANT if before is Role.USER else Role.USER
    try:
        known_state = MessageState(state)
    except ValueError:
        known_state = MessageState.INTERRUPTED
    is_earlier = isinstance(parent_id, int) and parent_id < number
    return StoredMessage(
        number,
        chat_id,
        speaker,
        readable(text),
        known_state,
        readable(model),
        readable(error),
        seconds_in(created_at) or 0.0,
        parent_id if is_earlier else None,
    )


def tags_in(text: object) -> tuple[str, ...] | None:
    """Return the tags of a column, None where it holds none that can be read."""
    found = plain_in(text)
    return tuple(str(tag) for tag in found) if isinstance(found, list) else None


def plain_in(text: object) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Return the JSON of a column, None where it holds none."""
    with suppress(ValueError, RecursionError):
        return json.loads(text) if isinstance(text, str) else None
    return None


def readable(value: object) -> str:
    """Return the text of a column, which may have become bytes or a number."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value if isinstance(value, str) else "" if value is None else str(value)


def tags_of(words: Sequence[str]) -> list[str]:
    """Return tags as they are kept: without space or # around, each once, in order."""
    found = (word.strip().lstrip("#").strip() for word in words)
    return list(dict.fromkeys(word for word in found if word))


def seconds_in(found: object) -> float | None:
    """Return the time of a column, None where it holds none."""
    try:
        return time_of(found)
    except ValueError:
        return None
