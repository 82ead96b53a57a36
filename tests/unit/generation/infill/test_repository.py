"""Completion, alone and after other files of the project, to the letter."""

from __future__ import annotations

from dataclasses import replace

from app.core.models import ModelInfo
from app.generation.infill.repository import SourceFile, render_completion

STARCODER2 = ModelInfo(
    name="starcoder2-3b",
    architecture="starcoder2",
    context_tokens=16_384,
    slots=1,
    vocabulary_size=49_152,
    control_tokens={
        text: number
        for number, text in enumerate(
            ("<|endoftext|>", "<fim_prefix>", "<fim_middle>", "<fim_suffix>", "<fim_pad>",
             "<repo_name>", "<file_sep>")
        )
    },
)  # fmt: skip
QWEN = replace(
    STARCODER2,
    name="qwen",
    control_tokens={
        text: number
        for number, text in enumerate(
            ("<|endoftext|>", "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>",
             "<|repo_name|>", "<|file_sep|>")
        )
    },
)  # fmt: skip
FILES = (SourceFile("a.py", "A = 1\n"), SourceFile("b.py", "B = 2\n"))


def test_a_text_alone_is_only_itself() -> None:
    prompt = render_completion("def f(", STARCODER2)
    assert prompt.parts == ("def f(",)
    assert set(prompt.stop_tokens) == set(STARCODER2.control_tokens)


def test_files_with_names_stand_before_the_text() -> None:
    prompt = render_completion("C = ", STARCODER2, path="c.py", files=FILES, repository="demo")
    assert prompt.as_text() == (
        "<repo_name>demo<file_sep>a.py\nA = 1\n<file_sep>b.py\nB = 2\n<file_sep>c.py\nC = "
    )


def test_a_name_that_is_missing_leaves_out_all_names() -> None:
    wanted = "<file_sep>A = 1\n<file_sep>B = 2\n<file_sep>C = "
    nameless = (SourceFile("", "A = 1\n"), FILES[1])
    for prompt in (
        render_completion("C = ", STARCODER2, files=FILES, repository="demo"),
        render_completion("C = ", STARCODER2, path="c.py", files=FILES),
        render_completion("C = ", STARCODER2, path="c.py", files=nameless, repository="demo"),
    ):
        assert prompt.as_text() == wanted


def test_qwen_has_a_line_end_after_each_part() -> None:
    prompt = render_completion("C = ", QWEN, path="c.py", files=FILES[:1], repository="demo")
    assert prompt.as_text() == (
        "<|repo_name|>demo\n<|file_sep|>a.py\nA = 1\n\n<|file_sep|>c.py\nC = "
    )
    assert "<|file_sep|>" in prompt.stop_tokens
