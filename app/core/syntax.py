"""What a parser says of a piece of code: whether it parses, and if not, where and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class SyntaxState(StrEnum):
    """How far a text is code in its language."""

    PARSES = "parses"
    ERROR = "error"
    UNFINISHED = "unfinished"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of text: from its first character to the one behind its last, counted from 1."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Syntax:
    """What was found. `line` and `column` (from 1, in characters) are those of the first error.

    `message` says in plain words what is wrong; for `UNKNOWN` why nothing was checked, if there
    is a reason. `ranges` are what an editor underlines, the first error first.
    """

    state: SyntaxState
    line: int = 0
    column: int = 0
    message: str = ""
    ranges: tuple[Span, ...] = ()

    @property
    def is_error(self) -> bool:
        """Tell whether there is something to mend."""
        return self.state is SyntaxState.ERROR


PARSES = Syntax(SyntaxState.PARSES)
UNKNOWN = Syntax(SyntaxState.UNKNOWN)
