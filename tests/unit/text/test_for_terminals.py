"""What of a text reaches a terminal."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.for_terminals import TerminalText, in_one_line, in_order, shown

BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("\x1b]0;title\x07", "^[]0;title^G"),
        ("\x1b]52;c;cm0gLXJm\x1b\\", "^[]52;c;cm0gLXJm^[\\"),
        ("\x1b[6n\x1b[c\x1bZ\x05", "^[[6n^[[c^[Z^E"),
        ("\x9d0;title\x9c\x9b31m\x90q\x9c", "<U+009D>0;title<U+009C><U+009B>31m<U+0090>q<U+009C>"),
        ("safe\rEVIL", "safe^MEVIL"),
        ("ab\x08\x08cd\x7f", "ab^H^Hcd^?"),
        ("one\x0btwo\x0cthree\x85four", "one^Ktwo^Lthree<U+0085>four"),
        ("if user\u202e // admin", "if user<U+202E> // admin"),
        ("caf\udce9.gguf", "caf\\xe9.gguf"),
        ("\ud83d", "<U+D83D>"),
        ("a\u2028b", "a<U+2028>b"),
    ],
)
def test_what_commands_a_terminal_is_shown_by_name(text: str, seen: str) -> None:
    assert shown(text) == seen


@pytest.mark.parametrize(
    "text",
    [
        "def f():\n\treturn 'ü ß 中文 한국어'\n",
        "👩\u200d💻 ❤\ufe0f 🏴\U000e0067\U000e007f",  # joiners, variation selectors, tags
        "نمی\u200cخواهم שלום",  # noqa: RUF001 - a Persian word needs its non-joiner
        "soft\u00adhyphen no\u00a0break \u202f",
    ],
)
def test_text_stays_as_it_is(text: str) -> None:
    assert shown(text) == text


def test_windows_line_ends_are_line_ends_wherever_they_are_cut() -> None:
    assert shown("a\r\nb") == "a\nb"
    text = TerminalText()
    assert [text.feed(piece) for piece in ("a\r", "\nb\r", "c", "\r", "\r", "\n")] == [
        "a", "\nb", "^Mc", "", "^M", "\n",
    ]  # fmt: skip


@given(st.text(st.characters(exclude_categories=[])), st.lists(st.integers(0, 40)))
def test_pieces_are_as_safe_as_the_whole(text: str, cuts: list[int]) -> None:
    places = sorted({0, len(text), *(min(cut, len(text)) for cut in cuts)})
    stream = TerminalText()
    pieces = [stream.feed(text[a:b]) for a, b in pairwise(places)]
    whole = "".join([*pieces, stream.feed(".")])
    assert whole == shown(text + ".")
    for char in whole:
        assert char in "\n\t" or unicodedata.category(char) not in {"Cc", "Cs", "Zl", "Zp"}
        assert char not in BIDI
        assert unicodedata.bidirectional(char) not in {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI"}


def test_what_is_typed_keeps_its_length_and_its_order() -> None:
    assert in_order("a\u202eb\x1bc\u2069") == "a\ufffdb\x1bc\ufffd"
    assert not set(BIDI) & set(in_order(BIDI))


def test_a_name_stays_in_its_line() -> None:
    assert in_one_line("good\nstarwright: forged\tname\r\n") == "good^Jstarwright: forged^Iname^J"
