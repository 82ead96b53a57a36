"""Opens a model file to read its header: an ordinary file, or one message that says why not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from app.core.errors import ModelFileError


@contextmanager
def opened(path: Path) -> Iterator[tuple[BinaryIO, int]]:
    """Open a file at its beginning and tell its size in bytes. Raises `ModelFileError`."""
    try:
        if path.is_dir():
            raise ModelFileError(f"{path} is a folder.", hint="Choose a GGUF file inside it.")
        size_bytes = path.stat().st_size
        if not path.is_file():  # to open a pipe would wait for ever
            raise ModelFileError(f"{path} is not a regular file.", hint="Choose a GGUF file.")
        with path.open("rb") as file:
            yield file, size_bytes
    except FileNotFoundError as error:
        raise ModelFileError(
            f"There is no file {path}.",
            hint="It may have been moved: open it from its new location.",
        ) from error
    except OSError as error:
        raise ModelFileError(
            f"{path} cannot be read: {error.strerror}.", hint="Check its permissions and its disk."
        ) from error
