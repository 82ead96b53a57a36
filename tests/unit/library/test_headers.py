"""A model file's header is read without trusting it: one clear message, or the facts."""

from __future__ import annotations

import os
import random
import struct
from pathlib import Path

import numpy as np
import pytest
from gguf import GGUFWriter
from tiny_model import CONTROL_TOKENS, write_tiny_model

from app.core.errors import ModelFileError
from app.core.models import FileFamily
from app.core.paths import builtin_model_path
from app.library.headers import read_header

SEED = 7


def written(folder: Path, data: bytes) -> Path:
    path = folder / "model.gguf"
    path.write_bytes(data)
    return path


def test_the_facts_of_a_file(tiny_model: Path) -> None:
    model = read_header(tiny_model)
    assert model.family is FileFamily.GGUF
    assert model.name == "Tiny random StarCoder 2"
    assert (model.architecture, model.quantization) == ("starcoder2", "F32")
    assert model.context_tokens == 4096
    # Keys and values, 2 bytes each, 2 layers, 2 heads of 16.
    assert model.cache_bytes_per_token == 2 * 2 * 2 * 2 * 16
    assert model.control_tokens == CONTROL_TOKENS
    assert not model.has_chat_template
    assert model.size_bytes == tiny_model.stat().st_size


def test_the_builtin_model() -> None:
    model = read_header(builtin_model_path())
    assert (model.architecture, model.quantization) == ("starcoder2", "Q8_0")
    assert model.has_chat_template
    assert model.has_control("<fim_prefix>", "<fim_suffix>", "<fim_middle>")
    assert model.size_bytes <= 16 * 2**20


def test_needed_memory_grows_with_the_context(tiny_model: Path) -> None:
    model = read_header(tiny_model)
    assert model.needed_bytes(0) >= model.size_bytes
    assert model.needed_bytes(2000) - model.needed_bytes(1000) == pytest.approx(
        1000 * model.cache_bytes_per_token * 1.05, abs=1
    )


def with_tensor(*, offset: int = 0, dimensions: int = 1) -> bytes:
    """A header that tells of one tensor of one 32-bit number, called `t`, and no more."""
    start = b"GGUF" + struct.pack("<IQQ", 3, 1, 0) + struct.pack("<Q", 1) + b"t"
    return start + struct.pack("<IQIQ", dimensions, 1, 0, offset) + bytes(60)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (b"hello world", "is not a GGUF model file"),
        (b"PK\x03\x04 and more", "zip archive"),
        (b"<!DOCTYPE html>", "a web page"),
        (b"version https://git-lfs", "Git LFS pointer"),
        (b"GGUF", "incomplete"),
        (b"GGUF" + struct.pack("<I", 1), "version 1"),
        (b"GGUF" + struct.pack(">I", 3) + bytes(16), "big-endian"),
        (b"GGUF" + struct.pack("<IQQ", 3, 2**60, 1) + bytes(100), "counts"),
        (b"GGUF" + struct.pack("<IQQ", 3, 1, 2**62) + bytes(100), "counts"),
        (b"GGUF" + struct.pack("<IQQQ", 3, 1, 1, 2**63) + bytes(100), "incomplete or damaged"),
        (with_tensor(offset=2**40), "is incomplete: its header describes"),
        (with_tensor(offset=2**60), "lies far beyond its end"),
        (with_tensor(dimensions=9), "has 9 dimensions"),
    ],
)
def test_bad_files_are_named(tmp_path: Path, data: bytes, message: str) -> None:
    with pytest.raises(ModelFileError, match=message) as raised:
        read_header(written(tmp_path, data))
    assert raised.value.hint


def test_the_hint_asks_for_the_right_ending_only_where_it_is_missing(tmp_path: Path) -> None:
    hints = []
    for name in ("notes.txt", "model.GGUF"):
        path = tmp_path / name
        path.write_bytes(b"hello world")
        with pytest.raises(ModelFileError) as raised:
            read_header(path)
        hints.append(str(raised.value.hint))
    assert "ends in .gguf" in hints[0]
    assert "Download it again" in hints[1]
    assert "ends in" not in hints[1]


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="There is no file"):
        read_header(tmp_path / "gone.gguf")
    with pytest.raises(ModelFileError, match="is a folder"):
        read_header(tmp_path)


def test_an_unreadable_file_says_why(tmp_path: Path) -> None:
    loop = tmp_path / "loop.gguf"
    loop.symlink_to(loop)  # root may read everything else
    with pytest.raises(ModelFileError, match="cannot be read: Too many levels") as raised:
        read_header(loop)
    assert raised.value.hint


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_rights_says_so(tmp_path: Path) -> None:
    path = write_tiny_model(tmp_path / "secret.gguf")
    path.chmod(0)
    with pytest.raises(ModelFileError, match="cannot be read: Permission denied"):
        read_header(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes")
def test_what_is_no_ordinary_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.gguf")
    for path in (tmp_path / "pipe.gguf", Path("/dev/zero")):
        with pytest.raises(ModelFileError, match="is not a regular file"):
            read_header(path)


def test_legacy_files_are_told_by_their_first_bytes(tmp_path: Path) -> None:
    path = written(tmp_path, b"tjgg" + bytes(40))
    assert read_header(path).family is FileFamily.LEGACY_GGML


def test_a_number_of_heads_for_each_layer_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    writer = GGUFWriter(path, "lfm2")
    writer.add_block_count(4)
    writer.add_embedding_length(64)
    writer.add_head_count(4)
    writer.add_head_count_kv([0, 0, 2, 4])
    writer.add_token_scores([0.5] * 7)
    writer.add_tensor("t", np.zeros(32, dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    assert read_header(path).cache_bytes_per_token == 2 * 2 * 4 * 2 * 16


@pytest.mark.parametrize("layers", [0, 513, 131_074, 2**32 - 1])
def test_a_number_of_layers_at_which_llama_cpp_aborts_is_refused(
    tiny_model: Path, tmp_path: Path, layers: int
) -> None:
    key = b"starcoder2.block_count" + struct.pack("<I", 4)
    data = tiny_model.read_bytes().replace(
        key + struct.pack("<I", 2), key + struct.pack("<I", layers)
    )
    with pytest.raises(ModelFileError, match=f"claims to have {layers} layers"):
        read_header(written(tmp_path, data))


def test_a_file_cut_anywhere_is_refused(tiny_model: Path, tmp_path: Path) -> None:
    data = tiny_model.read_bytes()
    rng = random.Random(SEED)
    places = [*range(12), len(data) - 1, *(rng.randrange(len(data)) for _ in range(200))]
    for place in places:
        with pytest.raises(ModelFileError):
            read_header(written(tmp_path, data[:place]))


def test_mutated_headers_are_refused_or_read_but_nothing_else(tmp_path: Path) -> None:
    data = write_tiny_model(tmp_path / "whole.gguf").read_bytes()
    rng = random.Random(SEED)
    for _ in range(300):
        mutated = bytearray(data)
        for _ in range(rng.randrange(1, 6)):
            mutated[rng.randrange(8000)] = rng.randrange(256)
        try:
            read_header(written(tmp_path, bytes(mutated)))
        except ModelFileError:
            continue
