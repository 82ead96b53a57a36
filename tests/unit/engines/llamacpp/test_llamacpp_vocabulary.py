"""Prompts become the very ids StarCoder 2 was trained on; checked with its real vocabulary."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from llama_cpp import llama_cpp as lib

from app.core.errors import EngineError
from app.core.models import ModelInfo
from app.core.prompts import Control, Prompt
from app.engines.llamacpp.vocabulary import Vocabulary
from app.generation.infill.holes import Hole, render_infill
from app.generation.infill.repository import SourceFile

REAL = Path(__file__).parents[5] / "shared" / "data" / "ggml-vocab-starcoder.gguf"
SEPARATOR = "\n__ggml_vocab_test__\n"


@pytest.fixture(scope="module")
def real() -> Iterator[Vocabulary]:
    if not REAL.exists():
        pytest.skip("StarCoder 2's real vocabulary is not here")
    params = lib.llama_model_default_params()
    params.vocab_only = True
    model = lib.llama_model_load_from_file(str(REAL).encode(), params)
    yield Vocabulary(model)
    lib.llama_model_free(model)


def info(vocabulary: Vocabulary) -> ModelInfo:
    return ModelInfo(
        name="starcoder2-3b",
        architecture="starcoder2",
        context_tokens=16_384,
        slots=1,
        vocabulary_size=vocabulary.size,
        control_tokens=vocabulary.control_tokens,
        end_token_ids=tuple(vocabulary.end_ids),
    )


def test_every_text_of_the_vocabularys_own_test_gives_its_ids(real: Vocabulary) -> None:
    said = REAL.with_suffix(".gguf.inp").read_bytes().decode()
    texts = said.removesuffix(SEPARATOR).split(SEPARATOR)
    wanted = REAL.with_suffix(".gguf.out").read_text().splitlines()
    for text, ids in zip(texts, wanted, strict=True):
        assert real.tokenize(text, special=False) == [int(i) for i in ids.split()], text


def test_a_hole_in_a_repository_has_exactly_these_ids(real: Vocabulary) -> None:
    prompt = render_infill(
        Hole("a", "b", "f.py"), info(real), files=(SourceFile("g.py", "c"),), repository="r"
    )
    t = real.tokenize
    assert real.render(prompt) == [
        5, *t("r", special=False), 6, *t("g.py\nc", special=False), 6,
        1, *t("f.py\na", special=False), 3, *t("b", special=False), 2,
    ]  # fmt: skip
    assert real.stop_ids(prompt) >= {0, 1, 2, 3, 4, 5, 6}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(st.data())
def test_no_text_becomes_a_control_token(real: Vocabulary, data: st.DataObject) -> None:
    controls = sorted(real.control_tokens)
    pieces = st.lists(st.sampled_from([*controls, "<", ">", "|", "fim_", "x ", "\n"]), max_size=9)
    prefix, suffix, path = ("".join(data.draw(pieces)) for _ in range(3))
    prompt = render_infill(Hole(prefix, suffix, path), info(real))
    ids = real.render(prompt)
    control_ids = set(real.control_tokens.values())
    assert [i for i in ids if i in control_ids] == [1, 3, 2]


def test_a_token_that_the_file_lacks_is_named(real: Vocabulary) -> None:
    with pytest.raises(EngineError, match="<fim_hole>"):
        real.render(Prompt((Control("<fim_hole>"),)))
