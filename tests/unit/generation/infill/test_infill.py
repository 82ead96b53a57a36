"""Holes are asked for in each family's own layout, and text never becomes a control token."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import RequestError
from app.core.models import ModelInfo
from app.core.prompts import Control, Prompt
from app.generation.families import FORMATS, infill_format
from app.generation.infill.holes import Hole, render_infill
from app.generation.infill.repository import SourceFile

HOLE = Hole("def f():\n    ", "\n    return x\n", "src/f.py")
FILES = (SourceFile("a.py", "A = 1\n"), SourceFile("b.py", "B = 2\n"))


def loaded(*tokens: str, name: str = "some model") -> ModelInfo:
    return ModelInfo(
        name=name,
        architecture="llama",
        context_tokens=4096,
        slots=1,
        vocabulary_size=100,
        control_tokens={text: number for number, text in enumerate(tokens)},
    )


STARCODER2 = loaded(
    "<|endoftext|>", "<fim_prefix>", "<fim_middle>", "<fim_suffix>", "<fim_pad>", "<repo_name>",
    "<file_sep>", name="starcoder2-3b",
)  # fmt: skip
QWEN = loaded("<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>", "<|repo_name|>", "<|file_sep|>")


def spelled(prompt: Prompt) -> str:
    return prompt.as_text()


def test_one_file_is_prefix_suffix_middle_and_nothing_after() -> None:
    assert spelled(render_infill(HOLE, STARCODER2)) == (
        "<fim_prefix>def f():\n    <fim_suffix>\n    return x\n<fim_middle>"
    )


def test_a_repository_stands_before_and_the_path_comes_after_the_prefix_token() -> None:
    prompt = render_infill(HOLE, STARCODER2, files=FILES, repository="demo")
    assert spelled(prompt) == (
        "<repo_name>demo<file_sep>a.py\nA = 1\n<file_sep>b.py\nB = 2\n<file_sep>"
        "<fim_prefix>src/f.py\ndef f():\n    <fim_suffix>\n    return x\n<fim_middle>"
    )


def test_without_a_name_files_stand_without_metadata() -> None:
    prompt = render_infill(HOLE, STARCODER2, files=FILES)
    assert spelled(prompt) == (
        "<file_sep>A = 1\n<file_sep>B = 2\n<file_sep>"
        "<fim_prefix>def f():\n    <fim_suffix>\n    return x\n<fim_middle>"
    )


def test_starcoder2_stops_at_every_token_that_begins_something_else() -> None:
    assert set(render_infill(HOLE, STARCODER2).stop_tokens) == set(STARCODER2.control_tokens)


@pytest.mark.parametrize(
    ("tokens", "family", "asked"),
    [
        (("<fim_prefix>", "<fim_suffix>", "<fim_middle>"), "StarCoder, Granite Code",
         "<fim_prefix>P<fim_suffix>S<fim_middle>"),
        (("<fim-prefix>", "<fim-suffix>", "<fim-middle>"), "SantaCoder",
         "<fim-prefix>P<fim-suffix>S<fim-middle>"),
        (("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"), "CodeGemma, Granite",
         "<|fim_prefix|>P<|fim_suffix|>S<|fim_middle|>"),
        (("<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>"), "DeepSeek-Coder",  # noqa: RUF001
         "<｜fim▁begin｜>P<｜fim▁hole｜>S<｜fim▁end｜>"),  # noqa: RUF001
        (("▁<PRE>", "▁<SUF>", "▁<MID>"), "Code Llama", "▁<PRE>P▁<SUF>S▁<MID>"),
        (("[PREFIX]", "[SUFFIX]"), "Codestral", "[SUFFIX]S[PREFIX]P"),
    ],
)  # fmt: skip
def test_other_families_have_their_own_layout(
    tokens: tuple[str, ...], family: str, asked: str
) -> None:
    info = loaded(*tokens)
    chosen = infill_format(info)
    assert chosen is not None
    assert chosen.family == family
    assert spelled(render_infill(Hole("P", "S"), info)) == asked
    assert set(tokens) <= set(render_infill(Hole("P", "S"), info).stop_tokens)


def test_qwen_has_its_paths_before_the_hole() -> None:
    prompt = render_infill(HOLE, QWEN, files=FILES[:1], repository="demo")
    assert spelled(prompt) == (
        "<|repo_name|>demo\n<|file_sep|>a.py\nA = 1\n\n<|file_sep|>src/f.py\n"
        "<|fim_prefix|>def f():\n    <|fim_suffix|>\n    return x\n<|fim_middle|>"
    )


def test_a_family_without_repositories_gets_the_hole_alone() -> None:
    info = loaded("<fim-prefix>", "<fim-suffix>", "<fim-middle>")
    assert "A = 1" not in spelled(render_infill(HOLE, info, files=FILES, repository="demo"))


def test_a_model_without_infill_says_which_has_it() -> None:
    with pytest.raises(RequestError, match="cannot fill in the middle") as raised:
        render_infill(HOLE, loaded("<|endoftext|>", name="starcoder2-15b-instruct"))
    assert "3B" in raised.value.hint


HOSTILE = st.lists(
    st.sampled_from([*(t for f in FORMATS for t in f.tokens), "<file_sep>", "<repo_name>", "x\n"]),
    max_size=8,
).map("".join)


@given(HOSTILE, HOSTILE, HOSTILE)
def test_no_text_can_produce_a_control_token(prefix: str, suffix: str, other: str) -> None:
    plain = render_infill(
        Hole("", "", "p"), STARCODER2, files=(SourceFile("q", ""),), repository="r"
    )
    prompt = render_infill(
        Hole(prefix, suffix, other), STARCODER2, files=(SourceFile(other, other),), repository=other
    )
    if not other:  # then there are no names, and no token for them
        plain = render_infill(Hole("", ""), STARCODER2, files=(SourceFile("", ""),))
    controls = [part for part in prompt.parts if isinstance(part, Control)]
    assert controls == [part for part in plain.parts if isinstance(part, Control)]


@pytest.mark.parametrize(
    ("text", "line", "column", "before"),
    [
        ("ab\ncd\n", 1, 1, ""),
        ("ab\ncd\n", 1, 3, "ab"),
        ("ab\r\ncd\r\n", 1, 3, "ab"),
        ("ab\r\ncd", 2, 2, "ab\r\nc"),
        ("ab\rcd", 2, 1, "ab\r"),
        ("ab\n", 2, 1, "ab\n"),
        ("", 1, 1, ""),
        ("a😀b\0é", 1, 4, "a😀b"),
        ("مرحبا\n", 1, 3, "مر"),
    ],
)
def test_a_cursor_cuts_the_text_in_two_and_loses_nothing(
    text: str, line: int, column: int, before: str
) -> None:
    hole = Hole.at(text, line, column)
    assert hole.prefix == before
    assert hole.prefix + hole.suffix == text


@pytest.mark.parametrize(("line", "column"), [(0, 1), (3, 1), (1, 0), (1, 4), (-1, 1)])
def test_a_cursor_outside_the_file_is_named(line: int, column: int) -> None:
    with pytest.raises(RequestError, match=r"outside .*, which has [12] "):
        Hole.at("ab\n", line, column)


def test_formats_are_told_apart_by_what_the_file_has() -> None:
    assert infill_format(STARCODER2) is FORMATS[0]
    assert infill_format(replace(STARCODER2, control_tokens={})) is None


def test_what_is_begun_stands_behind_the_hole_or_where_nothing_does_behind_the_prefix() -> None:
    hole = Hole("a\n", "\nb", begun="for x")
    assert spelled(render_infill(hole, STARCODER2)) == (
        "<fim_prefix>a\n<fim_suffix>\nb<fim_middle>for x"
    )
    codestral = loaded("[PREFIX]", "[SUFFIX]")
    assert spelled(render_infill(hole, codestral)) == "[SUFFIX]\nb[PREFIX]a\nfor x"
