"""Which model was being loaded when things went wrong, so that a start does not repeat it.

The mark is set before a load and taken away when it ended well, was cancelled or was refused for
want of memory. What crashes or hangs the program leaves it behind.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.store.files import write_text

_MOST_BYTES = 100_000


@dataclass(frozen=True, slots=True)
class FailedLoad:
    """A file whose load failed; `reason` is empty where the program ended meanwhile."""

    path: Path
    reason: str = ""


class LoadMark:
    """One small file, which may be lost without harm. Used off the asyncio thread."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> FailedLoad | None:
        """Return the load that failed last, None where there is none."""
        try:
            with self._path.open("rb") as file:
                found: Any = json.loads(file.read(_MOST_BYTES))
            return FailedLoad(Path(str(found["path"])), str(found["reason"]))
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None

    def set(self, path: Path, reason: str = "") -> None:
        """Remember a load. Raises `StoreError`."""
        text = json.dumps({"path": str(path), "reason": reason})
        write_text(self._path, text, name="note of what is loading")

    def clear(self) -> None:
        """Forget it; a file that cannot be removed does no harm but one needless question."""
        try:
            self._path.unlink(missing_ok=True)
        except OSError:
            return
