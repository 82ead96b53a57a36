"""Code blocks are found in an answer, wherever its stream is cut."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.fences import CodeClosed, CodeOpened, CodeText, FenceReader, code_blocks

ANSWER = "Here:\n\n```python\ndef f():\n    return 1\n```\nand\n~~~~sh\n```\nls\n~~~\n~~~~\nend"
BLOCKS = [("python", "def f():\n    return 1\n"), ("sh", "```\nls\n~~~\n")]


def read(pieces: list[str]) -> list[tuple[str, str]]:
    reader = FenceReader()
    blocks: list[tuple[str, str]] = []
    for event in [event for piece in pieces for event in reader.feed(piece)] + reader.finish():
        match event:
            case CodeOpened(number, info):
                assert number == len(blocks)
                blocks.append((info, ""))
            case CodeText(number, text):
                assert number == len(blocks) - 1
                blocks[-1] = (blocks[-1][0], blocks[-1][1] + text)
    return blocks


def test_blocks_of_a_whole_answer() -> None:
    assert code_blocks(ANSWER) == BLOCKS


@given(st.lists(st.integers(0, len(ANSWER)), max_size=30))
def test_any_cut_finds_the_same_blocks(places: list[int]) -> None:
    edges = sorted({0, len(ANSWER), *places})
    assert read([ANSWER[a:b] for a, b in pairwise(edges)]) == BLOCKS


@given(st.text("`~ \npy", max_size=60), st.integers(0, 60))
def test_a_cut_never_changes_what_is_found(text: str, place: int) -> None:
    assert read([text[:place], text[place:]]) == read([text])


def test_code_is_given_out_before_its_line_ends() -> None:
    reader = FenceReader()
    assert reader.feed("```py\nab") == [CodeOpened(0, "py"), CodeText(0, "ab")]
    assert reader.feed("c") == [CodeText(0, "c")]


def test_an_answer_that_ends_inside_a_block_says_so() -> None:
    reader = FenceReader()
    reader.feed("```\nx\n")
    assert reader.finish() == [CodeClosed(0, was_closed=False)]


@pytest.mark.parametrize("text", ["`code`", "    ```\nx", "``\nx\n``", "text ```\nx"])
def test_what_is_no_fence(text: str) -> None:
    assert code_blocks(text) == []


def test_an_indented_fence_takes_its_indentation_off() -> None:
    assert code_blocks("  ```c\n  int x;\n    y;\n  ```\n") == [("c", "int x;\n  y;\n")]
