"""Text files that a command line names."""

from __future__ import annotations

import sys
from pathlib import Path

from app.core.errors import RequestError


def read_text(path: Path | None) -> str:
    """Read a file, or standard input for None and `-`; line ends stay as they are.

    Raises `RequestError` that names the file and says why it cannot be read.
    """
    if path is None or str(path) == "-":
        return sys.stdin.read()
    try:
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise RequestError(
            f"{path} cannot be read: {error.strerror}.", hint="Name a text file."
        ) from error
    except UnicodeError as error:
        raise RequestError(f"{path} is not UTF-8 text.", hint="Name a text file.") from error
