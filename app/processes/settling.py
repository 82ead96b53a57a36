"""What a child process asks of its operating system, one function each.

Linux is tested. On Windows and macOS the child still ends with its parent, because its pipe
breaks; untested there.
"""

from __future__ import annotations

import contextlib
import ctypes
import math
import os
import pkgutil
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

import psutil

_NICENESS = 5
_FIRST_TO_KILL = "1000"
_PR_SET_PDEATHSIG = 1  # prctl(2)


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


def settle() -> None:
    """Make this process a good child: quiet, modest, and the first to go where memory runs out."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    _leave_no_dump()
    _lower_priority()
    _be_first_to_kill()


def die_with_parent() -> None:
    """Be killed with the parent's thread that started us, even inside a long native call.

    Only for who is started by a thread that lasts: a pool's thread may go before its child.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)


def hold_at_most(memory_bytes: int) -> None:
    """Let the kernel refuse this process more memory, from Linux on."""
    if sys.platform == "linux":
        resource = pkgutil.resolve_name("resource")  # which Windows does not have
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))


def compute_at_most(seconds: float) -> None:
    """Let the kernel end this process once it has computed for so long; 0 for no limit.

    A signal that Python handled would wait for the step in C that it should end; nobody handles
    this one. It works without the parent, too.
    """
    if sys.platform != "win32" and math.isfinite(seconds):
        signal.setitimer(signal.ITIMER_PROF, seconds)


def _leave_no_dump() -> None:
    """Let a crash end quietly: a dump of memory holds what was said."""
    if sys.platform != "win32":
        resource = pkgutil.resolve_name("resource")
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _lower_priority() -> None:
    if sys.platform == "win32":
        psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
    else:
        os.nice(_NICENESS)


def _be_first_to_kill() -> None:
    """When memory runs out, lose the child and not the window."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):  # some containers forbid it; nothing else changes
            Path("/proc/self/oom_score_adj").write_text(_FIRST_TO_KILL)
