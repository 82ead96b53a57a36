"""One run, from the moment it is asked for: what an engine's steps become for whoever asked."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum

from app.core.errors import EngineError
from app.core.events import (
    NO_TOKEN,
    Finished,
    FinishReason,
    GenerationEvent,
    Piece,
    PromptProgress,
    Queued,
    Reading,
    RunEnded,
    StepEvent,
    TextDelta,
    Timings,
    TokenDetail,
)
from app.core.prompts import Prompt
from app.core.sampling import Sampling
from app.generation.assembly import Assembler

Deliver = Callable[["GenerationEvent | BaseException"], None]


class Urgency(IntEnum):
    """What goes before what, where several runs wait for a slot; the same keep their order."""

    INFILL = 0  # somebody types and waits for it
    CHAT = 1
    MEASUREMENT = 2


@dataclass(slots=True)
class Run:
    """One request to an engine. Its fields belong to the inference thread."""

    number: int
    prompt: Prompt
    sampling: Sampling
    deliver: Deliver
    assembler: Assembler
    urgency: Urgency = Urgency.CHAT
    asked_at: float = field(default_factory=time.perf_counter)
    is_over: bool = False
    _ahead: int = -1
    _started_at: float = 0.0
    _read_at: float = 0.0
    _first_at: float = 0.0
    _prompt_tokens: int = 0
    _reused_tokens: int = 0
    _written_tokens: int = 0
    _told_tokens: int = 0
    _text: list[str] = field(default_factory=list)
    _details: list[TokenDetail] = field(default_factory=list)

    def wait(self, ahead: int) -> None:
        """Say how many others wait before this one, where that is news."""
        if self._ahead != ahead:
            self._ahead = ahead
            self.deliver(Queued(ahead))

    def begin(self) -> None:
        """Note that the engine is about to take the run."""
        self._started_at = time.perf_counter()

    def take(self, event: StepEvent) -> None:
        """Take what a step told of this run; `is_over` may be true then."""
        match event:
            case PromptProgress():
                self._prompt_tokens = event.total_tokens
                self._reused_tokens = event.reused_tokens
                if event.done_tokens >= event.total_tokens and not self._read_at:
                    self._read_at = time.perf_counter()
                self.deliver(Reading(event.done_tokens, event.total_tokens, event.reused_tokens))
            case Piece():
                self._take_piece(event)
            case RunEnded():
                if event.reason is FinishReason.ERROR:
                    self.fail(EngineError(event.error or "The engine failed."))
                else:
                    self._text.append(self.assembler.finish())
                    self._finish(event.reason)

    def give_text(self) -> None:
        """Send what was written since the last call as one event."""
        text = "".join(self._text)
        if text:
            tokens = self._written_tokens - self._told_tokens
            self.deliver(TextDelta(text, tokens, tuple(self._details)))
            self._told_tokens = self._written_tokens
            self._details.clear()
        self._text.clear()

    def fail(self, error: BaseException) -> None:
        """End with an error; what was held back is given first, as no stop text can follow."""
        self.is_over = True
        self._text.append(self.assembler.finish())
        self.give_text()
        self.deliver(error)

    def _take_piece(self, piece: Piece) -> None:
        self._written_tokens += piece.token_id != NO_TOKEN
        if not self._first_at:
            self._first_at = time.perf_counter()
        self._text.append(self.assembler.feed(piece.data))
        if piece.logprob is not None:
            self._details.append(
                TokenDetail(piece.token_id, piece.data, piece.logprob, piece.candidates)
            )
        if self.assembler.stopped_by:
            self._finish(FinishReason.STOP)

    def _finish(self, reason: FinishReason) -> None:
        self.is_over = True
        self.give_text()
        assert self.sampling.seed is not None
        self.deliver(
            Finished(
                reason=reason,
                text="",
                timings=self._timings(time.perf_counter()),
                seed=self.sampling.seed,
                stopped_by=self.assembler.stopped_by,
            )
        )

    def _timings(self, now: float) -> Timings:
        first_at = self._first_at or now
        read_at = self._read_at or first_at
        return Timings(
            prompt_tokens=self._prompt_tokens,
            reused_tokens=self._reused_tokens,
            written_tokens=self._written_tokens,
            prompt_s=read_at - self._started_at,
            first_token_s=first_at - self._started_at,
            writing_s=now - first_at,
            total_s=now - self.asked_at,
        )


def assembler_for(prompt: Prompt, sampling: Sampling) -> Assembler:
    """Return what ends at the stop texts; where the answer begins a line, also without its end."""
    begins_line = prompt.as_text().endswith("\n")
    first = [stop[1:] for stop in prompt.stop_texts if stop.startswith("\n")]
    stops = (*prompt.stop_texts, *sampling.stop_texts)
    return Assembler(stops, first if begins_line else ())
