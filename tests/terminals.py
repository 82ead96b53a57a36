"""The program on a terminal of its own, with a keyboard."""

from __future__ import annotations

import codecs
import fcntl
import os
import pty
import select
import subprocess
import termios
import time
from collections.abc import Callable
from pathlib import Path

import psutil
from desktop import PROGRAM

ASKS = "\x1b[?2004h"
"""Lets the terminal mark what is pasted: the first that an editable line sends."""


class Terminal:
    """The program on a terminal of its own, with a keyboard."""

    def __init__(
        self, home: Path, *words: str | bytes, program: Path = PROGRAM, **environment: str
    ) -> None:
        self._side, other = pty.openpty()
        self.process = subprocess.Popen(
            [program, *words],
            stdin=other,
            stdout=other,
            stderr=other,
            env=os.environ | {"STARWRIGHT_HOME": str(home), "TERM": "xterm"} | environment,
            preexec_fn=_own_terminal,  # noqa: PLW1509 - the child does nothing else before exec
        )
        os.close(other)
        self.seen = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def type(self, text: str) -> None:
        os.write(self._side, text.encode())

    def interrupt(self) -> None:
        time.sleep(0.5)  # as a person does: not in the instant in which the prompt appears
        self.type("\x03")

    def see(self, text: str, *, seconds: float = 60) -> str:
        """Wait for a text; return what came up to it and forget it."""
        deadline = time.monotonic() + seconds
        while text not in self.seen:
            assert time.monotonic() < deadline, f"{text!r} did not come: {self.seen[-500:]!r}"
            if select.select([self._side], [], [], 0.1)[0]:
                self._read()
        before, _, self.seen = self.seen.partition(text)
        return before

    def wait_until_idle(self) -> None:
        """Wait until the program has worked, and works no more: it waits for what is typed."""
        process, before, used_s = psutil.Process(self.process.pid), -1.0, 0.0
        while used_s != before or not used_s or process.status() == psutil.STATUS_RUNNING:
            time.sleep(1.5)
            before, used_s = used_s, sum(process.cpu_times()[:2])

    def kill_engine(self) -> None:
        for child in psutil.Process(self.process.pid).children(recursive=True):
            if "resource_tracker" not in " ".join(child.cmdline()):
                child.kill()

    def _read(self) -> None:
        self.seen += self._decoder.decode(os.read(self._side, 65_536))

    def ended(self) -> int:
        """Wait for its end, with all it says until then in `seen`; return the exit code."""
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            try:
                if select.select([self._side], [], [], 0.1)[0]:
                    self._read()
            except OSError:  # Linux says so where the other side has closed
                break
        return self.process.wait(120)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(120)
        os.close(self._side)


Open = Callable[..., Terminal]
"""Starts the program on a terminal with these words."""


def _own_terminal() -> None:
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
