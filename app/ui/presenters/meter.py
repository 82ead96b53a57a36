"""Counts and clocks an answer while it is written."""

from __future__ import annotations

import time
from collections.abc import Callable

_TELLS_AFTER_S = 1.0


class Meter:
    """Counts and clocks one answer for the status line, which is told ten times a second."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._reading_since: tuple[float, int] | None = None
        self._asked_at = clock()
        self._first_at = 0.0
        self._told_at = 0.0
        self.prompt_tokens = 0
        self.written_tokens = 0

    def restart(self) -> None:
        """The question is not with the model yet: the time to the first token begins later."""
        if not self._first_at:
            self._asked_at = self._clock()

    def read(self, done: int, total: int) -> float | None:
        """Note how much of the prompt is read; return how long the rest takes once that is known.

        In seconds.
        """
        self.prompt_tokens = total
        now = self._clock()
        if self._reading_since is None:
            self._reading_since = now, done
        began, first = self._reading_since
        passed_s, read = now - began, done - first
        if passed_s < _TELLS_AFTER_S or read <= 0:
            return None
        return passed_s / read * (total - done)

    def take(self, tokens: int) -> None:
        """Count tokens that were written just now."""
        if tokens and not self._first_at:
            self._first_at = self._clock()
        self.written_tokens += tokens

    @property
    def first_token_s(self) -> float:
        """Return how long the first token took once the model had the question, 0 before it."""
        return self._first_at - self._asked_at if self._first_at else 0.0

    @property
    def tokens_per_s(self) -> float:
        """Return the speed of writing, 0 where it is too early to tell."""
        passed = self._clock() - self._first_at
        return (self.written_tokens - 1) / passed if self._first_at and passed > 0.1 else 0.0

    def is_due(self) -> bool:
        """Tell, ten times a second, that it is time to show the figures."""
        now = self._clock()
        if now - self._told_at < 0.1:
            return False
        self._told_at = now
        return True
