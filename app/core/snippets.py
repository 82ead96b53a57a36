"""Kept pieces of text, the answers they are of, and what came of running one again."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.origins import Origin


@dataclass(frozen=True, slots=True)
class Snippet:
    """A kept piece of text. `language` is the word after its fence; times in seconds."""

    id: int
    name: str
    text: str
    language: str = ""
    tags: tuple[str, ...] = ()
    model: str = ""
    created_at: float = 0.0
    updated_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Written:
    """The answer that a snippet is of, and how it was made.

    One that is not `is_whole` was stopped, or still being written when the snippet was kept.
    """

    origin: Origin
    answer: str
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class RanAgain:
    """How running a snippet's prompt again went: what was said then, and what now.

    `holds_snippet` tells whether the snippet's own text stands in the answer, which it does
    not where the user edited it.
    """

    then: str
    now: str
    is_same: bool
    holds_snippet: bool
    note: str = ""
