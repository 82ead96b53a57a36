"""Counts and clocks an answer while it is written."""

from __future__ import annotations

import time


class Meter:
    """Counts and clocks one answer for the status line, which is told ten times a second."""

    def __init__(self) -> None:
        self._asked_at = time.perf_counter()
        self._first_at = 0.0
        self._told_at = 0.0
        self.prompt_tokens = 0
        self.written_tokens = 0

    def take(self, tokens: int) -> None:
        """Count tokens that were written just now."""
        if tokens and not self._first_at:
            self._first_at = time.perf_counter()
        self.written_tokens += tokens

    @property
    def first_token_s(self) -> float:
        """Return how long the first token took, 0 before it."""
        return self._first_at - self._asked_at if self._first_at else 0.0

    @property
    def tokens_per_s(self) -> float:
        """Return the speed of writing, 0 where it is too early to tell."""
        passed = time.perf_counter() - self._first_at
        return (self.written_tokens - 1) / passed if self._first_at and passed > 0.1 else 0.0

    def is_due(self) -> bool:
        """Tell, ten times a second, that it is time to show the figures."""
        now = time.perf_counter()
        if now - self._told_at < 0.1:
            return False
        self._told_at = now
        return True
