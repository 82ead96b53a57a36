"""Each family's hole becomes the ids that its own tokenizer would give."""

from __future__ import annotations

from pathlib import Path

import pytest
from gguf import TokenType
from tiny_vocabulary import loaded, write_bytes_vocabulary, write_sentencepiece_vocabulary

from app.core.errors import RequestError
from app.generation.families import infill_format
from app.generation.infill.holes import Hole, render_infill
from app.generation.infill.repository import SourceFile, render_completion

CODE_LLAMA = ("▁<PRE>", "▁<SUF>", "▁<MID>", "▁<EOT>")
CODESTRAL = ("[PREFIX]", "[MIDDLE]", "[SUFFIX]")
BYTE_LEVEL = {
    "StarCoder 2": ("<|endoftext|>", "<fim_prefix>", "<fim_middle>", "<fim_suffix>", "<fim_pad>",
                    "<repo_name>", "<file_sep>"),
    "StarCoder, Granite Code": ("<|endoftext|>", "<fim_prefix>", "<fim_middle>", "<fim_suffix>",
                                "<fim_pad>", "<filename>", "<reponame>"),
    "Qwen2.5-Coder": ("<|endoftext|>", "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>",
                      "<|fim_pad|>", "<|repo_name|>", "<|file_sep|>"),
    "CodeGemma, Granite": ("<|end_of_text|>", "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>",
                           "<|file_separator|>"),
    "DeepSeek-Coder": ("<|EOT|>", "<｜fim▁begin｜>", "<｜fim▁end｜>", "<｜fim▁hole｜>"),  # noqa: RUF001
    "SantaCoder": ("<|endoftext|>", "<fim-prefix>", "<fim-middle>", "<fim-suffix>"),
}  # fmt: skip


@pytest.mark.parametrize("kind", [TokenType.CONTROL, TokenType.USER_DEFINED])
@pytest.mark.parametrize("family", BYTE_LEVEL)
def test_byte_level_families(tmp_path: Path, family: str, kind: TokenType) -> None:
    path = write_bytes_vocabulary(tmp_path / "model.gguf", BYTE_LEVEL[family], kind=kind)
    with loaded(path) as (vocabulary, info):
        chosen = infill_format(info)
        assert chosen is not None
        assert chosen.family == family
        hostile = "".join(BYTE_LEVEL[family]) + "<" + BYTE_LEVEL[family][2]
        prompt = render_infill(Hole(f"a {hostile}", f"{hostile} b"), info)
        ids = vocabulary.render(prompt)
        assert [i for i in ids if i < len(BYTE_LEVEL[family])] == [1, 3, 2]
        said = b"".join(map(vocabulary.piece, ids)).decode()
        assert said == f"a {hostile}{hostile} b"
        assert vocabulary.stop_ids(prompt) == set(range(len(BYTE_LEVEL[family])))


@pytest.mark.parametrize("kind", [TokenType.NORMAL, TokenType.CONTROL])
def test_code_llama_puts_a_space_before_the_prefix_and_none_before_the_suffix(
    tmp_path: Path, kind: TokenType
) -> None:
    path = write_sentencepiece_vocabulary(tmp_path / "codellama.gguf", CODE_LLAMA, kind)
    with loaded(path) as (vocabulary, info):
        t = vocabulary.tokenize
        prefix, suffix, middle, end = (vocabulary.control_tokens[text] for text in CODE_LLAMA)
        ids = vocabulary.render(render_infill(Hole("a b", "c d"), info))
        assert ids[:2] == [1, prefix]
        at = ids.index(suffix)
        assert ids[2:at] == t("a b", special=False)
        assert [
            b"".join(map(vocabulary.piece, part)) for part in (ids[2:at], ids[at + 1 : -1])
        ] == [
            b" a b",
            b"c d",
        ]
        assert ids[-1] == middle
        assert end in vocabulary.stop_ids(render_infill(Hole("a", "b"), info))


def test_codestral_has_its_suffix_first_and_no_middle(tmp_path: Path) -> None:
    path = write_sentencepiece_vocabulary(tmp_path / "codestral.gguf", CODESTRAL, TokenType.CONTROL)
    with loaded(path) as (vocabulary, info):
        prefix, suffix = (vocabulary.control_tokens[text] for text in ("[PREFIX]", "[SUFFIX]"))
        ids = vocabulary.render(render_infill(Hole("a b", "c\n"), info))
        assert ids[:2] == [1, suffix]
        at = ids.index(prefix)
        assert b"".join(map(vocabulary.piece, ids[2:at])) == b"c\n"
        assert ids[at + 1 :] == vocabulary.tokenize("a b", special=False)


@pytest.mark.parametrize("key", ["fim_{}", "{}"])
def test_tokens_that_only_the_metadata_names_are_used(tmp_path: Path, key: str) -> None:
    names = ("pre", "suf", "mid") if "fim" in key else ("prefix", "suffix", "middle")
    marked = {key.format(name): number for number, name in enumerate(names, start=1)}
    path = write_bytes_vocabulary(
        tmp_path / "other.gguf", ("<end>", "<before>", "<after>", "<here>"), marked=marked
    )
    with loaded(path) as (vocabulary, info):
        assert info.infill_tokens == ("<before>", "<after>", "<here>")
        ids = vocabulary.render(render_infill(Hole("a", "b"), info))
        a, b = (vocabulary.tokenize(text, special=False) for text in "ab")
        assert ids == [1, *a, 2, *b, 3]
        assert vocabulary.stop_ids(render_infill(Hole("a", "b"), info)) >= {1, 2, 3}


def test_metadata_wins_over_tokens_that_are_merely_there(tmp_path: Path) -> None:
    control = ("<|endoftext|>", "<fim_prefix>", "<fim_middle>", "<fim_suffix>", "<P>", "<S>", "<M>")
    marked = {"fim_pre": 4, "fim_suf": 5, "fim_mid": 6}
    path = write_bytes_vocabulary(tmp_path / "both.gguf", control, marked=marked)
    with loaded(path) as (_, info):
        chosen = infill_format(info)
        assert chosen is not None
        assert chosen.tokens == ("<P>", "<S>", "<M>")


def test_metadata_that_names_a_known_familys_tokens_gives_that_family(tmp_path: Path) -> None:
    marked = {"fim_pre": 1, "fim_suf": 3, "fim_mid": 2}
    path = write_bytes_vocabulary(
        tmp_path / "qwen.gguf", BYTE_LEVEL["Qwen2.5-Coder"], marked=marked
    )
    with loaded(path) as (_, info):
        chosen = infill_format(info)
        assert chosen is not None
        assert chosen.family == "Qwen2.5-Coder"


def test_a_model_of_one_file_says_so(tmp_path: Path) -> None:
    path = write_bytes_vocabulary(tmp_path / "santa.gguf", BYTE_LEVEL["SantaCoder"])
    with loaded(path) as (_, info), pytest.raises(RequestError, match="one file at a time") as said:
        render_completion("a", info, files=(SourceFile("b.py", "b"),))
    assert "StarCoder 2" in said.value.hint
