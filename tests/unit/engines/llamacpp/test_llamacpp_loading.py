"""Files that cannot be loaded, contexts that do not fit, and memory that comes back."""

from __future__ import annotations

import gc
import logging
import os
from pathlib import Path

import psutil
import pytest
from engine_driver import finish
from tiny_model import write_tiny_model

from app.core.errors import LoadCancelledError, ModelFileError, ModelTooLargeError
from app.core.models import LoadOptions
from app.core.prompts import Prompt
from app.core.sampling import Sampling
from app.engines.llamacpp import loading, memory, open_model


def load(path: Path, **options: int):
    return open_model(LoadOptions(path, **options), lambda _: True)


def refuse(path: Path) -> ModelFileError:
    with pytest.raises(ModelFileError) as caught:
        load(path)
    assert path.name in caught.value.message
    assert caught.value.hint
    return caught.value


def test_a_missing_file(tmp_path: Path):
    assert "No such file" in refuse(tmp_path / "missing.gguf").message


def test_a_folder(tmp_path: Path):
    assert "directory" in refuse(tmp_path).message


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file(tmp_path: Path):
    path = write_tiny_model(tmp_path / "secret.gguf")
    path.chmod(0)
    assert "Permission denied" in refuse(path).message


def test_an_empty_file(tmp_path: Path):
    (tmp_path / "empty.gguf").touch()
    assert "is empty" in refuse(tmp_path / "empty.gguf").message


def test_a_file_of_another_kind(tmp_path: Path):
    (tmp_path / "notes.gguf").write_text("These are my notes.")
    assert "not a GGUF file" in refuse(tmp_path / "notes.gguf").message


@pytest.mark.parametrize("share", [0.001, 0.01, 0.1, 0.5, 0.99])
def test_a_truncated_file(tiny_model: Path, tmp_path: Path, share: float):
    data = tiny_model.read_bytes()
    path = tmp_path / "cut.gguf"
    path.write_bytes(data[: int(len(data) * share)])
    assert "cannot be loaded" in refuse(path).message


@pytest.mark.parametrize("field", [4, 8, 16])
def test_an_impossible_header(tiny_model: Path, tmp_path: Path, field: int):
    data = bytearray(tiny_model.read_bytes())
    data[field : field + 8] = b"\xff" * 8
    path = tmp_path / "impossible.gguf"
    path.write_bytes(data)
    assert "cannot be loaded" in refuse(path).message


def test_an_unknown_architecture_is_named(tmp_path: Path):
    error = refuse(write_tiny_model(tmp_path / "odd.gguf", architecture="wombat"))
    assert "architecture wombat" in error.message


def test_a_file_larger_than_memory_is_refused_with_the_numbers(tmp_path: Path):
    path = tmp_path / "huge.gguf"
    with path.open("wb") as file:
        file.write(b"GGUF")
        file.truncate(900_000_000_000)  # sparse: it takes no room on the disk
    with pytest.raises(ModelTooLargeError, match=r"needs 900\.0 GB"):
        load(path)


def test_a_context_that_does_not_fit_is_refused_with_the_numbers(tmp_path: Path):
    path = write_tiny_model(tmp_path / "wide.gguf", context_tokens=2_000_000_000)
    with pytest.raises(ModelTooLargeError, match="2,000,000,000 tokens"):
        load(path, context_tokens=2_000_000_000)


def test_a_context_left_open_is_made_to_fit(tmp_path: Path):
    path = write_tiny_model(tmp_path / "wide.gguf", context_tokens=2_000_000_000)
    engine = load(path)
    assert engine.info.context_tokens == memory.DEFAULT_CONTEXT_TOKENS
    engine.close()


def test_a_context_beyond_training_is_brought_down(tmp_path: Path):
    engine = load(write_tiny_model(tmp_path / "t.gguf", context_tokens=256), context_tokens=1000)
    assert engine.info.context_tokens == 256
    engine.close()


def test_cancelling_in_the_middle_and_at_the_very_end(tiny_model: Path):
    for last in (0.3, 1.0):
        with pytest.raises(LoadCancelledError, match=r"tiny\.gguf"):
            open_model(LoadOptions(tiny_model), lambda fraction, last=last: fraction < last)


def test_what_the_file_says_is_described(tmp_path: Path):
    path = write_tiny_model(tmp_path / "t.gguf", chat_template="{{ messages }}")
    engine = load(path, slots=2)
    info = engine.info
    engine.close()
    assert info.name == "Tiny random StarCoder 2"
    assert info.architecture == "starcoder2"
    assert info.chat_template == "{{ messages }}"
    assert (info.slots, info.vocabulary_size) == (2, 300)
    assert info.control_tokens["<fim_middle>"] == 2
    assert len(info.control_tokens) == 38
    assert 0 in info.end_token_ids
    assert (info.begin_token_id, info.adds_begin_token) == (0, False)


def test_unloading_gives_the_memory_back(tmp_path: Path):
    path = write_tiny_model(tmp_path / "t.gguf", context_tokens=500_000)
    process = psutil.Process()

    def use() -> int:
        engine = load(path, context_tokens=500_000, threads=1)  # a cache of 128 MB
        engine.start(1, Prompt(("x" * 300,)), Sampling(temperature=0, max_tokens=5))
        finish(engine, 1)
        loaded = process.memory_info().rss
        engine.close()
        return loaded

    use()
    gc.collect()
    before = process.memory_info().rss
    loaded = use()
    assert loaded - before > 100e6
    assert process.memory_info().rss - before < 10e6


def test_prompts_never_reach_the_log(tiny_model: Path, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    engine = load(tiny_model)
    engine.start(1, Prompt(("my secret prompt",)), Sampling(temperature=0, max_tokens=5))
    finish(engine, 1)
    engine.close()
    assert "starcoder2" in caplog.text
    assert "secret" not in caplog.text


def test_threads_are_the_physical_cores_that_may_be_used():
    assert 1 <= loading.default_threads(10**9) <= (os.cpu_count() or 1)
    assert loading.default_threads(10**6) == 1
