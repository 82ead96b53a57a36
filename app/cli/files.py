"""Text files that a command line names."""

from __future__ import annotations

import sys
from pathlib import Path

from app.store import files as store_files


def read_text(path: Path | None) -> str:
    """Read a file, or standard input for None and `-`; line ends stay as they are.

    Raises `StoreError` that names the file and says why it cannot be read.
    """
    if path is None or str(path) == "-":
        return sys.stdin.read()
    return store_files.read_text(path)
