"""Source files that are edited here: they keep their line ends and their encoding."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from app.core.errors import RequestError, StoreError
from app.store.files import read_any, write_text
from app.text.encodings import is_encoding, printable, words_of

LARGEST_BYTES = 5_000_000
_LINE_ENDS = {"\n": "LF", "\r\n": "CRLF"}


@dataclass(frozen=True, slots=True)
class TextFormat:
    """How a text stands in its file: what its lines end in, and the name of a codec."""

    line_end: str = "\n"
    encoding: str = "utf-8"
    is_exact: bool = True
    """Whether writing it gives the same bytes; some may be nothing in this encoding."""

    @property
    def encoding_words(self) -> str:
        """Return the encoding as people write it."""
        return words_of(self.encoding)

    @property
    def line_end_words(self) -> str:
        """Return the line end as people write it."""
        return _LINE_ENDS.get(self.line_end, "LF")


PLAIN = TextFormat()


def read_source(path: Path, encoding: str = "", *, before: str = "") -> tuple[str, TextFormat]:
    """Read a file to be edited, with line feeds; blocking. Raises `StoreError`, `RequestError`.

    `encoding` is believed. `before` is what it was read in the last time, and what it still is
    where it can be, unless it is plainly UTF-8.
    """
    name = printable(path.name)
    try:
        size_bytes = path.stat().st_size
    except OSError as error:
        raise StoreError(f"{printable(str(path))} cannot be read: {error.strerror}.") from error
    if size_bytes > LARGEST_BYTES:
        raise RequestError(
            f"{name} is {size_bytes / 1e6:.0f} MB, too large for the editor here.",
            hint=f"It opens files of at most {LARGEST_BYTES // 10**6} MB.",
        )
    found = read_any(path, encoding)
    if is_encoding(before) and not found.encoding.startswith("utf"):
        again = read_any(path, before)
        found = again if again.is_exact else found
    text, form = found.text, TextFormat("\n", found.encoding, found.is_exact)
    plain = text.replace("\r\n", "\n")
    if plain == text and "\r" not in text:
        return text, form
    if "\r" in plain or text.count("\r\n") != text.count("\n"):
        raise RequestError(
            f"{name} mixes line endings, which the editor here cannot keep.",
            hint="Convert them to one kind first.",
        )
    return plain, replace(form, line_end="\r\n")


def write_source(path: Path, text: str, form: TextFormat = PLAIN) -> None:
    """Replace a file at once, a link's target; blocking. Raises `StoreError`."""
    # Where lines end alike, no other text of theirs has line feeds to be changed.
    lines = text if form.line_end == "\n" else text.replace("\n", form.line_end)
    write_text(path, lines, encoding=form.encoding)
