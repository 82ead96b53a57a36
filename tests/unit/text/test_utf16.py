"""Python's index and UTF-16's offset name the same place, for any text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.utf16 import cut, index_at, stretched, units, units_before

TEXTS = st.text(st.characters() | st.sampled_from("a😀𝒳é\ud83d"), max_size=40)


@pytest.mark.parametrize(("text", "length"), [("", 0), ("abc", 3), ("größe", 5), ("a😀b", 4)])
def test_an_emoji_is_two(text: str, length: int) -> None:
    assert units(text) == len(stretched(text)) == length


@given(TEXTS)
def test_the_length_is_what_the_encoding_takes(text: str) -> None:
    assert units(text) == len(text.encode("utf-16-le", "surrogatepass")) // 2


@given(st.text(max_size=40), st.data())
def test_there_and_back_is_the_same_place(text: str, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(text)))
    offset = units_before(text, index)
    assert index_at(text, offset) == index
    assert cut(text, offset) == (text[:index], text[index:])


def test_an_offset_inside_of_a_character_is_behind_it() -> None:
    assert cut("a😀b", 2) == ("a😀", "b")
    assert index_at("a😀b", 99) == index_at("abc", 99) == 3


def test_what_is_found_in_a_stretched_text_stands_where_utf16_has_it() -> None:
    assert stretched("😀«x»").index("«") == units_before("😀«x»", 1)
