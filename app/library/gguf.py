"""Reads the header of a GGUF file without loading it, and without trusting it.

Every count and offset is checked against the size of the file before it is used, so that a
damaged or hostile file gives a clear message at once. Format: ggml's docs/gguf.md, versions 2, 3.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from app.core.errors import ModelFileError

MAGIC = b"GGUF"
_SCALARS = dict(enumerate("BbHhIif?")) | {10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9
_WHOLE_NUMBERS = (4, 5)  # 32 bits: what kind each token of the vocabulary is
_KEPT_ITEMS = 400_000  # vocabularies are at most 256 k entries so far
_DOWNLOAD_AGAIN = "Download or copy it again."

# Elements and bytes of one block for each tensor type, from ggml.h and ggml-common.h; types that
# are missing here are not checked for their size.
_BLOCKS = {
    0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34),
    9: (32, 36), 10: (256, 84), 11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210),
    15: (256, 292), 16: (256, 66), 17: (256, 74), 18: (256, 98), 19: (256, 50), 20: (32, 18),
    21: (256, 110), 22: (256, 82), 23: (256, 136), 24: (1, 1), 25: (1, 2), 26: (1, 4),
    27: (1, 8), 28: (1, 8), 29: (256, 56), 30: (1, 2),
}  # fmt: skip
TYPE_NAMES = {
    0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 6: "Q5_0", 7: "Q5_1", 8: "Q8_0", 10: "Q2_K",
    11: "Q3_K", 12: "Q4_K", 13: "Q5_K", 14: "Q6_K", 16: "IQ2_XXS", 17: "IQ2_XS", 18: "IQ3_XXS",
    19: "IQ1_S", 20: "IQ4_NL", 21: "IQ3_S", 22: "IQ2_S", 23: "IQ4_XS", 29: "IQ1_M", 30: "BF16",
    39: "MXFP4",
}  # fmt: skip

Value = int | float | bool | str | list[str] | list[int]


@dataclass(frozen=True, slots=True)
class GgufHeader:
    """What a GGUF file says of itself.

    `metadata` holds scalars, strings, and arrays of strings or of 32-bit integers; other arrays are
    kept as their length.
    `type_bytes` maps a tensor type's number to the bytes stored in it.
    """

    metadata: dict[str, Value]
    tensors: int
    parameters: int
    type_bytes: dict[int, int]


def read_gguf(path: Path, file: BinaryIO, size_bytes: int) -> GgufHeader:
    """Read the header; `file` stands at its beginning. Raises `ModelFileError`."""
    reader = _Reader(path, file, size_bytes)
    reader.take(4)
    version = reader.number("I")
    if version not in (2, 3):
        if version in (0x02000000, 0x03000000):
            raise reader.problem("is a big-endian GGUF file", "Get the little-endian one.")
        raise reader.problem(
            f"is GGUF version {version}; this program reads versions 2 and 3",
            "Convert it with a current llama.cpp.",
        )
    tensor_count, pair_count = reader.count(least_bytes=24), reader.count(least_bytes=13)
    metadata: dict[str, Value] = {}
    for _ in range(pair_count):
        key = reader.string()
        metadata[key] = reader.value(reader.number("I"))
    return _read_tensors(reader, metadata, tensor_count)


def _read_tensors(reader: _Reader, metadata: dict[str, Value], tensor_count: int) -> GgufHeader:
    parameters, end = 0, 0
    type_bytes: dict[int, int] = {}
    for _ in range(tensor_count):
        name = reader.string()
        dimensions = reader.number("I")
        if not 1 <= dimensions <= 4:
            raise reader.damaged(f"tensor {name[:40]!r} has {dimensions} dimensions")
        elements = 1
        for _ in range(dimensions):
            elements *= reader.number("Q")
        kind, offset = reader.number("I"), reader.number("Q")
        size = _tensor_bytes(kind, elements)
        parameters += elements
        type_bytes[kind] = type_bytes.get(kind, 0) + size
        end = max(end, offset + size)
    alignment = metadata.get("general.alignment", 32)
    if not isinstance(alignment, int) or alignment <= 0 or alignment % 8:
        raise reader.damaged(f"its alignment is {alignment}")
    start = -(-reader.position // alignment) * alignment
    if start + end > reader.size_bytes:
        if end > 2**50:
            raise reader.damaged("a tensor lies far beyond its end")
        raise reader.problem(
            f"is cut short: its header tells of {start + end:,} bytes "
            f"and the file has {reader.size_bytes:,}",
            _DOWNLOAD_AGAIN,
        )
    if not tensor_count:
        raise reader.problem("holds no weights, only a vocabulary", "Choose a whole model file.")
    return GgufHeader(metadata, tensor_count, parameters, type_bytes)


def _tensor_bytes(kind: int, elements: int) -> int:
    block_elements, block_bytes = _BLOCKS.get(kind, (1, 0))
    return elements // block_elements * block_bytes


class _Reader:
    """Reads little-endian values and refuses what cannot fit into the file."""

    def __init__(self, path: Path, file: BinaryIO, size_bytes: int) -> None:
        self._path = path
        self._file = file
        self.size_bytes = size_bytes
        self.position = 0

    def problem(self, what: str, hint: str) -> ModelFileError:
        return ModelFileError(f"{self._path.name} {what}.", hint=hint)

    def damaged(self, detail: str) -> ModelFileError:
        return self.problem(f"is damaged: {detail}", _DOWNLOAD_AGAIN)

    def take(self, count: int) -> bytes:
        if count > self.size_bytes - self.position:
            raise self.problem(
                f"is cut short or damaged: its header goes on past its {self.size_bytes:,} bytes",
                _DOWNLOAD_AGAIN,
            )
        data = self._file.read(count)
        if len(data) != count:
            raise self.damaged("it became shorter while it was read")
        self.position += count
        return data

    def number(self, form: str) -> int:
        return int(struct.unpack("<" + form, self.take(struct.calcsize(form)))[0])

    def count(self, *, least_bytes: int) -> int:
        count = self.number("Q")
        if count * least_bytes > self.size_bytes - self.position:
            raise self.damaged(f"its header counts {count:,} entries, more than the file can hold")
        return count

    def string(self) -> str:
        length = self.number("Q")
        return self.take(length).decode("utf-8", errors="replace")

    def value(self, kind: int, depth: int = 0) -> Value:
        if kind in _SCALARS:
            form = _SCALARS[kind]
            result: Value = struct.unpack("<" + form, self.take(struct.calcsize(form)))[0]
            return result
        if kind == _STRING:
            return self.string()
        if kind == _ARRAY and depth < 4:
            return self._array(depth)
        raise self.damaged(f"its header holds a value of unknown type {kind}")

    def _array(self, depth: int) -> Value:
        kind = self.number("I")
        if kind in _SCALARS:
            width = struct.calcsize(_SCALARS[kind])
            length = self.count(least_bytes=width)
            data = self.take(length * width)
            is_kept = kind in _WHOLE_NUMBERS and length <= _KEPT_ITEMS
            return list(struct.unpack(f"<{length}{_SCALARS[kind]}", data)) if is_kept else length
        length = self.count(least_bytes=8)
        if kind == _STRING and length <= _KEPT_ITEMS:
            return [self.string() for _ in range(length)]
        for _ in range(length):
            self.value(kind, depth + 1)
        return length
