"""Tasks are started here only: kept alive, named, reported when they fail, ended at shutdown.

This is the boundary of a job: whatever happens in it, whoever began it is put back to idle.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
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

    def start(
        self, work: Coroutine[Any, Any, None], *, name: str, rest: Sequence[Callable[[], None]] = ()
    ) -> asyncio.Task[None]:
        """Run `work` in the background, and then `rest`: what puts its beginner back to idle.

        `rest` is called once, however the work ends: done, cancelled even before it began, or by
        a bug. A step of it that fails is reported and keeps no other from being taken.
        """
        task = asyncio.get_running_loop().create_task(self._guard(work), name=name)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        task.add_done_callback(lambda _: work.close())  # one cancelled before it began
        if rest:
            task.add_done_callback(lambda _: self._rest(rest))
        return task

    async def close(self) -> None:
        """Cancel what still runs and wait for it; the program ends."""
        self.is_closed = True
        running = [task for task in self._running if task is not asyncio.current_task()]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _rest(self, steps: Sequence[Callable[[], None]]) -> None:
        for step in () if self.is_closed else steps:  # the window may be gone when the program ends
            try:
                step()
            except Exception as error:  # noqa: BLE001 - the job boundary: the next step counts
                _log.exception("Going back to idle failed")
                self._report(error)

    async def _guard(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except AppError as error:
            self._report(error)
        except Exception as error:  # noqa: BLE001 - the task runner: a bug is shown, not lost
            _log.exception("A task failed")
            self._report(error)
