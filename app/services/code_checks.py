"""Checks code in a child process, which parsers may hold up, fill or crash without harm.

A parser holds Python's lock for as long as it runs: half a second for a long file, in which the
window would stand still. A hostile text may take all memory or end the process. So the parsers and
their grammars live in a child, which is started for the first code, goes again when there was
none for a while, and is replaced where it does not answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import pkgutil
import signal
import sys
import threading
from collections import OrderedDict
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess

from app.core.syntax import Syntax, SyntaxState

LONGEST_S = 8.0
"""How long a check may take. The child gives up by itself before that, mostly."""
_START_S = 30.0
_IDLE_S = 120.0
_END_S = 2.0
_MOST_BYTES = 1_500_000_000
_REMEMBERED = 64
_LONGEST_REMEMBERED = 50_000
_NICENESS = 5
_CHECK = "app.generation.syntax.checking:check"

_READY = "ready"
_GAVE_UP = Syntax(SyntaxState.UNKNOWN, message="could not be checked")


class CodeChecks:
    """The parsers of one program. `check` is used on the asyncio thread."""

    def __init__(self, *, longest_s: float = LONGEST_S) -> None:
        self._longest_s = longest_s
        self._busy = threading.Lock()
        self._child: _Child | None = None
        self._known: OrderedDict[tuple[str, str], Syntax] = OrderedDict()
        self._is_closed = False

    async def check(self, info: str, text: str, *, is_whole: bool = True) -> Syntax:
        """Return whether `text` parses as the language that `info`, a fence's word, names.

        A text that is not whole is still being written. Never raises for any text: what cannot
        be checked is `UNKNOWN`.
        """
        key = (info, text)
        if is_whole and key in self._known:
            self._known.move_to_end(key)
            return self._known[key]
        found = await asyncio.to_thread(self._ask, info, text, is_whole)
        if is_whole and len(text) <= _LONGEST_REMEMBERED:
            self._known[key] = found
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return found

    @property
    def process_id(self) -> int:
        """Return the child's process id, 0 while there is none."""
        return self._child.process.pid or 0 if self._child is not None else 0

    def close(self) -> None:
        """End the child, also in the middle of a check."""
        self._is_closed = True
        child = self._child
        if child is not None:
            with contextlib.suppress(ValueError):  # it has just been ended
                child.process.kill()
        with self._busy:
            if self._child is not None:
                self._child.end()
                self._child = None

    def _ask(self, info: str, text: str, is_whole: bool) -> Syntax:  # noqa: FBT001
        with self._busy:
            for _ in range(2):  # a child that had gone home is started again
                if self._is_closed:
                    return _GAVE_UP
                child = self._child = self._child or _Child()
                try:
                    return child.ask((info, text, is_whole), self._longest_s)
                except TimeoutError:
                    break
                except (EOFError, OSError):
                    was_idle = not child.is_asked
                    child.end()
                    self._child = None
                    if not was_idle:
                        return _GAVE_UP
            if self._child is not None:
                self._child.end()
                self._child = None
            return _GAVE_UP


class _Child:
    """A child process with the parsers, and the pipe to it."""

    def __init__(self) -> None:
        spawn = multiprocessing.get_context("spawn")
        self._pipe, theirs = spawn.Pipe()
        self.process: SpawnProcess = spawn.Process(
            target=_serve, args=(theirs,), name="code checks", daemon=True
        )
        self.process.start()
        theirs.close()
        self.is_asked = False
        self._is_ready = False

    def ask(self, question: tuple[str, str, bool], longest_s: float) -> Syntax:
        """Return the answer. Raises `TimeoutError`, `EOFError` or `OSError` without one."""
        if not self._is_ready:
            self._receive(_START_S)
            self._is_ready = True
        self.is_asked = False
        self._pipe.send(question)
        self._receive(_START_S)  # it took the question: from now on it is to blame
        self.is_asked = True
        found = self._receive(longest_s)
        assert isinstance(found, Syntax)
        return found

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


def _serve(pipe: Connection) -> None:
    """Answer questions until the parent goes or asks none for a while."""
    _settle()
    # By name: importing the parsers here would load them into the window's process, too.
    check = pkgutil.resolve_name(_CHECK)
    with contextlib.suppress(EOFError, OSError):
        pipe.send(_READY)
        while pipe.poll(_IDLE_S):
            info, text, is_whole = pipe.recv()
            pipe.send(_READY)
            try:
                found = check(info, text, is_whole=is_whole)
            except MemoryError:
                found = _GAVE_UP
            pipe.send(found)


def _settle() -> None:
    """Make this process a good child: quiet, modest in time and memory."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    if sys.platform == "win32":
        return
    os.nice(_NICENESS)
    if sys.platform == "linux":
        resource = pkgutil.resolve_name("resource")  # which Windows does not have
        resource.setrlimit(resource.RLIMIT_AS, (_MOST_BYTES, _MOST_BYTES))
