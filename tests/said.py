"""Messages and chats as a history gives them, made without one for tests of widgets."""

from __future__ import annotations

from datetime import datetime

from app.core.chats import Chat, MessageState, StoredMessage
from app.core.messages import Role


def said(
    role: Role, text: str = "", number: int = 1, *, alternatives: tuple[int, ...] = ()
) -> StoredMessage:
    """Return a message with this id."""
    return StoredMessage(
        number, 1, role, text, MessageState.DONE, "", "", 0.0, alternatives=alternatives
    )


def listed(
    number: int,
    title: str,
    used_at: datetime,
    *,
    is_pinned: bool = False,
    tags: tuple[str, ...] = (),
    damage: str = "",
) -> Chat:
    """Return a chat with this id that was last used then."""
    at = used_at.timestamp()
    return Chat(number, title, at, at, is_pinned, tags, damage)
