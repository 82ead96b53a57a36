"""A model in several GGUF files: the first part opens it, and all of them must be there.

Its first part knows everything of the vocabulary and may hold no weights (`gguf-split
--no-tensor-first-split`). Keys: llama.cpp `LLM_KV_SPLIT_NO`, from 0 on, and `..._COUNT`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

from app.core.errors import ModelFileError
from app.core.split_files import name_of, part_path, split_name
from app.library.gguf import MAGIC, GgufHeader, read_gguf
from app.library.opening import opened

_MOST_PARTS = 256
_NUMBER, _COUNT, _TENSORS = "split.no", "split.count", "split.tensors.count"


def whole_model(path: Path, header: GgufHeader, size_bytes: int) -> tuple[GgufHeader, int]:
    """Return what all parts of a model hold together, and their bytes; `path` is the first.

    A model in one file is returned as it is. Raises `ModelFileError` naming what is wrong.
    """
    count = _number(header, _COUNT)
    if count > 1:
        _check_first(path, header, count)
        header, size_bytes = _joined(path, header, size_bytes)
    if not header.tensors:
        raise ModelFileError(
            f"{path.name} holds no weights, only a vocabulary.",
            hint="Choose a complete model file.",
        )
    return header, size_bytes


def _check_first(path: Path, header: GgufHeader, count: int) -> None:
    if count > _MOST_PARTS:
        raise _damaged(path, f"it claims to have {count:,} parts")
    named = split_name(path)
    number = _number(header, _NUMBER) + 1
    if number != 1:
        raise ModelFileError(
            f"{path.name} is part {number} of {count} of a model.", hint=_first_part(path)
        )
    if named is None or named[1:] != (1, count):
        name = named[0] if named else path.stem
        raise ModelFileError(
            f"{path.name} is the first of {count} parts of a model, but is not named as one.",
            hint=f"Name it {name}-00001-of-{count:05}.gguf, and the other parts likewise.",
        )


def _first_part(path: Path) -> str:
    if split_name(path) is None:
        return "Open its first part: its name ends in -00001-of- and their number."
    first = part_path(path, 1)
    if first.exists():
        return f"Open {first.name}, which is in the same folder."
    return f"Put {first.name} in the same folder and open that."


def _joined(path: Path, header: GgufHeader, size_bytes: int) -> tuple[GgufHeader, int]:
    count = _number(header, _COUNT)
    parts = [part_path(path, number) for number in range(2, count + 1)]
    missing = [part.name for part in parts if not part.exists()]
    if missing:
        more = f" (and {len(missing) - 1} more)" if len(missing) > 1 else ""
        raise ModelFileError(
            f"{name_of(path)} is in {count} parts, and {missing[0]}{more} is missing.",
            hint="Put all parts in one folder.",
        )
    type_bytes = Counter(header.type_bytes)
    for number, part in enumerate(parts, 2):
        found, part_bytes = _read_part(part, number, count)
        type_bytes.update(found.type_bytes)
        size_bytes += part_bytes
        header = replace(
            header,
            tensors=header.tensors + found.tensors,
            parameters=header.parameters + found.parameters,
        )
    told = _number(header, _TENSORS)
    if told and told != header.tensors:
        raise _damaged(path, f"its parts have {header.tensors:,} of {told:,} tensors")
    return replace(header, type_bytes=dict(type_bytes)), size_bytes


def _read_part(part: Path, number: int, count: int) -> tuple[GgufHeader, int]:
    with opened(part) as (file, size_bytes):
        if file.read(4) != MAGIC:
            raise ModelFileError(
                f"{part.name} is not a GGUF file.", hint="Download or copy it again."
            )
        file.seek(0)
        header = read_gguf(part, file, size_bytes)
    if (_number(header, _NUMBER) + 1, _number(header, _COUNT)) != (number, count):
        raise ModelFileError(
            f"{part.name} is not part {number} of {count} of this model.",
            hint="Download or copy it again.",
        )
    return header, size_bytes


def _number(header: GgufHeader, key: str) -> int:
    value = header.metadata.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _damaged(path: Path, detail: str) -> ModelFileError:
    return ModelFileError(f"{path.name} is damaged: {detail}.", hint="Download or copy it again.")
