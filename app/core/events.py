"""What happens while a model answers.

`StepEvent`s are what an engine tells the inference thread; `GenerationEvent`s are what the
generation service tells the window, the server and the command line. Good news travels as
events, bad news as exceptions.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.core.messages import Message

NO_TOKEN = -1
"""The token id of a piece that no token wrote."""

RunId = int
"""Names one run in one engine; given out by the inference thread, never used twice."""


class FinishReason(StrEnum):
    """Why an answer ended."""

    STOP = "stop"  # the model ended it, or a stop text or token matched
    LENGTH = "length"  # max_tokens reached
    CONTEXT = "context"  # the context is full
    CANCELLED = "cancelled"  # the user or the client stopped it
    ERROR = "error"  # the engine failed; the partial answer is kept


@dataclass(frozen=True, slots=True)
class TokenLogprob:
    """One candidate token: its id, its bytes, and its natural-log probability."""

    token_id: int
    data: bytes
    logprob: float


@dataclass(frozen=True, slots=True)
class PromptProgress:
    """A prompt is being read: `done_tokens` of `total_tokens`, `reused_tokens` of them cached."""

    run: RunId
    done_tokens: int
    total_tokens: int
    reused_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Piece:
    """One written token as bytes, which may end inside a UTF-8 sequence.

    `logprob` is the chosen token's, `candidates` the likeliest ones, both only if asked for. The
    id is `NO_TOKEN` for what the engine adds so that an answer that is cut satisfies its grammar.
    """

    run: RunId
    token_id: int
    data: bytes
    logprob: float | None = None
    candidates: tuple[TokenLogprob, ...] = ()


@dataclass(frozen=True, slots=True)
class RunEnded:
    """A run is over and its slot is free. `error` says why where the reason is ERROR."""

    run: RunId
    reason: FinishReason
    error: str = ""


StepEvent = PromptProgress | Piece | RunEnded


@dataclass(frozen=True, slots=True)
class Queued:
    """The request waits; `ahead` others are before it."""

    ahead: int


@dataclass(frozen=True, slots=True)
class WaitingForMemory:
    """The model is loaded once others, which are being used, give their memory back."""

    name: str


@dataclass(frozen=True, slots=True)
class Loading:
    """The model is being loaded; `fraction` from 0 to 1."""

    name: str
    fraction: float


@dataclass(frozen=True, slots=True)
class Reading:
    """The prompt is being read."""

    done_tokens: int
    total_tokens: int
    reused_tokens: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What did not fit the context and is not read.

    Lines around the cursor or at the beginning of a text, files or lines of them by name, and
    `messages` of a chat, which took `tokens` together with the files; `summary` stands for the
    messages where the model summed them up. `kept` is the conversation that is read instead.
    """

    lines_before: int = 0
    lines_after: int = 0
    files: tuple[str, ...] = ()
    messages: int = 0
    tokens: int = 0
    summary: str = ""
    kept: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class Summarising:
    """The model sums up what does not fit: step `step` of `steps`, from 1."""

    step: int
    steps: int


@dataclass(frozen=True, slots=True)
class TokenDetail:
    """Log-probabilities of one written token, where they were asked for."""

    token_id: int
    data: bytes
    logprob: float
    candidates: tuple[TokenLogprob, ...]


@dataclass(frozen=True, slots=True)
class TextDelta:
    """New text of the answer; whole characters, stop texts never shown.

    `tokens` counts the tokens written since the last event; 0 for text that the prompt's own
    format adds.
    """

    text: str
    tokens: int = 0
    details: tuple[TokenDetail, ...] = ()


@dataclass(frozen=True, slots=True)
class Timings:
    """Counts and seconds of one run. Speeds are derived, 0 where nothing was measured."""

    prompt_tokens: int = 0
    reused_tokens: int = 0
    written_tokens: int = 0
    load_s: float = 0.0
    prompt_s: float = 0.0
    first_token_s: float = 0.0
    writing_s: float = 0.0
    total_s: float = 0.0

    @property
    def prompt_tokens_per_s(self) -> float:
        """Return tokens read per second, reused ones not counted."""
        return (self.prompt_tokens - self.reused_tokens) / self.prompt_s if self.prompt_s else 0.0

    @property
    def written_tokens_per_s(self) -> float:
        """Return tokens written per second, the first token's wait not counted."""
        return (self.written_tokens - 1) / self.writing_s if self.writing_s > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Finished:
    """The answer is over. `text` is all of it; `seed` reproduces it; `stopped_by` is the stop."""

    reason: FinishReason
    text: str
    timings: Timings
    seed: int
    stopped_by: str = ""


GenerationEvent = (
    Queued | WaitingForMemory | Loading | Summarising | LeftOut | Reading | TextDelta | Finished
)
