"""What Ctrl+C does in the terminal: it ends an answer, or a question that is being typed."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def cancelling(task: asyncio.Task[Any]) -> Iterator[None]:
    """Let Ctrl+C cancel the task: an answer streams."""
    loop = asyncio.get_running_loop()
    before = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, lambda *_: loop.call_soon_threadsafe(task.cancel))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def raising() -> Iterator[None]:
    """Let Ctrl+C raise `KeyboardInterrupt` here: this thread waits for the terminal.

    asyncio's own handler only cancels a task, which wakes no read, on this thread or on another.
    """
    before = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
