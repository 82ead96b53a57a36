"""A process of its own for work that may hang, fill the memory or crash.

Parsers, chat templates and damaged files come from strangers, and one step of theirs in C can hold
Python's lock for ever: no thread is safe from that. So a function that reads them runs in a child
with limits. The child is started for the first question, goes home when there was none for a
while, and is replaced where it gave no answer.
"""

from __future__ import annotations

import contextlib
import enum
import pkgutil
import threading
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from app.core.errors import AppError
from app.processes.process import END_WAIT_S, ChildGoneError, ChildProcess
from app.processes.settling import Limits, compute_at_most, hold_at_most, settle

_START_S = 30.0
_IDLE_S = 120.0


class GaveUpError(Exception):
    """The child gave no answer: it took too long, took too much memory or crashed."""


class Child:
    """A function, `package.module:function`, in a child process. Any thread may ask."""

    def __init__(self, function: str, *, name: str, limits: Limits) -> None:
        self._function = function
        self._name = name
        self._limits = limits
        self._busy = threading.Lock()
        self._running: _Running | None = None
        self._is_closed = False

    @property
    def process_id(self) -> int:
        """Return the child's process id, 0 while there is none."""
        running = self._running
        return running.process.process_id if running is not None else 0

    def ask(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - what the function returns
        """Return what the function returns for these arguments, all of which are pickled.

        Raises `GaveUpError`, and the `AppError`s of the function. Waits for its turn.
        """
        with self._busy:
            for _ in range(2):  # a child that had gone home is started again
                if self._is_closed:
                    break
                running = self._running = self._running or self._start()
                try:
                    answer = running.ask((args, kwargs), self._limits.seconds)
                except (TimeoutError, ChildGoneError) as error:
                    was_idle = not running.is_asked and not isinstance(error, TimeoutError)
                    self._end()
                    if was_idle:
                        continue
                    break
                if isinstance(answer, _Failed):
                    raise answer.error
                if answer is _Trouble.MEMORY:
                    self._end()  # what it holds may be all it can have
                    break
                return answer
        raise GaveUpError(self._name)

    def close(self) -> None:
        """End the child, also in the middle of an answer."""
        self._is_closed = True
        running = self._running
        if running is not None:
            running.process.kill()
        with self._busy:
            self._end()

    def _start(self) -> _Running:
        return _Running(self._function, self._name, self._limits)

    def _end(self) -> None:
        if self._running is not None:
            self._running.end()
            self._running = None


@dataclass(frozen=True, slots=True)
class _Failed:
    """The function raised."""

    error: AppError


class _Trouble(enum.Enum):
    MEMORY = enum.auto()


_READY = "ready"


class _Running:
    """One child process, and whether it has taken a question."""

    def __init__(self, function: str, name: str, limits: Limits) -> None:
        self.process = ChildProcess(_serve, (function, limits), name=name)
        self.is_asked = False
        self._is_ready = False

    def ask(self, question: tuple[tuple[Any, ...], dict[str, Any]], seconds: float) -> Any:  # noqa: ANN401
        """Return the answer. Raises `TimeoutError` or `ChildGoneError` without one."""
        if not self._is_ready:
            self._receive(_START_S)
            self._is_ready = True
        self.is_asked = False
        self.process.send(question)
        self._receive(_START_S)  # it took the question: from now on it is to blame
        self.is_asked = True
        return self._receive(seconds)

    def _receive(self, seconds: float) -> object:
        if not self.process.has_message(seconds):
            raise TimeoutError
        return self.process.receive()

    def end(self) -> None:
        self.process.close(0.0 if self.is_asked else END_WAIT_S)


def _serve(pipe: Connection, function: str, limits: Limits) -> None:
    """Answer questions until the parent goes or asks none for a while."""
    settle()
    hold_at_most(limits.memory_bytes)
    # By name: importing the function here would load what it needs into the window's process, too.
    answer = pkgutil.resolve_name(function)
    with contextlib.suppress(EOFError, OSError):
        pipe.send(_READY)
        while pipe.poll(_IDLE_S):
            args, kwargs = pipe.recv()
            pipe.send(_READY)
            compute_at_most(limits.cpu_s)
            try:
                found: object = answer(*args, **kwargs)
            except MemoryError:
                found = _Trouble.MEMORY
            except AppError as error:
                found = _Failed(error)
            compute_at_most(0)
            pipe.send(found)
