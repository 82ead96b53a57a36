"""Standard input and output as the program has them: safe on a terminal, raw in a pipe.

`guard_streams` is called once, before anything is printed. From then on all that is written to a
terminal passes one filter, whoever writes it: an answer, an error, argparse, a traceback. Only
`control` passes it by, for sequences of our own.
"""

from __future__ import annotations

import codecs
import io
import os
import sys
from typing import TextIO

from app.text.characters import byte_kept
from app.text.for_terminals import TerminalText

_PIPED, _SHOWN = "starwright.piped", "starwright.shown"
# What is shown where a terminal's encoding lacks typographic marks; iconv's //TRANSLIT does alike.
_PLAIN = {
    "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2013": "-", "\u2014": "-",
    "\u2212": "-", "\u202f": " ", "…": "...", "•": "*", "→": "->", "←": "<-", "≤": "<=", "≥": ">=",
}  # fmt: skip


class TerminalStream(io.TextIOWrapper):
    """A terminal that is written to: text is made safe, control sequences are our own."""

    def __init__(self, stream: io.TextIOWrapper) -> None:
        super().__init__(
            stream.buffer,
            encoding=stream.encoding,
            errors=_SHOWN,
            line_buffering=True,
            write_through=True,
        )
        self._text = TerminalText()

    def write(self, text: str) -> int:
        """Write text that may come from anywhere."""
        super().write(self._text.feed(text))
        return len(text)

    def control(self, sequence: str) -> None:
        """Write a control sequence of ours, which holds nothing that comes from outside."""
        super().write(sequence)


def guard_streams() -> None:
    """Put the filter before the terminal, and let no character end the program."""
    _fill_closed()
    codecs.register_error(_PIPED, _piped)
    codecs.register_error(_SHOWN, _for_show)
    sys.stdout = _guarded(sys.stdout)
    sys.stderr = _guarded(sys.stderr)


def _fill_closed() -> None:
    """Let a stream that was closed from outside (`>&-`) go nowhere, and no file take its place."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # in this order, each gets the descriptor that it lacks
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123


def control(stream: TextIO, sequence: str) -> None:
    """Write a control sequence of ours where a terminal can follow it."""
    if isinstance(stream, TerminalStream):
        stream.control(sequence)


def can_overwrite(stream: TextIO) -> bool:
    """Tell whether the stream is a terminal, where a line can be written over."""
    return isinstance(stream, TerminalStream)


def _guarded(stream: TextIO) -> TextIO:
    if not isinstance(stream, io.TextIOWrapper):  # none (pythonw on Windows), or a test's own
        return stream
    if stream.isatty():
        stream.flush()
        return TerminalStream(stream)
    stream.reconfigure(errors=_PIPED)
    return stream


def _piped(error: UnicodeError) -> tuple[str | bytes, int]:
    """Write bytes of file names as they are, and what the encoding lacks by its code."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    out = b""
    for char in error.object[error.start : error.end]:
        byte = byte_kept(char)
        out += char.encode("ascii", "backslashreplace") if byte is None else bytes([byte])
    return out, error.end


def _for_show(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(_PLAIN.get(char, "?") for char in lacking), error.end
