"""Histories with torn, cut, zeroed and swapped pages: each opens, is rescued or is named, soon."""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from damage import damaged, use, whole_history

IN_CHILD_EACH = 10
"""Each tenth is rescued in a child process, as the program does it; starting one takes long."""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What became of all files; `worst_s` is the longest that one took."""

    counts: Counter[str]
    worst_s: float
    messages: int


def survive(files: int) -> Outcomes:
    """Damage, open and rescue files, by seeds from 0 on. Raises where one is not survived."""
    counts: Counter[str] = Counter()
    worst_s, messages = 0.0, 0
    with tempfile.TemporaryDirectory() as folder:
        whole = whole_history(Path(folder) / "whole.sqlite3")
        for seed in range(files):
            path = Path(folder) / str(seed) / "history.sqlite3"
            path.parent.mkdir()
            path.write_bytes(damaged(whole, seed))
            outcome = use(path, in_child=seed % IN_CHILD_EACH == 0)
            counts[outcome.words.partition(":")[0]] += 1
            worst_s = max(worst_s, outcome.seconds)
            messages += outcome.messages
    return Outcomes(counts, worst_s, messages)
