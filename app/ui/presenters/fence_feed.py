"""Reads an answer's fences in slices: a text that comes at once, however long, stalls nothing."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from app.services.tasks import Tasks
from app.text.fences import FenceEvent, FenceReader

_SLICE = 1_000
"""Characters: more than a fast model writes between two paints of the window."""


class FenceFeed:
    """Gives what a reader of fences found, in order: at once, or slice by slice in a task."""

    def __init__(self, tasks: Tasks, show: Callable[[list[FenceEvent]], None]) -> None:
        self._tasks = tasks
        self._show = show
        self.begin()

    @property
    def is_reading(self) -> bool:
        """Tell whether text waits to be read."""
        return bool(self._waiting)

    def begin(self) -> None:
        """Begin with a new text; what of the last one was not read yet is not shown any more."""
        self._reader = FenceReader()
        self._waiting: deque[str] = deque()
        self._is_ended = False

    def resume(self, text: str, opened: Callable[[list[FenceEvent]], None]) -> None:
        """Begin with a text that goes on. What it has is not shown: `opened` is called with it.

        A long one is read on a thread; what is fed meanwhile waits for that.
        """
        self.begin()
        if len(text) <= _SLICE:
            opened(self._reader.feed(text))
        else:
            self._waiting.append("")
            self._tasks.start(self._reread(self._waiting, text, opened), name="read an answer")

    def feed(self, text: str) -> None:
        """Take more of the text."""
        if not self._waiting and len(text) <= _SLICE:
            self._show(self._reader.feed(text))
            return
        is_read = bool(self._waiting)
        self._waiting.extend(text[at : at + _SLICE] for at in range(0, len(text), _SLICE))
        if not is_read:
            self._tasks.start(self._read(self._waiting), name="read code")

    def finish(self) -> None:
        """The text is over."""
        if self._waiting:
            self._is_ended = True
        else:
            self._show(self._reader.finish())

    async def _reread(
        self, waiting: deque[str], text: str, opened: Callable[[list[FenceEvent]], None]
    ) -> None:
        events = await asyncio.to_thread(self._reader.feed, text)
        if waiting is self._waiting:
            opened(events)
            await self._read(waiting)

    async def _read(self, waiting: deque[str]) -> None:
        while waiting is self._waiting and waiting:
            self._show(self._reader.feed(waiting[0]))
            waiting.popleft()  # only now: while one is shown, what comes next waits behind it
            await asyncio.sleep(0)
        if waiting is self._waiting and self._is_ended:
            self._is_ended = False
            self._show(self._reader.finish())
