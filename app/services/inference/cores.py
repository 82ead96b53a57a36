"""How many models compute at once, so that each takes its part of the processor's cores."""

from __future__ import annotations

import threading

from app.core.engine import Engine, Sharing


class Cores:
    """Counts the models that have something to do. Used by all inference threads of one pool."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.busy = 0

    def begin(self) -> None:
        """Count one more."""
        with self._lock:
            self.busy += 1

    def end(self) -> None:
        """Count one less."""
        with self._lock:
            self.busy -= 1


class Part:
    """One model's part of the cores. Used on its inference thread only."""

    def __init__(self, cores: Cores) -> None:
        self._cores = cores
        self._is_busy = False
        self._told = 1

    def take(self, engine: Engine, *, is_busy: bool) -> None:
        """Note whether the model has something to do, and tell its engine of the others."""
        if is_busy != self._is_busy:
            self._is_busy = is_busy
            (self._cores.begin if is_busy else self._cores.end)()
        if is_busy and self._cores.busy != self._told and isinstance(engine, Sharing):
            self._told = self._cores.busy
            engine.share_cores(self._told)

    def leave(self) -> None:
        """The model is gone."""
        if self._is_busy:
            self._is_busy = False
            self._cores.end()
