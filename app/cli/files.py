"""Text files that a command line names, as they stand in their project."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from app.cli.terminal import read_input
from app.cli.words import text_in
from app.generation.infill.repository import SourceFile
from app.store import files as store_files

LARGEST_BYTES = 64_000_000
"""The most that is read as text, of a file or of standard input."""


def read_text(path: Path | None) -> str:
    """Read a file, or standard input for None and `-`; line ends stay as they are.

    Raises `StoreError` that names the file and says why it cannot be read, `RequestError` for
    what is no text.
    """
    if path is None or str(path) == "-":
        return text_in(read_input(LARGEST_BYTES), name="Standard input")
    data = store_files.read_data(path, most_bytes=LARGEST_BYTES, takes_pipes=True)
    return text_in(data, name=str(path))


def read_context(paths: Sequence[Path], root: Path) -> tuple[SourceFile, ...]:
    """Read further files of the project, named as it names them. Raises as `read_text`."""
    return tuple(SourceFile(path_in_project(path, root), read_text(path)) for path in paths)


def path_in_project(path: Path, root: Path) -> str:
    """Return the path as the project has it: relative where it can be, with slashes."""
    whole = path.absolute()
    return (whole.relative_to(root) if whole.is_relative_to(root) else Path(path.name)).as_posix()
