"""Lines too long to be laid out, or too many: their beginning is shown, the whole is kept beside.

Qt lays a line out as a whole at each change: one of 2 MB holds the window up for 2 s.
"""

from __future__ import annotations

from collections.abc import Callable

LONGEST_LINE = 20_000
MOST_LINES = 100_000  # each takes some 450 bytes in Qt, however short it is
_MARK = " … (the rest of this line is too long to show; copying and saving include it)"
_MORE = "… (the rest is too long to show; copying and saving take all of it)"


class LongLines:
    """Cuts what is added to a text; `whole` is all of it, None while nothing was cut."""

    def __init__(self) -> None:
        self._length = 0
        self._lines = 0
        self._is_full = False
        self._parts: list[str] | None = None

    @property
    def whole(self) -> str | None:
        """Return the whole text where a part of it is not shown."""
        return "".join(self._parts) if self._parts is not None else None

    @property
    def is_cut(self) -> bool:
        """Tell whether a part of the text is not shown."""
        return self._parts is not None

    def start(self) -> None:
        """Begin an empty text."""
        self._length, self._lines, self._parts, self._is_full = 0, 0, None, False

    def add(self, text: str, shown: Callable[[], str]) -> str:
        """Return what to show of more text; `shown` is all of it so far."""
        if self._is_full:
            self._note(text)
            return ""
        count = text.count("\n")
        if self._lines + count <= MOST_LINES:
            self._lines += count
            return self._add(text, shown)
        lines = text.split("\n", MOST_LINES - self._lines)
        rest = lines.pop()
        head = "\n".join([*lines, ""]) if lines else ""
        before = shown() if self._parts is None else ""
        fitting = self._add(head, shown)
        self._parts = self._parts if self._parts is not None else [before, head]
        self._parts.append(rest)
        self._is_full = True
        return fitting + _MORE

    def _add(self, text: str, shown: Callable[[], str]) -> str:
        if self._length + len(text) <= LONGEST_LINE:  # the usual case: no line can be too long
            self._note(text)
            return text
        lines = text.split("\n")
        cut = [self._fitting(line, is_first=number == 0) for number, line in enumerate(lines)]
        if self._parts is None and cut != lines:
            self._parts = [shown()]
        if self._parts is not None:
            self._parts.append(text)
        return "\n".join(cut)

    def _fitting(self, line: str, *, is_first: bool) -> str:
        before = self._length if is_first else 0
        self._length = before + len(line)
        if self._length <= LONGEST_LINE:
            return line
        if before > LONGEST_LINE:
            return ""  # the mark stands already
        return line[: LONGEST_LINE - before] + _MARK

    def _note(self, text: str) -> None:
        if self._parts is not None:
            self._parts.append(text)
        newline = text.rfind("\n")
        self._length = len(text) - newline - 1 if newline >= 0 else self._length + len(text)
