"""A file's indentation is told from its lines, and written lines are brought to it."""

from __future__ import annotations

import pytest

from app.generation.infill.indentation import Indentation, unit_of


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("", ""),
        ("a\nb\n", ""),
        ("a:\n    b\n", "    "),
        ("a:\n  b:\n    c\n", "  "),
        ("f(a,\n  b)\nif a:\n    b\n    if c:\n        d\n", "    "),
        ("a {\n\tb\n\tc\n", "\t"),
        ("a {\r\n\tb\r\n  c\r\n\td", "\t"),
        ("   \n\n \t\n", ""),
    ],
)
def test_what_a_text_indents_by(text: str, unit: str) -> None:
    assert unit_of(text) == unit


def test_a_line_aligned_after_a_bracket_teaches_nothing() -> None:
    lines = Indentation("if a:\n    b\n", "    ")
    lines.written("    f(a,")
    assert lines.fitted(" " * 6) == " " * 6
    lines.written("      b):")
    assert lines.fitted(" " * 8) == " " * 8


def test_the_cursors_own_line_counts_before_the_rest_of_the_file() -> None:
    assert Indentation("a {\n\tb\n\tc\n", "    x").fitted("    ") == "    "
    assert Indentation("a {\n  b\n  c\n", "\tx").fitted("    ") == "\t"
