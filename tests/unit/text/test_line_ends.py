"""Lines keep their ends through an editor that knows line feeds only."""

from __future__ import annotations

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from app.text.line_ends import line_ends, with_ends_of, with_line_feeds

MIXED = st.lists(st.sampled_from(["a", "b", "\n", "\r", "\r\n", "\u2028", "\x0b"])).map("".join)


@given(MIXED, st.sampled_from(["\n", "\r\n", "\r"]))
def test_what_is_not_changed_is_written_the_same(text: str, usual: str) -> None:
    assert with_ends_of(text, with_line_feeds(text), usual) == text
    assert sum(line_ends(text).values()) == with_line_feeds(text).count("\n")


@given(MIXED, MIXED)
@settings(max_examples=100)
def test_nothing_but_ends_is_ever_changed(before: str, after: str) -> None:
    text = with_line_feeds(after)
    assert with_line_feeds(with_ends_of(before, text, "\n")) == text


def test_lines_above_and_below_a_change_keep_their_ends() -> None:
    before = "".join(f"line {number}" + ("\n", "\r\n")[number % 3 == 0] for number in range(300))
    lines = with_line_feeds(before).split("\n")
    text = "\n".join([*lines[:150], "new", "newer", *lines[160:]])
    written = with_ends_of(before, text, "\r\n")
    kept = before.splitlines(keepends=True)
    assert written.splitlines(keepends=True)[:150] == kept[:150]
    assert written.splitlines(keepends=True)[152:] == kept[160:]


def test_a_file_whose_lines_are_all_others_takes_no_long() -> None:
    before = "".join(f"{number}\r\n\n" for number in range(100_000))
    text = "\n".join(f"other {number}" for number in range(150_000))
    began = time.thread_time()
    assert with_line_feeds(with_ends_of(before, text, "\n")) == text
    assert time.thread_time() - began < 5
