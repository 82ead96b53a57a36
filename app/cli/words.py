"""One word of a command line, or what is read with it: as text, as a number, or what is wrong."""

from __future__ import annotations

import argparse
import codecs
import locale
import math
import os
import re

from app.core.errors import RequestError
from app.text.encodings import detect

_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CONTROLS = re.compile("[\\x80-\\x9f]")  # where Latin-1 has them, it is Windows' own that is meant


def as_text(word: str) -> str:
    """Return a word as text, whatever encoding its bytes are in."""
    try:
        word.encode("utf-8")
    except UnicodeEncodeError:  # bytes that the locale could not read (PEP 383)
        return text_in(_bytes_of(word), name="A word of the command line")
    return word


def text_in(data: bytes, *, name: str, own: str = "") -> str:
    """Return what bytes say: in UTF-8, in the terminal's `own` encoding, or in another one.

    Raises `RequestError` where they are no text; `name` says in a message what they are.
    """
    is_marked = data.startswith(_MARKS)
    if not is_marked and b"\0" not in data and _decoded(data, "utf-8") is None:
        text = _decoded(data, own or locale.getencoding())
        if text is not None and not _CONTROLS.search(text):
            return text
    found = detect(data)
    text = found.text if found is not None else _decoded(data, "utf-8")
    if text is None:
        raise RequestError(f"{name} is not text.", hint="A model can read only text.")
    return text  # a NUL in it has a message of its own


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeError:
        return None


def _bytes_of(word: str) -> bytes:
    try:
        return os.fsencode(word)
    except UnicodeEncodeError:  # half of a character, which no bytes stand for
        return word.encode("utf-8", "replace")


def whole_number(word: str) -> int:
    """Return a whole number. Raises `ArgumentTypeError` that names the word."""
    try:
        return int(word)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{word!r} is not a whole number") from error


def number(word: str) -> float:
    """Return a number, with a decimal point or comma. Raises `ArgumentTypeError`."""
    try:
        value = float(word.replace(",", "."))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{word!r} is not a number") from error
    if not math.isfinite(value):
        raise argparse.ArgumentTypeError(f"{word!r} is not a number")
    return value


def token_bias(word: str) -> tuple[int, float]:
    """Return a token's id and what is added to its logit. Raises `ArgumentTypeError`."""
    token, equals, bias = word.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{word!r} is not ID=NUMBER")
    return whole_number(token), number(bias)
