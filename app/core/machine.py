"""How much memory and disk this machine has left, for who loads models and for who shows it."""

from __future__ import annotations

import sys
from pathlib import Path

import psutil

_CONTROL_GROUP = Path("/sys/fs/cgroup")


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
