"""Bytes that a terminal, a pipe or a file gives, as text."""

from __future__ import annotations

import pytest

from app.cli.words import as_text, text_in
from app.core.errors import RequestError

GERMAN = "# Größe und Übermaß: für jede Straße\n"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "cp1252"]
)
def test_text_is_text_in_whatever_encoding(encoding: str) -> None:
    assert text_in(GERMAN.encode(encoding), name="it") == GERMAN


@pytest.mark.parametrize(
    ("own", "data", "text"),
    [
        ("iso8859-2", b"\xb1\xe6", "ąć"),  # too short to be guessed
        ("iso8859-2", "ąć".encode(), "ąć"),  # what reads as UTF-8 is UTF-8
        ("iso8859-1", b"\x93quoted\x94 text for all of us", "“quoted” text for all of us"),
        ("iso8859-1", "ж".encode("utf-16"), "ж"),
        ("ANSI_X3.4-1968", GERMAN.encode("latin-1"), GERMAN),  # the locale C
    ],
)
def test_the_terminals_own_encoding_comes_before_a_guess(own: str, data: bytes, text: str) -> None:
    assert text_in(data, name="it", own=own) == text


def test_what_is_no_text_is_refused_by_name() -> None:
    with pytest.raises(RequestError, match="Standard input is not text"):
        text_in(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff\xfe\0\x01", name="Standard input")
    assert text_in(b"a\0b", name="it") == "a\0b"  # told later, with its line
    assert text_in(b"", name="it") == ""


def test_words_without_text_are_text() -> None:
    assert as_text("caf\udce9") == "café"
    assert as_text("half \ud83d") == "half ?"
    assert as_text("whole 😀") == "whole 😀"
