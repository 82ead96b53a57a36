"""The context of a model and what takes room in it: parts, what does not fit, what to do then."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Overflow(StrEnum):
    """What to do where a conversation does not fit the context."""

    FAIL = "fail"  # say so, with the numbers
    TRIM = "trim"  # leave out the oldest messages, then lines of attached files
    SUMMARISE = "summarise"  # the same, but the model sums up what was said in them


class OverflowChoice(StrEnum):
    """What a user can want in the window where a chat does not fit; some are remembered."""

    ASK = "ask"
    TRIM = "trim"
    SUMMARISE = "summarise"
    RAISE = "raise"  # load the model with a larger context
    CANCEL = "cancel"


class ContextKind(StrEnum):
    """What a part of the context is."""

    FORMAT = "format"  # system prompt and the prompt format's own tokens
    CHAT = "chat"  # what was said before
    FILE = "file"  # a file that goes with the question
    DRAFT = "draft"  # the question itself
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class ContextPart:
    """Something that takes `tokens` of the context."""

    kind: ContextKind
    name: str
    tokens: int


@dataclass(frozen=True, slots=True)
class ContextUse:
    """How the context of a loaded model is used. The parts add up to the prompt exactly.

    `left_out_tokens` is what the chat has besides, and the model will not read.
    """

    parts: tuple[ContextPart, ...]
    context_tokens: int
    left_out_tokens: int = 0

    @property
    def used_tokens(self) -> int:
        """Return what all parts take together, which may be more than there is."""
        return sum(part.tokens for part in self.parts)

    def tokens_of(self, *kinds: ContextKind) -> int:
        """Return what the parts of these kinds take."""
        return sum(part.tokens for part in self.parts if part.kind in kinds)


@dataclass(frozen=True, slots=True)
class Loss:
    """One thing that would be left out, in words, with its tokens."""

    name: str
    tokens: int


@dataclass(frozen=True, slots=True)
class Fit:
    """How a conversation fits the context, and what can be done where it does not.

    `losses` is what trimming leaves out; `leaves_messages` says that this is not only lines of
    files. `least_tokens` is the prompt without all that may be left out. `raised_tokens` is a
    context in which all fits, 0 where model or memory do not allow it. `trained_tokens` is the
    model's own limit, 0 where it is not known.
    """

    prompt_tokens: int
    context_tokens: int
    answer_tokens: int
    fits: bool = True
    losses: tuple[Loss, ...] = ()
    least_tokens: int = 0
    can_trim: bool = False
    can_summarise: bool = False
    leaves_messages: bool = False
    raised_tokens: int = 0
    trained_tokens: int = 0
