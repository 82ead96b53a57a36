"""A place in a text where something is to be written."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A cursor in an editor: the text before and after it, and what of the file they leave out.

    Line ends are line feeds. `lines_before` and `lines_after` count the lines of a long file that
    are too far away to be in `before` and `after`. `name` is the file's or the tab's.
    """

    before: str
    after: str
    name: str = ""
    lines_before: int = 0
    lines_after: int = 0

    def moved(self, typed: str) -> Place:
        """Return the place after so much was written at it."""
        return Place(
            self.before + typed, self.after, self.name, self.lines_before, self.lines_after
        )
