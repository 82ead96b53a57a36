"""What a user can want of code that is selected in an editor."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class EditKind(StrEnum):
    """What the model is to do with the code."""

    EDIT = "edit"
    EXPLAIN = "explain"
    TESTS = "tests"
    TYPES = "types"
    DOCSTRING = "docstring"
    TRANSLATE = "translate"
    REPAIR = "repair"


@dataclass(frozen=True, slots=True)
class Selected:
    """Code in an editor's tab, and what is selected of it: characters `start` to before `end`.

    Where nothing is selected, both are the cursor. `name` is the tab's or the file's.
    """

    key: int
    name: str
    language: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Edit:
    """A wish: `words` say what to change, what is wrong, or the language to translate to."""

    kind: EditKind
    selected: Selected
    words: str = ""

    @property
    def code(self) -> str:
        """Return the code that it is about."""
        return self.selected.text[self.selected.start : self.selected.end]
