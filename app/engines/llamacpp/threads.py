"""How many threads evaluate: fewer while other programs keep the processor busy.

The threads of an evaluation meet after each of its thousand parts, and one that the system has
set aside for another program keeps all of them waiting for milliseconds, every time. Fewer
threads find free cores, or at least wait for nobody. On a free machine they had better wait
awake, as OpenMP has them do: put to sleep after 2,000 turns, they wrote up to an eighth slower.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_TELLING_S = 0.5
_TOO_FEW_CORES = 0.5  # so much less than a core for each thread
_FIRST_PATIENCE_S = 5.0
_LONGEST_PATIENCE_S = 160.0


class Threads:
    """Adds up the processor time that evaluations get, and uses as many threads as it was cores.

    After a while twice as many are tried, ever later while that fails. `use` sets their number.
    Where several models compute at once, each has its part of the threads from the beginning:
    else all of them would have to find out by waiting for each other.
    """

    def __init__(self, most: int, use: Callable[[int], None]) -> None:
        self.count = most
        self._all = self._most = most
        self._use = use
        self._patience_s = _FIRST_PATIENCE_S
        self._try_at = 0.0
        self._processor_s = self._seconds = 0.0

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Measure the evaluation inside the block, with as many threads as seem best now."""
        began, used = time.monotonic(), time.process_time()
        self.begin(began)
        yield
        now = time.monotonic()
        self.learn(time.process_time() - used, now - began, now)

    def share(self, among: int) -> None:
        """Let so many models have the cores together, this one among them."""
        most = max(self._all // max(among, 1), 1)
        if most != self._most:
            has_most = self.count == self._most
            self._most = most
            self._change(most if has_most else min(self.count, most))

    @contextmanager
    def all_at_work(self) -> Iterator[None]:
        """Evaluate with all threads: how many there are can round numbers otherwise."""
        count = self.count
        self._change(self._all)
        yield
        self._change(count)

    def begin(self, now: float) -> None:
        """Try more threads again where it is time for it."""
        if self.count < self._most and now >= self._try_at:
            self._change(min(2 * self.count, self._most))

    def learn(self, processor_s: float, seconds: float, now: float) -> None:
        """Take the processor time, of all threads together, that an evaluation got."""
        self._processor_s += processor_s
        self._seconds += seconds
        if self._seconds < _TELLING_S:
            return
        lacking = self.count - self._processor_s / self._seconds
        self._processor_s = self._seconds = 0.0
        is_busy = lacking >= _TOO_FEW_CORES
        if is_busy and self.count > 1:
            self._change(max(self.count - max(round(lacking), 1), 1))
            self._try_at = now + self._patience_s
            self._patience_s = min(2 * self._patience_s, _LONGEST_PATIENCE_S)
        elif not is_busy and self.count == self._most:
            self._patience_s = _FIRST_PATIENCE_S

    def _change(self, count: int) -> None:
        if count != self.count:
            self.count = count
            self._processor_s = self._seconds = 0.0
            self._use(count)
