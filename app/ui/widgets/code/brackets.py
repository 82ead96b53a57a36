"""Finds the bracket that belongs to another one."""

from __future__ import annotations

_PAIRS = {"(": ")", "[": "]", "{": "}"}
_OPENING = {closing: opening for opening, closing in _PAIRS.items()}
FARTHEST = 10_000
"""Characters looked at on each side, which takes about a millisecond."""


def partner(text: str, position: int) -> int | None:
    """Return where the partner of the bracket at `position` stands, None where there is none.

    Strings and comments are not told from code.
    """
    bracket = text[position : position + 1]
    if bracket and bracket in _PAIRS:
        places = range(position, min(len(text), position + FARTHEST))
        other = _PAIRS[bracket]
    elif bracket in _OPENING:
        places = range(position, max(-1, position - FARTHEST), -1)
        other = _OPENING[bracket]
    else:
        return None
    depth = 0
    for place in places:
        if text[place] == bracket:
            depth += 1
        elif text[place] == other:
            depth -= 1
            if depth == 0:
                return place
    return None
