"""How much memory and disk this machine has left, for who loads models and for who shows it."""

from __future__ import annotations

import sys
from pathlib import Path

import psutil

_CONTROL_GROUP = Path("/sys/fs/cgroup")
_KERNEL = Path("/proc/vmstat")


def available_memory_bytes(control_group: Path = _CONTROL_GROUP) -> int:
    """Return the memory a new program could take without swapping, caches counted as free.

    A container's limit is respected, where Linux tells it (control groups, version 2).
    """
    free = int(psutil.virtual_memory().available)
    return min(free, max(_limit(control_group) - _used(control_group), 0))


def total_memory_bytes(control_group: Path = _CONTROL_GROUP) -> int:
    """Return the machine's memory, or what a container may take of it."""
    return min(int(psutil.virtual_memory().total), _limit(control_group))


def free_disk_bytes(folder: Path) -> int:
    """Return the space left where `folder` is or will be."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return int(psutil.disk_usage(str(folder)).free)


def count_memory_kills(kernel: Path = _KERNEL, control_group: Path = _CONTROL_GROUP) -> int:
    """Return how many processes were killed for want of memory, on the machine or the container.

    Linux counts them; elsewhere it is always 0. Only whether it grew says anything.
    """
    return sum(_counter(path, "oom_kill") for path in (kernel, control_group / "memory.events"))


def _counter(path: Path, name: str) -> int:
    """Return a number of a file with a name and a number on each line, 0 where it is not there."""
    try:
        lines = (line.split() for line in path.read_text().splitlines())
        return next((int(line[1]) for line in lines if line[:1] == [name]), 0)
    except (OSError, ValueError, IndexError):
        return 0


def _limit(control_group: Path) -> int:
    try:
        return int((control_group / "memory.max").read_text())
    except (OSError, ValueError):  # no control group of version 2, or its limit is "max"
        return sys.maxsize


def _used(control_group: Path) -> int:
    """Return what a container's programs hold, the cached files that could go left out."""
    try:
        used = int((control_group / "memory.current").read_text())
        lines = (control_group / "memory.stat").read_text().splitlines()
        return used - int(dict(line.split() for line in lines).get("inactive_file", 0))
    except (OSError, ValueError):
        return 0
