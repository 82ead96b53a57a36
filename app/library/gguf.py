"""Reads the header of a GGUF file without loading it, and without trusting it.

Whatever the file says, reading it takes less than 64 MB and about a second at most: every length
and count has a bound of its own, is checked against the size of the file, and what is not wanted
is passed over instead of read. A file beyond a bound is refused before llama.cpp sees it, which
takes texts and lists of up to a gigabyte. Format: ggml's docs/gguf.md, versions 2 and 3.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from app.core.errors import ModelFileError

MAGIC = b"GGUF"
_SCALARS = dict(enumerate("BbHhIif?")) | {10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9
_DOWNLOAD_AGAIN = "Download or copy it again."

# The largest that real files have, with room to grow: some 60 pairs, 15,000 tensors, 700,000 texts
# in lists (tokens and merges), 15 MB of header, templates of 40 kB.
_MOST_PAIRS = 2_048
_MOST_LAYERS = 1_024
_MOST_TENSORS = 32_768
_MOST_TEXTS = 1_048_576
_MOST_TOKENS = 524_288
_MOST_TOKEN_BYTES = 12 * 2**20
_MOST_TEXT_BYTES = 2**20
_MOST_HEADER_BYTES = 48 * 2**20
_KEPT_TEXT_BYTES = 2**10  # a longer one is a template or a text of a licence: its beginning will do
_WINDOW_BYTES = 2**18
_LENGTH = struct.Struct("<Q")
_TOKENS, _TOKEN_TYPES = "tokenizer.ggml.tokens", "tokenizer.ggml.token_type"

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

Value = int | float | bool | str


@dataclass(frozen=True, slots=True)
class GgufHeader:
    """What a GGUF file says of itself.

    `metadata` holds scalars and texts, of long texts the beginning, and of short lists of whole
    numbers the mean, rounded up: some files have a number of heads for each layer.
    `tokens` are the vocabulary's texts in UTF-8, `token_types` ggml's number for the kind of each.
    `type_bytes` maps a tensor type's number to the bytes stored in it.
    """

    metadata: dict[str, Value]
    tensors: int
    parameters: int
    type_bytes: dict[int, int]
    tokens: list[bytes]
    token_types: array[int]


def read_gguf(path: Path, file: BinaryIO, size_bytes: int) -> GgufHeader:
    """Read the header; `file` stands at its beginning. Raises `ModelFileError`."""
    reader = _Reader(path, file, size_bytes)
    reader.take(4)
    version = reader.number("I")
    if version not in (2, 3):
        if version in (0x02000000, 0x03000000):
            raise reader.problem("is a big-endian GGUF file", "Download the little-endian version.")
        raise reader.problem(
            f"is GGUF version {version}; this program reads versions 2 and 3",
            "Convert it with a current llama.cpp.",
        )
    tensor_count = reader.count("tensors", least_bytes=24, most=_MOST_TENSORS)
    pair_count = reader.count("values", least_bytes=13, most=_MOST_PAIRS)
    metadata: dict[str, Value] = {}
    tokens: list[bytes] = []
    types = array("i")
    for _ in range(pair_count):
        key = reader.text()
        kind = reader.number("I")
        if kind != _ARRAY:
            metadata[key] = reader.value(kind)
        elif key == _TOKENS:
            tokens = reader.texts()
        elif key == _TOKEN_TYPES:
            types = reader.whole_numbers()
        else:
            mean = reader.mean()
            if mean is not None:
                metadata[key] = mean
    parameters, type_bytes = _read_tensors(reader, metadata, tensor_count)
    return GgufHeader(metadata, tensor_count, parameters, type_bytes, tokens, types)


def _read_tensors(
    reader: _Reader, metadata: dict[str, Value], tensor_count: int
) -> tuple[int, dict[int, int]]:
    parameters, end = 0, 0
    type_bytes: dict[int, int] = {}
    for _ in range(tensor_count):
        name = reader.text()
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
    start = -(-reader.position // alignment) * alignment if tensor_count else reader.position
    if start + end > reader.size_bytes:
        if end > 2**50:
            raise reader.damaged("a tensor lies far beyond its end")
        raise reader.problem(
            f"is incomplete: its header describes {start + end:,} bytes, "
            f"but the file has {reader.size_bytes:,}",
            _DOWNLOAD_AGAIN,
        )
    return parameters, type_bytes


def _tensor_bytes(kind: int, elements: int) -> int:
    block_elements, block_bytes = _BLOCKS.get(kind, (1, 0))
    return elements // block_elements * block_bytes


class _Reader:
    """Reads little-endian values through a window, and refuses what is beyond a bound."""

    def __init__(self, path: Path, file: BinaryIO, size_bytes: int) -> None:
        self._path = path
        self._file = file
        self._window = b""
        self._start = 0  # where in the file the window begins
        self._texts_left = _MOST_TEXTS
        self.size_bytes = size_bytes
        self.position = 0

    def problem(self, what: str, hint: str) -> ModelFileError:
        return ModelFileError(f"{self._path.name} {what}.", hint=hint)

    def damaged(self, detail: str) -> ModelFileError:
        return self.problem(f"is damaged: {detail}", _DOWNLOAD_AGAIN)

    def _too_large(self, what: str) -> ModelFileError:
        return self.damaged(f"its header has {what}, more than any model has")

    def _check(self, count: int) -> None:
        if count > self.size_bytes - self.position:
            raise self.problem(
                f"is incomplete or damaged: its header runs past its {self.size_bytes:,} bytes",
                _DOWNLOAD_AGAIN,
            )
        if self.position + count > _MOST_HEADER_BYTES:
            raise self._too_large(f"over {_MOST_HEADER_BYTES // 10**6} MB")

    def take(self, count: int) -> bytes:
        """Return the next bytes; no more than `_MOST_TEXT_BYTES` are ever asked for."""
        self._check(count)
        begin = self.position - self._start
        if not 0 <= begin <= len(self._window) - count:
            self._file.seek(self.position)
            self._window = self._file.read(max(count, _WINDOW_BYTES))
            self._start, begin = self.position, 0
        data = self._window[begin : begin + count]
        if len(data) != count:
            raise self.damaged("it became shorter while it was read")
        self.position += count
        return data

    def _pass(self, count: int) -> None:
        self._check(count)
        self.position += count

    def number(self, form: str) -> int:
        return int(struct.unpack("<" + form, self.take(struct.calcsize(form)))[0])

    def count(self, things: str, *, least_bytes: int, most: int) -> int:
        count = self.number("Q")
        if count * least_bytes > self.size_bytes - self.position:
            raise self.damaged(f"its header counts {count:,} {things}, more than the file can hold")
        if count > most:
            raise self._too_large(f"{count:,} {things}")
        return count

    def _text_bytes(self) -> int:
        length = self.number("Q")
        if _MOST_TEXT_BYTES < length <= self.size_bytes - self.position:
            raise self._too_large(f"a text of {length:,} bytes")
        self._check(length)
        return length

    def text(self) -> str:
        length = self._text_bytes()
        kept = self.take(min(length, _KEPT_TEXT_BYTES))
        self._pass(length - len(kept))
        return kept.decode("utf-8", errors="replace")

    def value(self, kind: int) -> Value:
        if kind in _SCALARS:
            form = _SCALARS[kind]
            result: Value = struct.unpack("<" + form, self.take(struct.calcsize(form)))[0]
            return result
        if kind == _STRING:
            return self.text()
        raise self.damaged(f"its header holds a value of unknown type {kind}")

    def texts(self) -> list[bytes]:
        """Read a list of texts that is wanted; nothing where it is one of something else."""
        kind, length = self._list()
        if kind != _STRING:
            self._pass_list(kind, length)
            return []
        if length > _MOST_TOKENS:
            raise self._too_large(f"{length:,} tokens")
        found: list[bytes] = []
        begin = self.position
        for some in self._texts(length):
            found += some
            if self.position - begin > _MOST_TOKEN_BYTES:
                raise self._too_large(f"tokens of over {_MOST_TOKEN_BYTES // 10**6} MB")
        return found

    def _texts(self, length: int) -> Iterator[list[bytes]]:
        """Yield the texts of a list, those of one window together: there may be a million."""
        while length:
            found: list[bytes] = []
            at = self.position - self._start
            while len(found) < length and 0 <= at <= len(self._window) - 8:
                (size,) = _LENGTH.unpack_from(self._window, at)
                if size > len(self._window) - 8 - at:
                    break
                found.append(self._window[at + 8 : at + 8 + size])
                at += 8 + size
            if found:
                self._pass(at + self._start - self.position)
            else:  # it begins or ends outside the window
                found = [self.take(self._text_bytes())]
            length -= len(found)
            yield found

    def whole_numbers(self) -> array[int]:
        """Read a list of numbers of 32 bits that is wanted; nothing where it is another."""
        kind, length = self._list()
        found = array("i")
        if _SCALARS.get(kind) not in ("I", "i") or length > _MOST_TOKENS:
            self._pass_list(kind, length)
            return found
        for begin in range(0, length, _WINDOW_BYTES // 4):
            count = min(_WINDOW_BYTES // 4, length - begin)
            found.extend(struct.unpack(f"<{count}i", self.take(4 * count)))
        return found

    def mean(self) -> int | None:
        """Return the mean of a short list of whole numbers, rounded up; pass over any other."""
        kind, length = self._list()
        if _SCALARS.get(kind) not in ("I", "i") or not 0 < length <= _MOST_LAYERS:
            self._pass_list(kind, length)
            return None
        form = f"<{length}{_SCALARS[kind]}"
        numbers: tuple[int, ...] = struct.unpack(form, self.take(4 * length))
        return -(-sum(numbers) // length)

    def _list(self) -> tuple[int, int]:
        kind = self.number("I")
        if kind in _SCALARS:
            width = struct.calcsize(_SCALARS[kind])
            return kind, self.count("numbers in a list", least_bytes=width, most=_MOST_HEADER_BYTES)
        if kind != _STRING:  # llama.cpp knows no lists of lists either
            raise self.damaged(f"its header holds a list of unknown type {kind}")
        length = self.count("texts in lists", least_bytes=8, most=self._texts_left)
        self._texts_left -= length
        return kind, length

    def _pass_list(self, kind: int, length: int) -> None:
        if kind in _SCALARS:
            self._pass(length * struct.calcsize(_SCALARS[kind]))
            return
        for _ in self._texts(length):
            pass
