"""Which lines an edit is about, and where the model's code goes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.edits import Edit, EditKind, Selected
from app.generation.edit.scope import applied, fitted, scoped

PYTHON = """import os

@cache
def one(
    a: int,
) -> int:
    if a:
        return 1

    return 2

x = one(3)


class Two:
    def inner(self):
        pass

    def other(self):
        return 1
"""
SCRIPT = """const a = 1;

export function one(x) {
  if (x) {
    return 2;
  } else {
    return 3;
  }
}

a.b();
"""


def edit_at(text: str, mark: str, kind: EditKind = EditKind.EXPLAIN, end: str = "") -> Edit:
    start = text.index(mark)
    stop = text.index(end) + len(end) if end else start
    return scoped(Edit(kind, Selected(0, "a.py", "python", text, start, stop)))


@pytest.mark.parametrize(
    ("text", "mark", "first", "last"),
    [
        (PYTHON, "return 1", "@cache", "    return 2\n"),
        (PYTHON, "@cache", "import os", "return 1\n"),  # outside of any: all of it
        (PYTHON, "x = one", "import os", "return 1\n"),
        (PYTHON, "def inner", "    def inner", "        pass\n"),
        (PYTHON, "        pass", "    def inner", "        pass\n"),
        (PYTHON, "class Two", "class Two", "        return 1\n"),
        (PYTHON, "a: int", "@cache", "    return 2\n"),
        (SCRIPT, "return 3", "export function", "  }\n}\n"),
        (SCRIPT, "}\n\na.b", "export function", "  }\n}\n"),
        (SCRIPT, "a.b", "const a", "a.b();\n"),
        ("", "", "", ""),
    ],
)
def test_without_a_selection_it_is_about_the_definition_at_the_cursor(
    text: str, mark: str, first: str, last: str
) -> None:
    code = edit_at(text, mark).code
    assert code.startswith(first)
    assert code.endswith(last)


def test_a_selection_becomes_whole_lines() -> None:
    assert edit_at(PYTHON, "a:", end="turn 1").code == (
        "    a: int,\n) -> int:\n    if a:\n        return 1\n"
    )
    assert edit_at(PYTHON, "import", end="os\n").code == "import os\n"
    assert edit_at(PYTHON, "import", end="os\n\n").code == "import os\n"


def test_code_takes_the_place_and_the_indentation_of_what_was_there() -> None:
    edit = edit_at(PYTHON, "def inner")
    changed = applied(edit, "\ndef inner(self):\n    return 7\n\n")
    assert changed == PYTHON.replace("        pass\n", "        return 7\n")
    assert fitted("    a\n\n      b", "\tx") == "\ta\n\n\t  b"
    assert fitted("a\n", "a") == "a"


@settings(deadline=None)  # the machine may be busy
@given(st.text("ab \n\t", max_size=60), st.integers(0, 60), st.integers(0, 60))
def test_what_is_scoped_is_whole_lines_that_hold_the_selection(
    text: str, one: int, other: int
) -> None:
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    edit = scoped(Edit(EditKind.EDIT, Selected(0, "a", "", text, start, end)))
    assert edit.selected.text == text
    assert edit.selected.start == 0 or text[edit.selected.start - 1] == "\n"
    assert edit.selected.end == len(text) or text[edit.selected.end - 1] == "\n"
    if text[start:end].strip():
        assert text[start:end].strip() in edit.code
