# ruff: noqa: RUF001 - letters that look like others are what this is about
"""A search minds neither case nor accents, in any script, and marks what it found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.folding import find, folded, marks, words_of


@pytest.mark.parametrize(
    ("text", "searched", "marked"),
    [
        ("die Straße da", "STRASSE", "Straße"),
        ("die Straße da", "ß", "ß"),
        ("GROẞ", "groß", "GROẞ"),
        ("ein Café am", "cafe", "Café"),
        ("ein Cafe\u0301 am", "café", "Cafe\u0301"),
        ("in İstanbul", "istanbul", "İstanbul"),
        ("in İSTANBUL", "istanbul", "İSTANBUL"),
        ("ISI ve kar", "ısı", "ISI"),
        ("ISI ve ışık", "IŞIK", "ışık"),
        ("die C# Sprache", "c#", "C#"),
        ("lerne Go", "go", "Go"),
        ("我喜欢编程。", "编程", "编程"),
        ("プログラミングが好き", "好き", "好き"),
        ("한국어 코드", "코드", "코드"),
        ("\u1112\u1161\u11ab\u1100\u116e\u11a8", "한국", "\u1112\u1161\u11ab\u1100\u116e\u11a8"),
        ("ＡＢＣ", "abc", "ＡＢＣ"),
        ("ΟΔΥΣΣΕΥΣ", "οδυσσευς", "ΟΔΥΣΣΕΥΣ"),
        ("Москва́", "москва", "Москва́"),
        ("Łódź", "lodz", "Łódź"),
        ("ﬁnd", "find", "ﬁnd"),
        ("nul\0here", "here", "here"),
    ],
)
def test_what_is_meant_is_found_and_marked(text: str, searched: str, marked: str) -> None:
    words = words_of(searched)
    ((start, end),) = marks(text, words)
    assert text[start:end] == marked
    assert find(text, words[0]) == start
    assert find("öne\nline\r\n" + text, words[0]) == start + 10


def test_a_syllable_does_not_stand_for_another() -> None:
    assert find("국어", "구") == -1
    assert find("が", folded("か")) == -1
    assert find("か\u3099", folded("ガ")) == -1
    assert find("か\u3099", folded("が")) == 0


def test_marks_that_touch_are_one() -> None:
    assert marks("gogo Go", words_of("go g")) == [(0, 4), (5, 7)]


@given(st.text(max_size=40), st.integers(0, 39), st.integers(1, 5))
def test_every_part_of_a_text_is_found_in_it(text: str, at: int, length: int) -> None:
    word = folded(text)[at : at + length]
    if word:
        assert find(text, word) >= 0
        assert marks(text, [word])


@given(st.text(), st.text())
def test_lines_fold_by_themselves(one: str, other: str) -> None:
    assert folded(f"{one}\n{other}") == f"{folded(one)}\n{folded(other)}"
