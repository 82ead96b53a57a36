"""From the inference thread to asyncio: what happened is collected and handed over in batches."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

Call = Callable[[], None]


def post(loop: asyncio.AbstractEventLoop, call: Call) -> None:
    """Let an event loop's thread make a call soon; nothing happens where the loop is closed."""
    with suppress(RuntimeError):  # nobody waits for this any more
        loop.call_soon_threadsafe(call)


def resolve(future: asyncio.Future[Any], value: object) -> None:
    """Give whoever waits a value or an error, unless they went away. On the asyncio thread."""
    if future.done():
        return
    if isinstance(value, BaseException):
        future.set_exception(value)
    else:
        future.set_result(value)


class Outbox:
    """Calls that were collected during one step. Used on the inference thread."""

    def __init__(self) -> None:
        self._calls: list[tuple[asyncio.AbstractEventLoop, Call]] = []

    def add(self, loop: asyncio.AbstractEventLoop, call: Call) -> None:
        """Let a call be made by the loop's thread with the next `flush`."""
        self._calls.append((loop, call))

    def flush(self) -> None:
        """Hand all over: one wake-up of each event loop, whatever the number of calls."""
        taken, self._calls = self._calls, []
        batches: dict[asyncio.AbstractEventLoop, list[Call]] = {}
        for loop, call in taken:
            batches.setdefault(loop, []).append(call)
        for loop, batch in batches.items():
            post(loop, lambda batch=batch: _call_all(batch))  # type: ignore[misc]


def _call_all(calls: list[Call]) -> None:
    for call in calls:
        call()
