"""Source files that are edited here: they keep their line ends and their encoding."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from app.core.errors import RequestError, StoreError
from app.store.files import read_any, write_text
from app.text.encodings import is_encoding, printable, words_of
from app.text.line_ends import KINDS, line_ends, with_ends_of, with_line_feeds

LARGEST_BYTES = 5_000_000


@dataclass(frozen=True, slots=True)
class TextFormat:
    """How a text stands in its file: what its lines end in, and the name of a codec.

    Where its lines end in several ways, `line_end` is the usual one, and `mixed` is the text as it
    stands in the file: a line that is left alone keeps its end.
    """

    line_end: str = "\n"
    encoding: str = "utf-8"
    is_exact: bool = True
    """Whether writing it gives the same bytes; some may be nothing in this encoding."""
    mixed: str = ""

    @property
    def encoding_words(self) -> str:
        """Return the encoding as people write it."""
        return words_of(self.encoding)

    @property
    def line_end_words(self) -> str:
        """Return the line end as people write it."""
        usual = KINDS.get(self.line_end, "LF")
        return f"{usual}, mixed" if self.mixed else usual


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
            f"{name} is {size_bytes / 1e6:.0f} MB, too large for the editor.",
            hint=f"The limit is {LARGEST_BYTES // 10**6} MB.",
        )
    found = read_any(path, encoding)
    if is_encoding(before) and not found.encoding.startswith("utf"):
        again = read_any(path, before)
        found = again if again.is_exact else found
    form = TextFormat("\n", found.encoding, found.is_exact)
    return with_line_feeds(found.text), _with_line_ends(form, found.text)


def _with_line_ends(form: TextFormat, text: str) -> TextFormat:
    """Return a format with the line ends of a text as it stands in a file."""
    ends = line_ends(text)
    usual = max(ends, key=lambda end: ends[end], default=form.line_end)
    return replace(form, line_end=usual, mixed=text if len(ends) > 1 else "")


def write_source(path: Path, text: str, form: TextFormat = PLAIN) -> TextFormat:
    """Replace a file at once, a link's target; blocking. Raises `StoreError`.

    Returns the format that it has now.
    """
    if form.mixed:
        lines = with_ends_of(form.mixed, text, form.line_end)
    else:
        lines = text if form.line_end == "\n" else text.replace("\n", form.line_end)
    write_text(path, lines, encoding=form.encoding)
    return _with_line_ends(form, lines) if form.mixed else form
