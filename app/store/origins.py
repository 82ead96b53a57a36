"""Origins of answers as JSON: packed in the database, plain in exported files.

Nothing that is read is trusted: `from_plain` raises `ValueError`, `TypeError` or `KeyError`.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from app.core.context import Overflow
from app.core.errors import AppError
from app.core.messages import Message, Role
from app.core.origins import ModelMark, Origin
from app.core.paths import path_of_text, text_of_path
from app.core.sampling import DEFAULT_SAMPLING, Sampling
from app.store.plain import number_of, text_of, time_of, whole_of

LARGEST_BYTES = 100_000_000
"""How long the unpacked text of an origin may be: that of the longest chats and some more."""


def packed(origin: Origin) -> bytes:
    """Return an origin for the database; long prompts are mostly the chat's text again."""
    return pack(to_plain(origin))


def unpacked(data: bytes) -> Origin:
    """Return what `packed` was given."""
    return from_plain(unpack(data))


def pack(plain: dict[str, Any]) -> bytes:
    """Return a value of JSON as compressed bytes."""
    return zlib.compress(json.dumps(plain, ensure_ascii=False).encode("utf-8", "replace"))


def unpack(data: bytes) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Return what `pack` was given."""
    packer = zlib.decompressobj()
    text = packer.decompress(data, LARGEST_BYTES)
    if packer.unconsumed_tail:
        raise ValueError("too long")
    return json.loads(text)


def to_plain(origin: Origin) -> dict[str, Any]:
    """Return an origin as a value of JSON; sampling that is the default is left out."""
    sampling = {
        field.name: getattr(origin.sampling, field.name)
        for field in fields(Sampling)
        if getattr(origin.sampling, field.name) != getattr(DEFAULT_SAMPLING, field.name)
    }
    return {
        "model": asdict(origin.model) | {"path": text_of_path(origin.model.path)},
        "messages": [{"role": m.role, "text": m.text} for m in origin.messages],
        # A default may be another one some day: the usual ones are always written out.
        "sampling": {
            "temperature": origin.sampling.temperature,
            "top_k": origin.sampling.top_k,
            "top_p": origin.sampling.top_p,
            "min_p": origin.sampling.min_p,
            "repeat_penalty": origin.sampling.repeat_penalty,
            "repeat_last_n": origin.sampling.repeat_last_n,
        }
        | sampling,
        "language": origin.language,
        "context_tokens": origin.context_tokens,
        "asked_at": origin.asked_at,
        "overflow": origin.overflow,
        "output": origin.output,
        "schema": origin.schema,
    }


def from_plain(found: Any) -> Origin:  # noqa: ANN401 - whatever a file holds
    """Return the origin that a value of JSON describes."""
    model = found["model"]
    return Origin(
        ModelMark(
            text_of(model["name"]),
            Path(path_of_text(text_of(model["path"]))),
            whole_of(model["size_bytes"]),
            whole_of(model["modified_ns"]),
            text_of(model["sha256"]),
        ),
        tuple(Message(Role(m["role"]), text_of(m["text"])) for m in found["messages"]),
        _sampling(found["sampling"]),
        text_of(found["language"]),
        whole_of(found["context_tokens"]),
        time_of(found["asked_at"]),
        Overflow(found.get("overflow", Overflow.FAIL)),
        text_of(found.get("output", "")),
        text_of(found.get("schema", "")),
    )


def _sampling(found: dict[str, Any]) -> Sampling:
    values: dict[str, Any] = {}
    for key, value in found.items():
        default = getattr(DEFAULT_SAMPLING, key)
        if isinstance(default, float):
            values[key] = number_of(value)
        elif key == "logit_bias":
            values[key] = tuple((whole_of(token), number_of(bias)) for token, bias in value)
        elif isinstance(default, tuple):
            values[key] = tuple(text_of(one) for one in value)
        elif isinstance(default, bool):
            values[key] = value is True
        elif isinstance(default, int) or key in ("seed", "max_tokens"):
            values[key] = None if value is None else whole_of(value)
        else:
            values[key] = None if value is None else text_of(value)
    try:
        return Sampling(**values)
    except AppError as error:
        raise ValueError(error.message) from error
