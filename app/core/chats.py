"""Chats and their messages, as they are kept, listed, shown and found.

One value for each, from the database to the widgets, so that no room needs a copy of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.core.messages import Role

NEW_CHAT = 0
"""Stands for the chat that is not saved yet, where a draft is kept for it."""


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
    """A chat as the list shows it. Times are seconds since the epoch.

    `damage` names what of it cannot be read, empty where all is well.
    """

    id: int
    title: str
    created_at: float
    updated_at: float
    is_pinned: bool = False
    tags: tuple[str, ...] = ()
    damage: str = ""


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

    @property
    def place(self) -> tuple[int, int]:
        """Return which one of how many alternatives this is, counted from 1."""
        others = self.alternatives or (self.id,)
        return others.index(self.id) + 1, len(others)


@dataclass(frozen=True, slots=True)
class Hit:
    """A message that holds what was searched.

    `excerpt` is the text around its first hit in one line; `marks` are starts and ends of all
    hits in that.
    """

    chat_id: int
    chat_title: str
    message_id: int
    role: Role
    excerpt: str
    marks: tuple[tuple[int, int], ...] = ()
