"""Source files that are edited here: they keep their line ends and their encoding."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app.core.errors import RequestError, StoreError
from app.store.files import read_any, write_text

LARGEST_BYTES = 5_000_000


@dataclass(frozen=True, slots=True)
class EditedText:
    """A file's text with line feeds, and what its lines end in and its bytes are."""

    text: str
    line_end: str = "\n"
    encoding: str = "utf-8"


def read_source(path: Path) -> EditedText:
    """Read a file to be edited; blocking. Raises `StoreError`, `RequestError`."""
    try:
        size_bytes = path.stat().st_size
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {error.strerror}.") from error
    if size_bytes > LARGEST_BYTES:
        raise RequestError(
            f"{path.name} is {size_bytes / 1e6:.0f} MB, too large for the editor here.",
            hint=f"It opens files of at most {LARGEST_BYTES // 10**6} MB.",
        )
    text, encoding = read_any(path)
    plain = text.replace("\r\n", "\n")
    if plain == text and "\r" not in text:
        return EditedText(text, encoding=encoding)
    if "\r" in plain or text.count("\r\n") != text.count("\n"):
        raise RequestError(
            f"The lines of {path.name} end in different ways, which the editor here cannot keep.",
            hint="Let them all end alike first.",
        )
    return EditedText(plain, "\r\n", encoding)


def write_source(path: Path, source: EditedText) -> None:
    """Replace a file at once; blocking. Raises `StoreError`."""
    # Where lines end alike, no other text of theirs has line feeds to be changed.
    text = source.text if source.line_end == "\n" else source.text.replace("\n", source.line_end)
    write_text(path, text, encoding=source.encoding)
