"""Bytes become text as a reader expects, wherever the tokens are cut."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.generation.assembly import Assembler


def cut(data: bytes, places: list[int]) -> list[bytes]:
    edges = sorted({0, len(data), *(place % (len(data) + 1) for place in places)})
    return [data[a:b] for a, b in pairwise(edges)]


def told(pieces: list[bytes], stops: tuple[str, ...] = ()) -> tuple[str, str]:
    assembler = Assembler(stops)
    text = "".join(assembler.feed(piece) for piece in pieces) + assembler.finish()
    return text, assembler.stopped_by


@given(st.binary(max_size=60), st.lists(st.integers(0, 60), max_size=12))
def test_any_cut_of_any_bytes_gives_the_same_text(data: bytes, places: list[int]) -> None:
    assert told(cut(data, places))[0] == data.decode("utf-8", errors="replace")


@given(
    st.text("ab\n#é😀", max_size=40),
    st.lists(st.text("ab\n#é😀", min_size=1, max_size=4), max_size=3),
    st.lists(st.integers(0, 90), max_size=12),
)
def test_the_text_ends_at_the_earliest_stop(text: str, stops: list[str], places: list[int]) -> None:
    found, stopped_by = told(cut(text.encode(), places), tuple(stops))
    places_of = [text.find(stop) for stop in stops if stop in text]
    # A stop that ends earlier in the stream may win over one that begins earlier but ends later.
    if not places_of:
        assert (found, stopped_by) == (text, "")
        return
    assert stopped_by in stops
    assert text.startswith(found + stopped_by)
    assert not any(stop in found for stop in stops)


def test_a_stop_across_tokens_is_never_shown() -> None:
    assembler = Assembler(("### Instruction",))
    shown = [assembler.feed(piece) for piece in (b"done\n##", b"# Inst", b"ruction\nmore")]
    assert shown == ["done\n", "", ""]
    assert assembler.stopped_by == "### Instruction"
    assert assembler.feed(b"later") == "" == assembler.finish()


def test_text_that_only_began_like_a_stop_comes_after_all() -> None:
    assembler = Assembler(("END",))
    assert assembler.feed(b"the EN") == "the "
    assert assembler.feed(b"try") == "ENtry"


def test_an_unfinished_character_is_held_back_until_the_end() -> None:
    assembler = Assembler()
    assert assembler.feed("é".encode()[:1]) == ""
    assert assembler.finish() == "\ufffd"


@pytest.mark.parametrize("step", [1, 3, 50])
@pytest.mark.parametrize(
    ("text", "shown", "stopped_by"),
    [
        ("### Instruction\nmore", "", "### Instruction"),
        ("### Inside", "### Inside", ""),
        ("##", "##", ""),
        ("a ### Instruction", "a ### Instruction", ""),
        ("a\n### Instruction", "a", "\n### Instruction"),
        ("", "", ""),
    ],
)
def test_a_stop_at_the_start_of_a_line_counts_at_the_start_of_the_answer(
    text: str, shown: str, stopped_by: str, step: int
) -> None:
    assembler = Assembler(("\n### Instruction",), ("### Instruction",))
    data = text.encode()
    out = "".join(assembler.feed(data[at : at + step]) for at in range(0, len(data), step))
    assert (out + assembler.finish(), assembler.stopped_by) == (shown, stopped_by)
