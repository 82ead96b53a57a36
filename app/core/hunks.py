"""A difference between two versions of a text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hunk:
    """Lines that differ; they carry their line ends. Line numbers count from 0."""

    old_start: int
    old_lines: tuple[str, ...]
    new_start: int
    new_lines: tuple[str, ...]

    @property
    def old_end(self) -> int:
        """Return the number of the first line after it in the old text."""
        return self.old_start + len(self.old_lines)

    @property
    def new_end(self) -> int:
        """Return the number of the first line after it in the new text."""
        return self.new_start + len(self.new_lines)


def lines_of(text: str) -> list[str]:
    """Split at line feeds only, which stay on their lines."""
    lines = text.split("\n")
    return [line + "\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
