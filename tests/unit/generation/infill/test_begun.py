"""The cursor's line goes behind the hole, but for what a model cannot know as tokens."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.generation.infill.begun import LONGEST, begun_in_line, continued
from app.generation.infill.holes import Hole
from app.generation.infill.shape import OTHER_WORDS, InfillAssembler


@pytest.mark.parametrize(
    ("prefix", "kept", "begun", "unsure"),
    [
        ("", "", "", ""),
        ("a = 1\n    ", "a = 1\n    ", "", ""),
        ("a = 1\n    ret", "a = 1\n    ", "", "ret"),
        ("a\r\n\tfor i in ", "a\r\n\t", "for i in", " "),
        ("for i in  ra", "", "for i in", "  ra"),
        ("f(", "", "f(", ""),
        ("x.مر", "", "x.", "مر"),
        ("x = 😀", "", "x = 😀", ""),
        ("x" * (LONGEST + 1), "x" * (LONGEST + 1), "", ""),
    ],
)
def test_a_line_is_cut_at_its_last_whole_word(
    prefix: str, kept: str, begun: str, unsure: str
) -> None:
    hole, left = begun_in_line(Hole(prefix, "s", "p"))
    assert (hole.prefix, hole.begun, left) == (kept, begun, unsure)
    assert (hole.suffix, hole.path) == ("s", "p")


@given(st.text("ab \t\n\r(é😀"))
def test_nothing_is_lost(prefix: str) -> None:
    hole, unsure = begun_in_line(Hole(prefix, ""))
    assert hole.prefix + hole.begun + unsure == prefix


@pytest.mark.parametrize("size", [1, 2, 100])
@pytest.mark.parametrize(
    ("written", "shown", "ended"),
    [
        (" range(2)\n", "nge(2)", ""),
        (" rang", "ng", ""),
        (" ra", "", ""),
        (" r", "", OTHER_WORDS),
        ("", "", OTHER_WORDS),
        ("ra", "", OTHER_WORDS),
        (" sum(x)", "", OTHER_WORDS),
    ],
)
def test_what_stands_there_already_must_be_written_again_and_is_not_shown(
    written: str, shown: str, ended: str, size: int
) -> None:
    assembler = InfillAssembler(Hole("for i in ra", "\n"), unsure=" ra")
    data, out = written.encode(), ""
    for at in range(0, len(data), size):
        out += assembler.feed(data[at : at + size])
        if assembler.stopped_by:
            break
    else:
        out += assembler.finish()
    assert (out, assembler.stopped_by) == (shown, ended)


def test_a_hole_reads_alike_while_text_is_written_at_it() -> None:
    last = None
    for typed in ("", "f", "for x in", "for x in y:\n        ", "for x in y:\n        a", "fo"):
        last = continued(Hole(f"a = 1\n    {typed}", "\nb", "p"), last)
        assert (last.prefix, last.begun) == ("a = 1\n    ", typed)
        sent, unsure = begun_in_line(last)
        assert sent.prefix == last.prefix
        assert sent.begun + unsure == typed
    assert begun_in_line(Hole("a", "b", begun="x:\n    "))[1] == "    "


def test_after_any_other_change_only_the_line_is_begun() -> None:
    last = continued(Hole("a = 1\nb", "\nc"), None)
    assert (last.prefix, last.begun) == ("a = 1\n", "b")
    for hole in (Hole("a = 2\nb", "\nc"), Hole("a = 1\nb", "\nd"), Hole("b", "\nc")):
        changed = continued(hole, last)
        assert (changed.prefix + changed.begun, changed.begun) == (hole.prefix, "b")
    long = continued(Hole("a = 1\n" + "b\n" * LONGEST, "\nc"), last)
    assert long.begun == ""
