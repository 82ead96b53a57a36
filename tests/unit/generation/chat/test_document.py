"""Documents while they stream: no key twice, no empty line at the end; names no reserved word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engines.llamacpp.grammar.ending import ending
from app.generation.chat.document import REPEATED_KEY, DocumentAssembler, repeats_in
from app.generation.chat.outputs import OUTPUT_FORMATS
from app.generation.chat.word_rules import names_except


def streamed(label: str, text: str, step: int) -> tuple[str, str]:
    assembler = DocumentAssembler(repeats_in(label), ("\n```",))
    data = text.encode()
    out = ""
    for at in range(0, len(data), step):
        out += assembler.feed(data[at : at + step])
        if assembler.stopped_by:
            return out, assembler.stopped_by
    return out + assembler.finish(), assembler.stopped_by


@pytest.mark.parametrize("step", [1, 2, 7, 1000])
@pytest.mark.parametrize(
    ("label", "text", "shown", "stopped_by"),
    [
        ("json", '{"a": 1, "a": 2}', '{"a": 1, "a": 2}', ""),
        ("csv", "a,b\n1,2\n\n\n", "a,b\n1,2", ""),
        ("csv", "a,b\n1,2\n```\nand more", "a,b\n1,2", "\n```"),
        ("toml", "a = 1\nb = 2\n", "a = 1\nb = 2", ""),
        ("toml", "a = 1\nb = 2\na = 3\n", "a = 1\nb = 2", REPEATED_KEY),
        ("toml", "a = 1\n\n[t]\na = 2\n", "a = 1\n\n[t]\na = 2", ""),
        ("toml", "[t]\na = 1\n\n[t]\nb = 2\n", "[t]\na = 1", REPEATED_KEY),
        ("toml", "[t.u]\na = 1\n[t]\nb = 2\n", "[t.u]\na = 1\n[t]\nb = 2", ""),
        ("toml", "[t.u]\na = 1\n[t]\nu = 2\n", "[t.u]\na = 1\n[t]", REPEATED_KEY),
        ("toml", "t = 1\n[t.u]\na = 1\n", "t = 1", REPEATED_KEY),
        ("toml", "a = [\n  1,\n  1,\n]\na = 2\n", "a = [\n  1,\n  1,\n]", REPEATED_KEY),
        ("yaml", "a: 1\nb: 2\na: 3\n", "a: 1\nb: 2", REPEATED_KEY),
        ("yaml", "a:\n  b: 1\n  b: 2\n", "a:\n  b: 1", REPEATED_KEY),
        ("yaml", "a:\n  b: 1\nc:\n  b: 2\n", "a:\n  b: 1\nc:\n  b: 2", ""),
        ("yaml", "- a: 1\n- a: 2\n", "- a: 1\n- a: 2", ""),
        ("yaml", "- a: 1\n  a: 2\n", "- a: 1", REPEATED_KEY),
        ("yaml", "a:\n  - b: 1\n    c:\n      b: 1\n  - b: 2\n",
         "a:\n  - b: 1\n    c:\n      b: 1\n  - b: 2", ""),
        ("yaml", "a: |\n  b: 1\n  b: 2\nc: 1\na: 2\n", "a: |\n  b: 1\n  b: 2\nc: 1", REPEATED_KEY),
        ("yaml", "a: x:y\nb: 'a: 1'\n", "a: x:y\nb: 'a: 1'", ""),
    ],
)  # fmt: skip
def test_what_is_shown(label: str, text: str, shown: str, stopped_by: str, step: int) -> None:
    assert streamed(label, text, step) == (shown, stopped_by)


RESERVED = next(known.reserved for known in OUTPUT_FORMATS if known.name == "SQL")
NAMES = f"root ::= name\n{names_except('name', RESERVED)}"


@given(
    st.one_of(st.sampled_from(RESERVED), st.from_regex(r"[a-z_][a-z0-9_]{0,11}", fullmatch=True))
)
def test_a_name_is_anything_but_a_reserved_word(word: str) -> None:
    # What is a name already needs nothing more; a reserved word needs a letter.
    is_name = ending(NAMES, word.encode()) == b""
    assert is_name == (word not in RESERVED)
