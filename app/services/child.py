"""A process of its own for work that may hang, fill the memory or crash.

Parsers, chat templates and damaged files come from strangers, and one step of theirs in C can hold
Python's lock for ever: no thread is safe from that. So a function that reads them runs in a child
with limits. The child is started for the first question, goes home when there was none for a
while, and is replaced where it gave no answer.
"""

from __future__ import annotations

import contextlib
import enum
import math
import multiprocessing
import os
import pkgutil
import signal
import sys
import threading
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any

from app.core.errors import AppError

_START_S = 30.0
_IDLE_S = 120.0
_END_S = 2.0
_NICENESS = 5


@dataclass(frozen=True, slots=True)
class Limits:
    """What one answer may cost.

    `seconds` are waited for; `cpu_s`, where given, is how long the child may compute, which a busy
    machine does not use up. Memory is the child's whole address space and holds on Linux, `cpu_s`
    on Unix; elsewhere the wait is what ends a child (untested).
    """

    seconds: float
    memory_bytes: int
    cpu_s: float = math.inf


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
        return running.process.pid or 0 if running is not None else 0

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
                except (TimeoutError, EOFError, OSError) as error:
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
            with contextlib.suppress(ValueError):  # it has just been ended
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
    """One child process and the pipe to it."""

    def __init__(self, function: str, name: str, limits: Limits) -> None:
        spawn = multiprocessing.get_context("spawn")
        self._pipe, theirs = spawn.Pipe()
        self.process: SpawnProcess = spawn.Process(
            target=_serve, args=(theirs, function, limits), name=name, daemon=True
        )
        self.process.start()
        theirs.close()
        self.is_asked = False
        self._is_ready = False

    def ask(self, question: tuple[tuple[Any, ...], dict[str, Any]], seconds: float) -> Any:  # noqa: ANN401
        """Return the answer. Raises `TimeoutError`, `EOFError` or `OSError` without one."""
        if not self._is_ready:
            self._receive(_START_S)
            self._is_ready = True
        self.is_asked = False
        self._pipe.send(question)
        self._receive(_START_S)  # it took the question: from now on it is to blame
        self.is_asked = True
        return self._receive(seconds)

    def _receive(self, seconds: float) -> object:
        if not self._pipe.poll(seconds):
            raise TimeoutError
        return self._pipe.recv()

    def end(self) -> None:
        self._pipe.close()
        self.process.join(0.0 if self.is_asked else _END_S)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        self.process.close()


def _serve(pipe: Connection, function: str, limits: Limits) -> None:
    """Answer questions until the parent goes or asks none for a while."""
    _settle(limits)
    # By name: importing the function here would load what it needs into the window's process, too.
    answer = pkgutil.resolve_name(function)
    with contextlib.suppress(EOFError, OSError):
        pipe.send(_READY)
        while pipe.poll(_IDLE_S):
            args, kwargs = pipe.recv()
            pipe.send(_READY)
            _compute_at_most(limits.cpu_s)
            try:
                found: object = answer(*args, **kwargs)
            except MemoryError:
                found = _Trouble.MEMORY
            except AppError as error:
                found = _Failed(error)
            _compute_at_most(0)
            pipe.send(found)


def _settle(limits: Limits) -> None:
    """Make this process a good child: quiet, modest in time and memory, without a core dump."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    if sys.platform == "win32":
        return
    os.nice(_NICENESS)
    resource = pkgutil.resolve_name("resource")  # which Windows does not have
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))


def _compute_at_most(seconds: float) -> None:
    """Let the kernel end this process once it has computed for so long; 0 for no limit.

    A signal that Python handled would wait for the step in C that it should end; nobody handles
    this one. It works without the parent, too.
    """
    if sys.platform != "win32" and math.isfinite(seconds):
        signal.setitimer(signal.ITIMER_PROF, seconds)
