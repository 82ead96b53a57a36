"""How much memory and disk this machine has left."""

from __future__ import annotations

from pathlib import Path

import psutil


def available_memory_bytes() -> int:
    """Return the memory a new program could take without swapping, caches counted as free."""
    return int(psutil.virtual_memory().available)


def total_memory_bytes() -> int:
    """Return the machine's memory."""
    return int(psutil.virtual_memory().total)


def free_disk_bytes(folder: Path) -> int:
    """Return the space left where `folder` is or will be."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return int(psutil.disk_usage(str(folder)).free)
