"""How the parts of one model are called: `name-00001-of-00003.gguf` and so on.

llama.cpp finds the other parts by the name of the first (`llama_split_path`, gguf-split).
"""

from __future__ import annotations

import re
from pathlib import Path

_PART = re.compile(r"(?P<name>.+)-(?P<number>\d{5})-of-(?P<count>\d{5})\.gguf")


def split_name(path: Path) -> tuple[str, int, int] | None:
    """Return the model's name, the part's number from 1 on, and how many there are.

    None where the file is not called as a part.
    """
    found = _PART.fullmatch(path.name)
    if found is None:
        return None
    number, count = int(found["number"]), int(found["count"])
    return (found["name"], number, count) if 1 <= number <= count else None


def name_of(path: Path) -> str:
    """Return how a model is called by its file: without the number of the part."""
    named = split_name(path)
    return named[0] if named else path.stem


def part_path(path: Path, number: int) -> Path:
    """Return the path of another part of the same model; `path` is called as a part."""
    named = split_name(path)
    assert named is not None
    return path.with_name(f"{named[0]}-{number:05}-of-{named[2]:05}.gguf")


def files_of(path: Path) -> tuple[Path, ...]:
    """Return all files of the model that `path` opens, also those that are missing.

    A file that is called as a first part and has no other beside it is a whole model.
    """
    named = split_name(path)
    if named is None or named[1] != 1:
        return (path,)
    others = [part_path(path, number) for number in range(2, named[2] + 1)]
    return (path, *others) if any(part.exists() for part in others) else (path,)


def size_of(path: Path) -> int:
    """Return the bytes of all files of a model. Raises `OSError`."""
    return sum(one.stat().st_size for one in files_of(path))
