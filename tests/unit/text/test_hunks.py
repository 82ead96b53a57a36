"""Accepting all hunks gives the new text; accepting none leaves the old one."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from app.text.hunks import accept, compare, line_counts, rebased, similarity

TEXTS = st.lists(st.sampled_from(["a", "b", "", "\t c ", "d\r", "é😀"]), max_size=12).map("\n".join)


@settings(deadline=None)  # the machine may be busy
@given(TEXTS, TEXTS)
def test_all_hunks_make_the_new_text_and_none_the_old(old: str, new: str) -> None:
    hunks = compare(old, new)
    assert accept(old, hunks) == new
    assert accept(old, []) == old
    assert bool(hunks) == (old != new)


@settings(deadline=None)  # the machine may be busy
@given(TEXTS, TEXTS)
def test_hunks_name_their_lines(old: str, new: str) -> None:
    for hunk in compare(old, new):
        assert "".join(hunk.old_lines) in old
        assert "".join(hunk.new_lines) in new


def test_one_of_two_hunks_is_accepted() -> None:
    old, new = "one\ntwo\nthree\nfour\n", "ONE\ntwo\nthree\nFOUR\nfive\n"
    first, second = compare(old, new)
    assert accept(old, [second]) == "one\ntwo\nthree\nFOUR\nfive\n"
    assert accept(old, [first]) == "ONE\ntwo\nthree\nfour\n"
    assert (second.old_start, second.new_start, second.new_end) == (3, 3, 5)


@settings(deadline=None)  # the machine may be busy
@given(TEXTS, TEXTS)
def test_a_change_to_what_did_not_change_is_that_change(old: str, new: str) -> None:
    assert rebased(old, new, old) == new
    assert rebased(old, old, new) == new


def test_changes_at_different_places_are_both_kept() -> None:
    old = "a\nb\nc\nd\ne\n"
    assert rebased(old, "a\nb\nc\nd\nE\nf\n", "0\na\nB\nc\nd\ne\n") == "0\na\nB\nc\nd\nE\nf\n"
    assert rebased(old, "A\nb\nc\nd\ne\n", "a\nb\nc\nd\n") == "A\nb\nc\nd\n"
    assert rebased(old, "a\nX\nc\nd\ne\n", "a\nY\nc\nd\ne\n") is None
    assert rebased(old, "x\n", "") is None


def likeness(one: str, other: str) -> float:
    return similarity(line_counts(one), line_counts(other))


def test_similar_code_is_told_from_other_code() -> None:
    code = "def f(x):\n    y = x + 1\n    return y\n"
    assert likeness(code, code.replace("    ", "  ")) == 1
    assert likeness(code, code + "\n\nprint(f(2))\n") > 0.8
    assert likeness(code, "import os\nprint(os.name)\n") == 0
    assert likeness("", code) == 0
