"""How a question wants to be answered, and what happens while it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.core.chats import Chat, StoredMessage
from app.core.context import Fit, Overflow
from app.core.errors import StoreError
from app.core.events import GenerationEvent
from app.core.messages import Message, Role
from app.core.sampling import DEFAULT_SAMPLING, Sampling
from app.generation.chat.outputs import Output
from app.services.answering.generation import ChatRequest
from app.text.characters import without_nul
from app.text.languages import Language


@dataclass(frozen=True, slots=True)
class Asked:
    """How a question wants to be answered. `language` is what the user picked, None for any.

    `system` is said to the model before the chat; empty: the model's own. `overflow` says what to
    do where the chat does not fit the context; None: nothing is asked then, see `DoesNotFit`. With
    `output` the answer is one document of that format.
    """

    language: Language | None = None
    sampling: Sampling = DEFAULT_SAMPLING
    system: str = ""
    overflow: Overflow | None = None
    output: Output | None = None


ASKED = Asked()


@dataclass(frozen=True, slots=True)
class ChatStarted:
    """The question opened a new chat."""

    chat: Chat


@dataclass(frozen=True, slots=True)
class MessageAdded:
    """A question or the beginning of an answer stands in the chat."""

    message: StoredMessage


@dataclass(frozen=True, slots=True)
class AnswerContinued:
    """An answer that ended early goes on; the text that follows belongs to it."""

    message: StoredMessage


@dataclass(frozen=True, slots=True)
class DoesNotFit:
    """The chat is too long for the context. Nothing was asked or saved; say `Asked.overflow`."""

    fit: Fit


@dataclass(frozen=True, slots=True)
class SavingFailed:
    """The answer goes on, but cannot be saved for now."""

    error: StoreError


@dataclass(frozen=True, slots=True)
class SavingWorks:
    """What could not be saved is saved now."""


ChatEvent = (
    DoesNotFit
    | ChatStarted
    | MessageAdded
    | AnswerContinued
    | SavingFailed
    | SavingWorks
    | GenerationEvent
)


def turns_of(path: Sequence[StoredMessage]) -> list[Message]:
    """Return what a model reads of messages; an answer in which nothing was said is nothing."""
    # A model may have written a NUL, which no prompt can have: it must not end the chat.
    return [Message(turn.role, without_nul(turn.text)) for turn in path if turn.text]


def request_of(turns: Sequence[Message], asked: Asked) -> ChatRequest:
    """Return turns as they are sent to be answered."""
    system = [Message(Role.SYSTEM, asked.system)] if asked.system else []
    overflow = asked.overflow or Overflow.FAIL
    return ChatRequest((*system, *turns), asked.sampling, asked.language, overflow, asked.output)
