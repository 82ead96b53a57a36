"""A child process and our end of the pipe to it: started by spawn, ended in steps."""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.context import SpawnProcess
from typing import Any

from app.core.machine import count_memory_kills

END_WAIT_S = 2.0
"""How long a child gets to end by itself, and then by each signal."""


class ChildGoneError(Exception):
    """The pipe broke: the child has ended or is about to. `ChildProcess.death` tells how."""


@dataclass(frozen=True, slots=True)
class Death:
    """How a child ended, in words such as `was killed by SIGKILL`."""

    cause: str
    was_short_of_memory: bool


class ChildProcess:
    """One child, used by one thread at a time; `kill` by any.

    `target` is called in the child with its end of the pipe and `args`, all of which are pickled.
    """

    def __init__(self, target: Callable[..., None], args: tuple[Any, ...], *, name: str) -> None:
        spawn = multiprocessing.get_context("spawn")  # a fork would copy threads in the middle
        self._pipe, theirs = spawn.Pipe()
        self._memory_kills = count_memory_kills()
        self._process: SpawnProcess = spawn.Process(
            target=target,
            args=(theirs, *args),
            name=name,
            daemon=True,  # ended with the parent's regular exit, should nobody have closed it
        )
        self._process.start()
        theirs.close()  # else the end of the pipe never shows
        self.process_id = self._process.pid or 0

    @property
    def is_closed(self) -> bool:
        """Tell whether it was ended by us."""
        return self._pipe.closed

    def send(self, message: object) -> None:
        """Send a message. Raises `ChildGoneError`."""
        try:
            self._pipe.send(message)
        except OSError as error:
            raise ChildGoneError from error

    def has_message(self, wait_s: float | None) -> bool:
        """Tell whether a message is there, after a wait, None for any. Raises `ChildGoneError`."""
        try:
            return self._pipe.poll(wait_s)
        except OSError as error:
            raise ChildGoneError from error

    def receive(self) -> object:
        """Return the next message; waits for it. Raises `ChildGoneError`."""
        try:
            return self._pipe.recv()
        except (EOFError, OSError) as error:
            raise ChildGoneError from error

    def death(self) -> Death:
        """Tell how a child that is gone ended; waits a little for its end."""
        self._process.join(END_WAIT_S)
        code = self._process.exitcode
        is_killed = sys.platform != "win32" and code == -signal.SIGKILL
        is_short = is_killed and count_memory_kills() > self._memory_kills
        return Death(_cause(code), is_short)

    def kill(self) -> None:
        """End it at once, whoever waits for it; what is left is for `close`."""
        with contextlib.suppress(ValueError):  # it has just been closed
            self._process.kill()

    def close(self, wait_s: float = END_WAIT_S) -> None:
        """Close the pipe, which ends a healthy child, and after `wait_s` end one that is not."""
        if self.is_closed:
            return
        self._pipe.close()
        self._process.join(wait_s)
        for end in (self._process.terminate, self._process.kill):
            if self._process.exitcode is None:
                end()
                self._process.join(END_WAIT_S)
        if self._process.exitcode is not None:
            self._process.close()
        self.process_id = 0


def _cause(exit_code: int | None) -> str:
    if exit_code is None:
        return "does not answer"
    if exit_code >= 0:
        return f"ended with exit code {exit_code}"
    try:
        return f"was killed by {signal.Signals(-exit_code).name}"
    except ValueError:
        return f"was killed by signal {-exit_code}"
