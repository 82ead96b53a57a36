"""What is held out from training: phrasings, names and holes, chosen by a hash of their text.

A hash and not a generator, so that adding a task never moves another one's split.
"""

from __future__ import annotations

import hashlib

from demo_model.bank import Task

HELD_OUT_PHRASINGS = 2
HELD_OUT_HOLES = 0.15


def _rank(*words: object) -> float:
    digest = hashlib.sha256("\x1f".join(map(str, words)).encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def held_out_phrasings(task: Task) -> tuple[str, ...]:
    """Return the phrasings that training never sees."""
    ranked = sorted(task.phrasings, key=lambda text: _rank("phrasing", task.id, text))
    return tuple(ranked[:HELD_OUT_PHRASINGS])


def training_phrasings(task: Task) -> tuple[str, ...]:
    """Return the phrasings that training uses."""
    held_out = held_out_phrasings(task)
    return tuple(text for text in task.phrasings if text not in held_out)


def held_out_name(task: Task, names: tuple[str, ...]) -> str:
    """Return the alternative of an identifier that training never uses in this task."""
    return min(names[1:], key=lambda name: _rank("name", task.id, names[0], name))


def training_names(task: Task, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names that training uses for an identifier, the code's own first."""
    held_out = held_out_name(task, names)
    return tuple(name for name in names if name != held_out)


def is_held_out_hole(task: Task, label: str, first_line: int, last_line: int) -> bool:
    """Tell whether training never digs this hole (lines counted from 0, last one included)."""
    return _rank("hole", task.id, label, first_line, last_line) < HELD_OUT_HOLES
