"""Tasks are started here only: kept alive, named, reported when they fail, ended at shutdown."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from app.core.errors import AppError

_log = logging.getLogger(__name__)


class Tasks:
    """The running tasks of one program. Used on the asyncio thread.

    `report` is told every failure: an `AppError` to show, anything else as a bug of ours.
    """

    def __init__(self, report: Callable[[BaseException], None]) -> None:
        self._report = report
        self._running: set[asyncio.Task[None]] = set()
        self.is_closed = False

    def start(self, work: Coroutine[Any, Any, None], *, name: str) -> asyncio.Task[None]:
        """Run `work` in the background."""
        task = asyncio.get_running_loop().create_task(self._guard(work), name=name)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        task.add_done_callback(lambda _: work.close())  # one cancelled before it began
        return task

    async def close(self) -> None:
        """Cancel what still runs and wait for it; the program ends."""
        self.is_closed = True
        running = [task for task in self._running if task is not asyncio.current_task()]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _guard(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except AppError as error:
            self._report(error)
        except Exception as error:  # noqa: BLE001 - the task runner: a bug is shown, not lost
            _log.exception("A task failed")
            self._report(error)
