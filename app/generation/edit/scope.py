"""Which lines an edit is about, and how the model's code takes their place. Pure."""

from __future__ import annotations

import re
from dataclasses import replace

from app.core.edits import Edit, EditKind
from app.text.names import begins_definition

_CLOSER = re.compile(r"[)\]}]|end\b")
_GOES_ON = re.compile(r"[)\]]|\{$|\} *(?:else|catch|finally)\b|(?:else|rescue|ensure)\b")


def scoped(edit: Edit) -> Edit:
    """Return the edit with whole lines selected.

    Where nothing was selected, a docstring is about the definition at the cursor, all else about
    that or, outside of any, about the whole text.
    """
    chosen = edit.selected
    lines = chosen.text.split("\n")
    first = chosen.text.count("\n", 0, chosen.start)
    last = chosen.text.count("\n", 0, max(chosen.end - (chosen.end > chosen.start), chosen.start))
    if chosen.start == chosen.end:
        first, last = _around(lines, first)
    while last > first and not lines[last].strip():
        last -= 1
    start = sum(len(line) + 1 for line in lines[:first])
    end = min(start + sum(len(line) + 1 for line in lines[first : last + 1]), len(chosen.text))
    return replace(edit, selected=replace(chosen, start=start, end=end))


def applied(edit: Edit, code: str) -> str:
    """Return the whole text with the model's code in the place of what was selected."""
    chosen = edit.selected
    return chosen.text[: chosen.start] + fitted(code, edit.code) + chosen.text[chosen.end :]


def fitted(code: str, original: str) -> str:
    """Return code indented as a whole like the original, and ending as that does."""
    have, wanted = _margin(code), _margin(original)
    lines = code.strip("\n").split("\n")
    if have != wanted:
        lines = [wanted + line.removeprefix(have) if line.strip() else "" for line in lines]
    ending = original[len(original.rstrip("\n")) :]
    return "\n".join(line.rstrip(" \t") for line in lines) + ending


def is_about_definition(edit: Edit) -> bool:
    """Tell whether the code begins with a definition, which a docstring can be written for."""
    return edit.kind is not EditKind.DOCSTRING or begins_definition(edit.code)


def _around(lines: list[str], at: int) -> tuple[int, int]:
    """Return the first and the last line of the definition around a line, else of the text."""
    inside = _depth(lines[at]) + bool(_CLOSER.match(lines[at].strip()))
    inside = inside if lines[at].strip() else 10**6
    for first in range(at, -1, -1):
        line = lines[first]
        is_head = begins_definition(line)
        if is_head and (first == at or _depth(line) < inside):
            last = _last_of(lines, first)
            if last < at:
                break  # the place is behind it, in no definition
            return _with_decorators(lines, first), last
        if line.strip() and (first == at or not _GOES_ON.match(line.strip())):
            inside = min(inside, _depth(line) + (first == at and bool(_CLOSER.match(line.strip()))))
    return 0, len(lines) - 1


def _with_decorators(lines: list[str], first: int) -> int:
    blank = lines[first][: _depth(lines[first])]
    while first and lines[first - 1].startswith(blank + "@"):
        first -= 1
    return first


def _last_of(lines: list[str], first: int) -> int:
    """Return the last line of the definition that begins at a line."""
    last = first
    for number in range(first + 1, len(lines)):
        line = lines[number].strip()
        if not line:
            continue
        if _depth(lines[number]) > _depth(lines[first]) or _GOES_ON.match(line):
            last = number
        else:
            return number if _CLOSER.match(line) else last
    return last


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def _margin(code: str) -> str:
    """Return the blanks that all lines begin with."""
    blanks = [line[: _depth(line)] for line in code.split("\n") if line.strip()]
    return min(blanks, key=len, default="")
