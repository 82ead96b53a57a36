"""Drives an engine in tests as the inference thread does: step, and sort what happened by run."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable

from app.core.engine import Engine
from app.core.events import (
    FinishReason,
    Piece,
    PromptProgress,
    RunEnded,
    RunId,
    StepEvent,
)

PATIENCE_S = 60.0


class Heard:
    """All events of a test, in order and by run."""

    def __init__(self) -> None:
        self.all: list[StepEvent] = []
        self._by_run: dict[RunId, list[StepEvent]] = defaultdict(list)

    def add(self, events: Iterable[StepEvent]) -> None:
        for event in events:
            self.all.append(event)
            self._by_run[event.run].append(event)

    def of(self, run: RunId) -> list[StepEvent]:
        return self._by_run[run]

    def pieces(self, run: RunId) -> list[Piece]:
        return [event for event in self.of(run) if isinstance(event, Piece)]

    def data(self, run: RunId) -> bytes:
        return b"".join(piece.data for piece in self.pieces(run))

    def progress(self, run: RunId) -> list[PromptProgress]:
        return [event for event in self.of(run) if isinstance(event, PromptProgress)]

    def reason(self, run: RunId) -> FinishReason | None:
        events = self.of(run)
        last = events[-1] if events else None
        return last.reason if isinstance(last, RunEnded) else None


def step_until(
    engine: Engine, is_done: Callable[[Heard], bool], heard: Heard | None = None
) -> Heard:
    """Step until `is_done`; fails after a minute."""
    heard = heard or Heard()
    end = time.monotonic() + PATIENCE_S
    while not is_done(heard):
        assert time.monotonic() < end, f"the engine did not get there: {heard.all[-5:]}"
        heard.add(engine.step())
    return heard


def finish(engine: Engine, *runs: RunId, heard: Heard | None = None) -> Heard:
    """Step until all these runs ended."""
    return step_until(engine, lambda h: all(h.reason(run) for run in runs), heard)
