"""What a child process asks of its operating system, one function each.

Linux is tested. On Windows and macOS the child still ends with its parent, because its pipe
breaks; untested there.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import pkgutil
import signal
import sys
from pathlib import Path

import psutil

_NICENESS = 5
_FIRST_TO_KILL = "1000"
_PR_SET_PDEATHSIG = 1  # prctl(2)


def settle() -> None:
    """Make this process a good child: quiet, modest, and never left behind."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    _leave_no_dump()
    _lower_priority()
    _be_first_to_kill()
    _die_with_parent()


def _leave_no_dump() -> None:
    """Let a crash end quietly: a dump of memory holds what was said.

    llama.cpp would also start a debugger, where there is one, and print its stack to the terminal.
    """
    os.environ["GGML_NO_BACKTRACE"] = "1"
    if sys.platform != "win32":
        resource = pkgutil.resolve_name("resource")  # which Windows does not have
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _lower_priority() -> None:
    if sys.platform == "win32":
        psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
    else:
        os.nice(_NICENESS)


def _be_first_to_kill() -> None:
    """When memory runs out, lose the model and not the window."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):  # some containers forbid it; nothing else changes
            Path("/proc/self/oom_score_adj").write_text(_FIRST_TO_KILL)


def _die_with_parent() -> None:
    """Be killed with the parent's thread that started us, even inside a long native call."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)


def cause_of_death(exit_code: int | None) -> str:
    """Say how a child ended, for example `was killed by SIGKILL`."""
    if exit_code is None:
        return "does not answer"
    if exit_code >= 0:
        return f"ended with exit code {exit_code}"
    try:
        return f"was killed by {signal.Signals(-exit_code).name}"
    except ValueError:
        return f"was killed by signal {-exit_code}"


def is_killed(exit_code: int | None) -> bool:
    """Tell whether a child was ended as the kernel does it when memory runs out."""
    return sys.platform != "win32" and exit_code == -signal.SIGKILL
