"""Whatever a GGUF file says of itself, reading its header is quick and takes little memory."""

from __future__ import annotations

import contextlib
import os
import random
import struct
import time
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.bootstrap import open_engine
from app.core.errors import ModelFileError
from app.core.models import LoadOptions
from app.library.headers import read_header

GIGABYTE = 2**30
TEXT, LIST = 8, 9


def text(data: bytes) -> bytes:
    return struct.pack("<Q", len(data)) + data


def header(tensors: int, *values: bytes, count: int | None = None) -> bytes:
    known = len(values) if count is None else count
    return b"GGUF" + struct.pack("<IQQ", 3, tensors, known) + b"".join(values)


def value(key: str, kind: int, data: bytes) -> bytes:
    return text(key.encode()) + struct.pack("<I", kind) + data


def a_list(kind: int, length: int, data: bytes = b"") -> bytes:
    return struct.pack("<IQ", kind, length) + data


ARCHITECTURE = value("general.architecture", TEXT, text(b"starcoder2"))
TENSOR = text(b"t" * 60) + struct.pack("<IQQQQIQ", 4, 1, 1, 1, 1, 0, 0)
HOSTILE = {  # what the file begins with, how long it is (the rest is a hole), what is said of it
    "a key of 1 GB": (header(1, struct.pack("<Q", GIGABYTE // 2), count=1), GIGABYTE, "a text of"),
    "a text of 1 GB": (
        header(1, value("general.name", TEXT, struct.pack("<Q", GIGABYTE // 2))),
        GIGABYTE, "a text of 536,870,912 bytes"),
    "a list of 1 GB": (
        header(1, value("x", LIST, a_list(0, GIGABYTE // 2))), GIGABYTE, "numbers in a list"),
    "a list of 4 GB": (
        header(1, value("x", LIST, a_list(12, GIGABYTE // 8))), 4 * GIGABYTE, "numbers in a list"),
    "20 million empty texts": (
        header(1, value("x", LIST, a_list(TEXT, 20_000_000))), GIGABYTE, "20,000,000 texts"),
    "as many as pass": (
        header(1, value("x", LIST, a_list(TEXT, 1_048_576))), GIGABYTE, "has 0 dimensions"),
    "many in many lists": (
        header(1, *[value("x", LIST, a_list(TEXT, 3000, text(b"") * 3000))] * 500),
        GIGABYTE, "texts in lists"),
    "20 million tokens": (
        header(1, value("tokenizer.ggml.tokens", LIST, a_list(TEXT, 20_000_000))),
        GIGABYTE, "20,000,000 texts"),
    "a million tokens": (
        header(1, value("tokenizer.ggml.tokens", LIST, a_list(TEXT, 1_000_000))),
        GIGABYTE, "1,000,000 tokens"),
    "tokens of 40 MB": (
        header(1, value("tokenizer.ggml.tokens", LIST, a_list(TEXT, 40, text(bytes(10**6)) * 40))),
        GIGABYTE, "tokens of over 12 MB"),
    "types of tokens": (
        header(1, value("tokenizer.ggml.token_type", LIST, a_list(5, 10**7))),
        GIGABYTE, "has 0 dimensions"),
    "texts of 1 MB": (
        header(1, *[value("general.name", TEXT, text(bytes(10**6)))] * 60), GIGABYTE, "over 50 MB"),
    "a billion values": (header(1, count=2**25), GIGABYTE, "33,554,432 values"),
    "a billion tensors": (header(2**25), GIGABYTE, "33,554,432 tensors"),
    "as many tensors as pass": (
        header(32_768, ARCHITECTURE) + TENSOR * 32_768, GIGABYTE, ""),
    "lists in lists": (
        header(1, value("x", LIST, a_list(LIST, 1, a_list(LIST, 1, a_list(0, 1, b"1"))))),
        GIGABYTE, "a list of unknown type 9"),
    "bytes that are not text": (
        header(1, *[value("k" * 9, TEXT, text(b"\xff" * 4000))] * 2000), GIGABYTE, "0 dimensions"),
    "parts without an end": (
        header(1, ARCHITECTURE, value("split.count", 2, struct.pack("<H", 65_535))) + TENSOR,
        10**6, "65,535 parts"),
}  # fmt: skip


MANY_STEPS = ("as many as pass", "many in many lists", "as many tensors as pass")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_header_costs_little(tmp_path: Path, name: str) -> None:
    begin, size, said = HOSTILE[name]
    path = tmp_path / "model.gguf"
    path.write_bytes(begin)
    os.truncate(path, size)
    if name not in MANY_STEPS:  # each step is some fifty times slower while memory is traced
        tracemalloc.start()
    before = time.thread_time()
    if said:
        with pytest.raises(ModelFileError, match=said) as raised:
            read_header(path)
        assert raised.value.hint
    else:
        read_header(path)
    assert time.thread_time() - before < 4  # a second where the processor is free
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 64 * 10**6


def test_a_hostile_file_is_refused_before_llama_cpp_sees_it(tmp_path: Path) -> None:
    """It takes texts and lists of up to a gigabyte, and would read this list for minutes."""
    begin, size, said = HOSTILE["20 million empty texts"]
    path = tmp_path / "model.gguf"
    path.write_bytes(begin)
    os.truncate(path, size)
    with pytest.raises(ModelFileError, match=said):
        open_engine(LoadOptions(path), lambda _: pytest.fail("it is being loaded"))


VALUE = st.one_of(
    st.tuples(st.sampled_from("BbHhIif?Qqd"), st.integers(0, 100)).map(
        lambda pair: struct.pack(f"<{pair[0]}", pair[1])
    ),
    st.binary(max_size=12).map(text),
    st.tuples(st.integers(0, 14), st.integers(0, 5) | st.integers(0, 2**64 - 1), st.binary()).map(
        lambda three: a_list(*three)
    ),
    st.binary(max_size=30),
)
KEYS = st.sampled_from(
    ["general.architecture", "general.name", "general.alignment", "tokenizer.ggml.tokens",
     "tokenizer.ggml.token_type", "tokenizer.chat_template", "split.count", "split.no", "x"]
)  # fmt: skip


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.builds(value, KEYS, st.integers(0, 14), VALUE), max_size=5),
    st.integers(0, 3) | st.integers(0, 2**64 - 1),
    st.integers(0, 6) | st.integers(0, 2**64 - 1),
    st.binary(max_size=200),
    st.integers(0, 2**20),
)
def test_a_header_of_any_bytes_is_read_or_refused(
    tmp_path: Path, values: list[bytes], tensors: int, count: int, rest: bytes, hole: int
) -> None:
    path = tmp_path / "model.gguf"
    data = header(tensors, *values, count=count) + rest
    path.write_bytes(data)
    os.truncate(path, len(data) + hole)
    with contextlib.suppress(ModelFileError):
        read_header(path)


def test_a_real_vocabulary_is_read_whole(tmp_path: Path) -> None:
    """The largest so far have 262,144 tokens, 446,000 merges and templates of 40 kB."""
    rng = random.Random(1)
    tokens = [str(rng.randrange(10**9)).encode() for _ in range(262_144)]
    tokens[7] = b"<fim_prefix>"
    types = struct.pack("<2i", 3, 3) + struct.pack("<i", 1) * (len(tokens) - 2)
    texts = b"".join(map(text, tokens))
    data = header(
        1,
        ARCHITECTURE,
        value("tokenizer.chat_template", TEXT, text(b"{{ x }}" * 6000)),
        value("tokenizer.ggml.token_type", LIST, a_list(5, len(tokens), types)),
        value("tokenizer.ggml.tokens", LIST, a_list(TEXT, len(tokens), texts)),
        value("tokenizer.ggml.scores", LIST, a_list(6, len(tokens), bytes(4 * len(tokens)))),
        value("tokenizer.ggml.merges", LIST, a_list(TEXT, 446_000, text(b"a b") * 446_000)),
    )  # fmt: skip
    path = tmp_path / "model.gguf"
    path.write_bytes(data + TENSOR + bytes(64))
    model = read_header(path)
    assert model.has_chat_template
    assert model.control_tokens == (tokens[0].decode(), tokens[1].decode(), "<fim_prefix>")
