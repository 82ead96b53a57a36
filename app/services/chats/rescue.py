"""Rescues a damaged history in a process of its own: whatever its pages hold, it ends."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from app.core.errors import StoreError
from app.processes.asked import Child, GaveUpError
from app.processes.settling import Limits
from app.store.history import History
from app.store.rescue import BYTES_PER_S, LEAST_S, Rescued, remove_staged

_MOST_BYTES = 2_000_000_000
_SPARE_S = 3.0
"""What the last steps may take after the reading, such as putting the new file in its place."""


def rescue_file(path: Path) -> Rescued:
    """Put a new history in a damaged one's place; blocking. Raises `StoreError` that names it."""
    size_bytes = path.stat().st_size if path.exists() else 0
    seconds = LEAST_S + _SPARE_S + 1.3 * size_bytes / BYTES_PER_S
    limits = Limits(seconds=seconds, memory_bytes=_MOST_BYTES)
    with closing(Child("app.store.rescue:rescue", name="rescue", limits=limits)) as child:
        try:
            rescued = child.ask(path)
        except GaveUpError as error:
            remove_staged(path)
            raise StoreError(
                f"The chat history {path} is damaged and cannot be rescued.",
                hint="Move it to another folder and restart. The file was not changed.",
            ) from error
    assert isinstance(rescued, Rescued)
    return rescued


def rescue_open(history: History) -> Rescued:
    """Rescue a history that is open, and open what was rescued in its place; blocking.

    Raises `StoreError`; the history is open again where that is possible.
    """
    path = history.database.path
    assert path is not None, "a history in memory is not damaged by a disk"
    history.close()
    try:
        return rescue_file(path)
    finally:
        history.database.open()
