"""Which model was being loaded when things went wrong, so that a start does not repeat it.

The mark is set before a load and taken away when it ended well, was cancelled or was refused for
want of memory. What crashes or hangs the program leaves it behind.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from app.core.errors import StoreError
from app.core.paths import path_of_text, text_of_path
from app.store.files import read_json, write_private

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
            found = read_json(self._path, most_bytes=_MOST_BYTES)
            return FailedLoad(Path(path_of_text(found["path"])), str(found["reason"]))
        except (StoreError, KeyError, TypeError, AttributeError):
            return None

    def set(self, path: Path, reason: str = "") -> None:
        """Remember a load. Raises `StoreError`."""
        text = json.dumps({"path": text_of_path(path), "reason": reason})
        write_private(self._path, text, name="note of what is loading")

    def clear(self) -> None:
        """Forget it; a file that cannot be removed does no harm but one needless question."""
        try:
            self._path.unlink(missing_ok=True)
        except OSError:
            return
