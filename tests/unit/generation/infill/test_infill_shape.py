"""A hole ends where people expect it to, however the model runs on and however tokens fall."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.generation.infill.holes import Hole
from app.generation.infill.shape import (
    END_OF_BLOCK,
    END_OF_LINE,
    SUFFIX_REPEATED,
    InfillAssembler,
)

BODY = Hole("def f(x):\n    ", "\n\n\ndef g():\n    pass\n")
RETURN = Hole("def f(x):\n    ", "\n    return y\n")


def filled(hole: Hole, written: str, size: int = 3, stops: tuple[str, ...] = ()) -> tuple[str, str]:
    """Return (what is shown, what ended it) for text that comes in pieces of so many bytes."""
    assembler = InfillAssembler(hole, stops)
    data = written.encode()
    shown = ""
    for at in range(0, len(data), size):
        shown += assembler.feed(data[at : at + size])
        if assembler.stopped_by:
            return shown, assembler.stopped_by
    return shown + assembler.finish(), assembler.stopped_by


CASES = [
    # (hole, written, shown, ended by)
    (BODY, "return x", "return x", ""),
    (BODY, "y = x\n    return y", "y = x\n    return y", ""),
    (BODY, "return x\n\n\ndef h():\n    pass", "return x", END_OF_BLOCK),
    (BODY, "if x:\n        y()\n    z()\nprint(1)", "if x:\n        y()\n    z()", END_OF_BLOCK),
    (BODY, "return x\n", "return x", ""),
    (BODY, "return x\n\n\n", "return x", ""),
    (BODY, "a = 1\n\n    return a", "a = 1\n\n    return a", ""),
    (BODY, "a = 1\r\n    return a\r\n", "a = 1\r\n    return a", ""),
    (RETURN, "y = x\n    return y\n", "y = x", SUFFIX_REPEATED),
    (RETURN, "y = x\n    return y", "y = x", ""),
    (RETURN, "y = x\n    return yes\n    return y\n", "y = x\n    return yes", SUFFIX_REPEATED),
    (RETURN, "return y\n", "", SUFFIX_REPEATED),
    (Hole("f(", ")\n"), "a, b)", "a, b", END_OF_LINE),
    (Hole("f(", ")\n"), "g(a), b)\nprint()", "g(a), b", END_OF_LINE),
    (Hole("x = ", " + 1\ny = 2\n"), "3\ny = 2", "3", END_OF_LINE),
    (Hole("x = [", "]\n"), "[1], [2]]", "[1], [2]", END_OF_LINE),
    (Hole("", ""), "a\nb\n", "a\nb\n", ""),
    (Hole("", ""), "", "", ""),
    (Hole("a\n", "\nb\nc\nd\n"), "b\nb\nc\nd\n", "b", SUFFIX_REPEATED),
    (Hole("a\n", "\nb\nc\nd\n"), "b\nd\n", "b\nd", ""),
    (Hole("a\n", "b\n"), "x\ny", "x", END_OF_LINE),
    (Hole("    x = 1\n    ", "\n"), "é😀\n    y", "é😀\n    y", ""),
    # What the rest of the line has already is not written again.
    (Hole("x = ", " + 1\ny = 2\n"), "3 + 1\ny = 2", "3", SUFFIX_REPEATED),
    (Hole("f(", ", b)\n"), "a, b)\n", "a", SUFFIX_REPEATED),
    (Hole("for ", " in values:\n"), "x in values:\n", "x", SUFFIX_REPEATED),
    (Hole("t", "b\n"), "able", "able", ""),
    (Hole('x = "', '" + y\n'), 'a"\nz', "a", END_OF_LINE),
    (Hole('x = "', '"\n'), 'a\\"b"', 'a\\"b', END_OF_LINE),
    (Hole("x = ", ' + "a"\n'), 'f("b")', 'f("b")', ""),
    # At the left edge a block ends before the next one.
    (Hole("", ""), "def f():\n    a\n\n    b\n\n\ndef g():\n", "def f():\n    a\n\n    b",
     END_OF_BLOCK),
    (Hole("", ""), "if a:\n    b\nc\n\nd", "if a:\n    b\nc", END_OF_BLOCK),
    (Hole("", ""), "a\n\nb", "a\n\nb", ""),
    (Hole("def f():\n", ""), "    a\n    b\n\nf()", "    a\n    b", END_OF_BLOCK),
    # What a block lacks to be closed belongs to it.
    (Hole("function f() {\n    ", ""), "return 1;\n}\n\nfunction g() {", "return 1;\n}",
     END_OF_BLOCK),
    (Hole("function f() {\n    ", "\n}\n"), "return 1;\n}\n", "return 1;", END_OF_BLOCK),
    (Hole("a {\n  b {\n    ", "\n}\n"), "c;\n  }\n}\n", "c;\n  }", END_OF_BLOCK),
    (Hole("f(g({\n    ", ""), "a: 1,\n}));\nh();", "a: 1,\n}));", END_OF_BLOCK),
    (Hole("if (a) {\n    ", ""), "b;\n} else {\n    c;\n}\nd;",
     "b;\n} else {\n    c;\n}", END_OF_BLOCK),
    # Lines are indented as the file is.
    (Hole("if a:\n\tb\nif c:\n\t", "\n"), "d:\n        e\n    f", "d:\n\t\te\n\tf", ""),
    (Hole("if a:\n    b\nif c:\n    ", "\n"), "d:\n\t\te", "d:\n        e", ""),
    (Hole("{\n  a;\n  {\n    b;\n  }\n  ", "\n}\n"), "if (c) {\n      d;\n      {\n          e;",
     "if (c) {\n    d;\n    {\n      e;", ""),
]  # fmt: skip


@pytest.mark.parametrize("size", [1, 2, 3, 100])
@pytest.mark.parametrize(("hole", "written", "shown", "ended"), CASES)
def test_what_is_shown(hole: Hole, written: str, shown: str, ended: str, size: int) -> None:
    assert filled(hole, written, size) == (shown, ended)


def test_stop_texts_still_end_a_hole() -> None:
    assert filled(BODY, "return x # end", 2, ("#",)) == ("return x ", "#")


@given(
    st.text("ab \n():é", max_size=40),
    st.sampled_from([case[0] for case in CASES]),
    st.integers(1, 9),
)
def test_what_is_shown_does_not_depend_on_where_tokens_end(
    written: str, hole: Hole, size: int
) -> None:
    whole = filled(hole, written, 1000)
    assert filled(hole, written, size) == whole
    assert unindented(written).startswith(unindented(whole[0]))  # nothing is ever made up


def unindented(text: str) -> str:
    return "\n".join(line.lstrip() for line in text.split("\n"))
