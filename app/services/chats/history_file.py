"""The history of one program: opened while the window is there already, rescued where damaged.

Whoever needs it waits until it is open, so that nobody has to ask whether it is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from app.core.errors import DamagedError, StoreError
from app.services.chats.rescue import rescue_file, rescue_open
from app.store.faults import StatementError
from app.store.history import History
from app.store.rescue import Rescued

_P = ParamSpec("_P")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Opened:
    """How opening went.

    `rescued` is what was brought over from a damaged file. `problem` is why the file cannot be
    used: then the history lives in memory until the program ends.
    """

    rescued: Rescued | None = None
    problem: StoreError | None = None


class HistoryFile:
    """The file of the chats. Used on the asyncio thread; what blocks is done off it."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._history: History | None = None
        self._is_open = asyncio.Event()

    @classmethod
    def of(cls, history: History) -> HistoryFile:
        """Return one that is open from the start."""
        file = cls(history.database.path)
        file._take(history)
        return file

    @property
    def is_open(self) -> bool:
        """Tell whether the history can be used without waiting."""
        return self._is_open.is_set()

    async def open(self) -> Opened:
        """Open the file, bring it up to date, and rescue it where it is damaged. Call it once."""
        try:
            history, opened = await asyncio.to_thread(_opened, self._path)
        except StoreError as error:
            history, opened = await asyncio.to_thread(History, None), Opened(problem=error)
        except StatementError:  # a bug of ours, which must not let everybody wait for ever
            self._take(await asyncio.to_thread(History, None))
            raise
        self._take(history)
        return opened

    async def history(self) -> History:
        """Return the history, once it is open."""
        await self._is_open.wait()
        assert self._history is not None
        return self._history

    async def use(
        self, work: Callable[Concatenate[History, _P], _T], *args: _P.args, **kwargs: _P.kwargs
    ) -> _T:
        """Do something with the history off this thread, once it is open."""
        return await asyncio.to_thread(work, await self.history(), *args, **kwargs)

    async def tell_damage(self, tell: Callable[[DamagedError], None]) -> None:
        """Let `tell` know, on this thread, of damage to the file that is met from now on."""
        loop = asyncio.get_running_loop()

        def found(error: DamagedError) -> None:
            with suppress(RuntimeError):  # the loop is closed: the program ends
                loop.call_soon_threadsafe(tell, error)

        history = await self.history()
        if history.database.path is not None:
            history.database.damage_found = found

    async def rescue(self) -> Rescued:
        """Bring what can be read of the damaged history into a new one, which is used from now on.

        Chats and messages keep their ids. Raises `StoreError`; the damaged file is kept.
        """
        return await self.use(rescue_open)

    async def close(self) -> None:
        """Close the file where it is open; the program ends."""
        if self._history is not None:
            await asyncio.to_thread(self._history.close)

    def _take(self, history: History) -> None:
        self._history = history
        self._is_open.set()


def _opened(path: Path | None) -> tuple[History, Opened]:
    try:
        return History(path), Opened()
    except DamagedError:
        if path is None:
            raise
        rescued = rescue_file(path)
        return History(path), Opened(rescued)
