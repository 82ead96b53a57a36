"""What does not fit around a cursor is left out line by line, the farthest first."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from app.generation.infill.budget import clipped, lines_left_out, narrowed
from app.generation.infill.holes import Hole


def lines(first: int, count: int) -> str:
    return "".join(f"line {number}\n" for number in range(first, first + count))


def test_the_lines_nearest_to_the_cursor_stay() -> None:
    hole = Hole(lines(0, 100), lines(100, 100))
    kept = narrowed(hole, 300, 300, 200)
    assert kept.prefix.endswith("line 99\n")
    assert kept.prefix.startswith("line ")
    assert kept.suffix.startswith("line 100\n")
    before, after = lines_left_out(hole, kept)
    assert before == 100 - kept.prefix.count("\n")
    assert after == 100 - kept.suffix.count("\n")
    assert kept.prefix.count("\n") > 2 * kept.suffix.count("\n")


def test_what_one_side_does_not_need_is_the_others() -> None:
    short = narrowed(Hole("a\n", lines(0, 100)), 2, 300, 200)
    assert short.prefix == "a\n"
    assert short.suffix.count("\n") > 55


@given(st.text("ab\n", max_size=60), st.text("ab\n", max_size=60), st.integers(1, 50))
def test_what_is_kept_touches_the_cursor_and_fits(prefix: str, suffix: str, room: int) -> None:
    hole = Hole(prefix, suffix)
    if len(prefix) + len(suffix) <= room:
        return
    kept = narrowed(hole, len(prefix), len(suffix), room)  # a token a character
    assert prefix.endswith(kept.prefix)
    assert suffix.startswith(kept.suffix)
    assert len(kept.prefix) + len(kept.suffix) <= room


def test_a_line_longer_than_the_room_is_cut_and_not_lost() -> None:
    kept = narrowed(Hole("word " * 900 + "\n", ""), 4500, 0, 1000)
    assert 3_000 > len(kept.prefix) > 800


def test_a_huge_file_costs_no_time() -> None:
    hole = Hole("x = 1\n" * 5_000_000, "y = 2\n" * 5_000_000)
    began = time.thread_time()
    kept = clipped(hole, 16_000)
    assert time.thread_time() - began < 0.5
    assert len(kept.prefix) < 300_000
    assert hole.prefix.endswith(kept.prefix)
