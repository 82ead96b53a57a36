"""Tells what a model file is from its own first bytes, never from its name.

The one door for files: `app.services.models` calls `read_header` off the asyncio thread.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import zip_longest
from pathlib import Path

from app.core.errors import ModelFileError
from app.core.models import FileFamily, ModelFile
from app.core.split_files import name_of
from app.library.gguf import MAGIC, TYPE_NAMES, GgufHeader, read_gguf
from app.library.opening import opened
from app.library.splits import whole_model
from app.text.characters import whole_characters

# The magics of llama.cpp and ggml before GGUF, as they stand in the file (little-endian).
LEGACY_MAGICS = {b"lmgg": "ggml", b"fmgg": "ggmf", b"tjgg": "ggjt", b"algg": "ggla"}
_OTHER_KINDS = {
    b"PK\x03\x04": "a zip archive or a PyTorch checkpoint",
    b"\x80\x02}q": "a pickled PyTorch checkpoint",
    b"<!DO": "a web page",
    b"<htm": "a web page",
    b"vers": "a Git LFS pointer, not the file itself",
}
_MOST_LAYERS = 512  # llama.cpp ends its process at a file with more, or with none
_CONTROL = (3, 4)  # token types in GGUF: control, and defined by those who made the model
_ALWAYS_CONTROL = frozenset(
    token.encode()
    for token in (
        "▁<PRE>", "▁<SUF>", "▁<MID>", "▁<EOT>", "<fim_prefix>", "<fim_suffix>", "<fim_middle>",
        "<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", "<fim-prefix>", "<fim-suffix>",
        "<fim-middle>", "<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>",  # noqa: RUF001
    )
)  # fmt: skip
"""What llama.cpp takes for a control token whatever the file says (`llama-vocab.cpp`)."""
_INFILL_KEYS = (
    ("fim_pre_token_id", "prefix_token_id"),
    ("fim_suf_token_id", "suffix_token_id"),
    ("fim_mid_token_id", "middle_token_id"),
)
"""What a file calls its infill tokens, and what it called them until 2024 (ggml, docs/gguf.md)."""


# Some people cut a file up where no program expects it: Model.gguf.part1of2, Model.gguf-split-a.
_PIECE = re.compile(r"\.gguf[.-](part|split)\w*(-\w+)?$", re.IGNORECASE)
_CHOOSE = "Choose a file that ends in .gguf, for example starcoder2-3b-Q4_K_M.gguf."
_DOWNLOAD_AGAIN = "Its content is something else. Download it again, or choose another file."
_JOIN = "It is one piece of a larger file: join all pieces, in order, into one .gguf file."


def read_header(path: Path) -> ModelFile:
    """Describe a model file, of a split model all parts. Reads headers only.

    Raises `ModelFileError`.
    """
    try:
        return _read_header(path)
    except ModelFileError as error:
        if _PIECE.search(path.name):
            raise ModelFileError(error.message, hint=_JOIN) from error
        raise


def _read_header(path: Path) -> ModelFile:
    with opened(path) as (file, size_bytes):
        magic = file.read(4)
        file.seek(0)
        if not magic:
            raise ModelFileError(f"{path.name} is empty.", hint="Download or copy it again.")
        header = read_gguf(path, file, size_bytes) if magic == MAGIC else None
    if header is not None:
        return _described(path, *whole_model(path, header, size_bytes))
    if magic in LEGACY_MAGICS:
        return ModelFile(path, whole_characters(path.stem), FileFamily.LEGACY_GGML, size_bytes)
    kind = _OTHER_KINDS.get(magic)
    raise ModelFileError(
        f"{path.name} is {kind}." if kind else f"{path.name} is not a GGUF model file.",
        hint=_DOWNLOAD_AGAIN if path.suffix.lower() == ".gguf" else _CHOOSE,
    )


def is_model_file(path: Path) -> bool:
    """Tell whether a file is a model's, by its first bytes or its name."""
    try:
        if not path.is_file():  # to open a pipe would wait for ever
            return False
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError:
        magic = b""
    named = path.suffix.lower() == ".gguf"
    return magic == MAGIC or magic in LEGACY_MAGICS or named


def _described(path: Path, header: GgufHeader, size_bytes: int) -> ModelFile:
    meta = header.metadata
    architecture = str(meta.get("general.architecture", ""))
    if not architecture:
        raise ModelFileError(
            f"{path.name} does not name its architecture.", hint="Download or copy it again."
        )
    layers = meta.get(f"{architecture}.block_count", 1)
    if not isinstance(layers, int) or not 1 <= layers <= _MOST_LAYERS:
        raise ModelFileError(
            f"{path.name} is damaged: it claims to have {layers} layers.",
            hint="Download or copy it again.",
        )
    infill = _infill_tokens(meta, header.tokens)
    return ModelFile(
        path=path,
        name=whole_characters(str(meta.get("general.name") or name_of(path))),
        family=FileFamily.GGUF,
        size_bytes=size_bytes,
        architecture=architecture,
        quantization=_quantization(header),
        context_tokens=_whole(meta.get(f"{architecture}.context_length")),
        cache_bytes_per_token=_cache_bytes(meta, architecture),
        parameters=header.parameters,
        has_chat_template=bool(meta.get("tokenizer.chat_template")),
        control_tokens=_control_tokens(header, infill),
        infill_tokens=infill,
        licence=str(meta.get("general.license", "")),
    )


def _control_tokens(header: GgufHeader, infill: tuple[str, ...]) -> tuple[str, ...]:
    kinds = header.token_types[: len(header.tokens)]
    marked = [
        _text(token)
        for token, kind in zip_longest(header.tokens, kinds)
        if kind in _CONTROL or token in _ALWAYS_CONTROL
    ]
    return tuple(dict.fromkeys((*marked, *infill)))


def _infill_tokens(meta: Mapping[str, object], tokens: list[bytes]) -> tuple[str, ...]:
    """Return the prefix, suffix and middle token that the metadata names, nothing if not all."""
    found = []
    for keys in _INFILL_KEYS:
        ids = [meta.get(f"tokenizer.ggml.{key}") for key in keys]
        known = [i for i in ids if isinstance(i, int) and 0 <= i < len(tokens)]
        if not known:
            return ()
        found.append(_text(tokens[known[0]]))
    return tuple(found)


def _text(token: bytes) -> str:
    return token.decode("utf-8", errors="replace")


def _quantization(header: GgufHeader) -> str:
    """Return the type that most bytes are stored in."""
    most = max(header.type_bytes, key=lambda kind: header.type_bytes[kind])
    return TYPE_NAMES.get(most, f"type {most}")


def _cache_bytes(meta: Mapping[str, object], architecture: str) -> int:
    """Return the bytes of one token in an f16 key-value cache."""
    layers = _whole(meta.get(f"{architecture}.block_count"))
    width = _whole(meta.get(f"{architecture}.embedding_length"))
    heads = _whole(meta.get(f"{architecture}.attention.head_count"))
    kv_heads = _whole(meta.get(f"{architecture}.attention.head_count_kv")) or heads
    if not heads:
        return 0
    head_width = _whole(meta.get(f"{architecture}.attention.key_length")) or width // heads
    return 2 * 2 * layers * kv_heads * head_width


def _whole(value: object) -> int:
    return value if isinstance(value, int) and 0 <= value < 2**32 else 0
