"""How a file indents its lines, and written lines brought to it.

A small model often writes four spaces in a file of tabs, or in one that indents by two.
"""

from __future__ import annotations

from app.text.indentation import UNITS, blank_of, unit_of

_SPACES_A_TAB = 4
_OPENERS = (":", "{")  # what follows a bracket or an operator may be aligned instead


class Indentation:
    """Gives the lines that a model writes the indentation of the file they are written in.

    `line` is the cursor's line before the cursor. A model's own unit is learned from the first
    line that goes deeper than a line which opens a block.
    """

    def __init__(self, text: str, line: str) -> None:
        self._base = blank_of(line)
        self._unit = unit_of(text)
        if self._base and self._base[0] != self._unit[:1]:  # the place counts before the file
            self._unit = "\t" if self._base[0] == "\t" else ""
        self._model_unit = 0
        self._before = line

    def fitted(self, blank: str) -> str:
        """Return the blanks for a line that was written with `blank` before it."""
        if not self._unit:
            return blank
        if self._unit == "\t":
            return _tabs(blank)
        return self._scaled(blank.replace("\t", self._unit))

    def written(self, line: str) -> None:
        """Take note of a line that is whole, as it stands in the file."""
        if line.strip():
            self._before = line

    def _scaled(self, blank: str) -> str:
        unit, deeper = len(self._unit), len(blank) - len(self._base)
        if not self._model_unit and self._before.rstrip().endswith(_OPENERS):
            before = len(blank_of(self._before))
            is_aligned = (before - len(self._base)) % unit  # to a bracket above
            if len(blank) - before in UNITS and not is_aligned:
                self._model_unit = len(blank) - before
        if deeper <= 0 or self._model_unit in (0, unit) or deeper % self._model_unit:
            return blank
        return self._base + self._unit * (deeper // self._model_unit)


def _tabs(blank: str) -> str:
    if not blank.startswith(" "):
        return blank  # tabs, and spaces behind them that align something
    tabs, aligned = divmod(len(blank.expandtabs(_SPACES_A_TAB)), _SPACES_A_TAB)
    return "\t" * tabs + " " * aligned
