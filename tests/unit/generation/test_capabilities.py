"""What a file can be asked for is read from the file, and said with the reason."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.core.models import FileFamily, ModelFile
from app.core.paths import builtin_model_path
from app.generation.capabilities import PromptFormat, capabilities
from app.library.headers import read_header

TOKENS = ("<|endoftext|>", "<fim_prefix>", "<fim_middle>", "<fim_suffix>", "<fim_pad>",
          "<repo_name>", "<file_sep>")  # fmt: skip
BASE = ModelFile(
    Path("starcoder2-3b.gguf"), "starcoder2-3b", FileFamily.GGUF, 1_700_000_000,
    architecture="starcoder2", parameters=3_030_000_000, control_tokens=TOKENS,
)  # fmt: skip
INSTRUCT = replace(BASE, name="starcoder2-15b-instruct-v0.1", parameters=15_960_000_000)
SANTA = replace(
    BASE, name="santacoder", architecture="gpt2",
    control_tokens=("<|endoftext|>", "<fim-prefix>", "<fim-middle>", "<fim-suffix>"),
)  # fmt: skip
BARE = replace(BASE, name="some model", architecture="llama", control_tokens=())


def supported(model: ModelFile) -> set[str]:
    return {one.format.name for one in capabilities(model).supports if one.is_supported}


@pytest.mark.parametrize(
    ("model", "family", "formats"),
    [
        (BASE, "StarCoder 2 3B", {"COMPLETION", "INFILL", "REPOSITORY", "VALID"}),
        (INSTRUCT, "StarCoder 2 15B instruct", {"COMPLETION", "CHAT", "VALID"}),
        (replace(BASE, parameters=7_170_000_000), "StarCoder 2 7B",
         {"COMPLETION", "INFILL", "REPOSITORY", "VALID"}),
        (SANTA, "gpt2 (SantaCoder)", {"COMPLETION", "INFILL", "VALID"}),
        (BARE, "llama", {"COMPLETION", "VALID"}),
        (replace(BARE, has_chat_template=True), "llama", {"COMPLETION", "CHAT", "VALID"}),
        (replace(BARE, family=FileFamily.LEGACY_GGML), "llama", {"COMPLETION"}),
    ],
)  # fmt: skip
def test_the_formats_of_each_kind(model: ModelFile, family: str, formats: set[str]) -> None:
    assert supported(model) == formats
    assert capabilities(model).family == family


def test_what_is_not_supported_says_why() -> None:
    for model in (BASE, INSTRUCT, SANTA, BARE):
        assert all(one.detail for one in capabilities(model).supports)
    (infill,) = (s for s in capabilities(INSTRUCT).supports if s.format is PromptFormat.INFILL)
    assert "not to fill gaps" in infill.detail
    (chat,) = (s for s in capabilities(BASE).supports if s.format is PromptFormat.CHAT)
    assert "comment" in chat.detail


def test_the_builtin_model_does_everything() -> None:
    model = replace(read_header(builtin_model_path()), is_builtin=True)
    assert supported(model) == {one.name for one in PromptFormat}
    assert capabilities(model).summary == (
        "It completes code, fills in the middle, reads other files of a project and chats."
    )
    assert capabilities(BARE).summary == "It completes code."
