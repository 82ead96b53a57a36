"""Places to fill in a text, between « and »: which one is next. Pure."""

from __future__ import annotations

import re

_PLACE = re.compile("«[^»\n]*»")
_MOST_CHARACTERS = 20_000
"""Longer drafts are pasted texts, not templates, and are not searched at each letter."""

Place = tuple[int, int]


def places(text: str) -> list[Place]:
    """Return where places to fill begin and end."""
    if len(text) > _MOST_CHARACTERS:
        return []
    return [found.span() for found in _PLACE.finditer(text)]


def next_place(text: str, start: int, end: int, *, is_back: bool = False) -> Place | None:
    """Return the place after (or before) a selection, from the other end where there is none."""
    found = places(text)
    if not found:
        return None
    if is_back:
        return next((place for place in reversed(found) if place[1] <= start), found[-1])
    return next((place for place in found if place[0] >= end), found[0])
