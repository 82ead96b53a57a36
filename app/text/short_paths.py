"""Files told apart by as little of their paths as will do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import PurePath


def short_paths(paths: Sequence[PurePath]) -> list[str]:
    """Return each path's name, with as many folders before it as it takes to be the only one.

    Equal paths stay equal. Written with slashes on every system.
    """
    depths = [1] * len(paths)
    while True:
        names = [_ending(path, depth) for path, depth in zip(paths, depths, strict=True)]
        count = Counter(names)
        deeper = [
            depth + 1 if count[name] > 1 and depth < len(path.parts) else depth
            for path, depth, name in zip(paths, depths, names, strict=True)
        ]
        if deeper == depths:
            return names
        depths = deeper


def _ending(path: PurePath, depth: int) -> str:
    if depth >= len(path.parts):
        return path.as_posix()
    return "/".join(path.parts[-depth:])
