"""Values that nobody vouches for, out of a file or a damaged row: checked by kind and range.

Each function returns the value or raises `ValueError`, which says in words what is wrong.
"""

from __future__ import annotations

import math
from datetime import datetime

from app.text.characters import half_character

LAST_SECOND = 1e11
"""The year 5138: a larger number of seconds since 1970 is one of milliseconds, or none."""
_UNITS = ((1e14, 1e3), (1e17, 1e6), (1e20, 1e9))
"""Up to which number a time is one of milli-, micro- and nanoseconds, and how many a second has."""
_LARGEST = 2**63 - 1


def text_of(found: object, what: str = "a text") -> str:
    """Return a text that can be stored."""
    if not isinstance(found, str):
        raise ValueError(f"{what} is not text")
    half = half_character(found)
    if half:
        raise ValueError(f"{what} contains half a character ({half})")
    return found


def number_of(found: object, what: str = "a number") -> float:
    """Return a finite number."""
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise ValueError(f"{what} is not a number")
    if isinstance(found, float) and not math.isfinite(found):
        raise ValueError(f"{what} is {found}")
    if abs(found) > _LARGEST:
        raise ValueError(f"{what} is out of range")
    return float(found)


def whole_of(found: object, what: str = "a number") -> int:
    """Return a whole number that SQLite can hold."""
    value = number_of(found, what)
    if value != int(value) or not isinstance(found, int | float):
        raise ValueError(f"{what} is not a whole number")
    return int(found)


def time_of(found: object, what: str = "a time") -> float:
    """Return a time as seconds since 1970.

    Milli-, micro- and nanoseconds, as other programs count, are told by their size; a text must
    be a date of ISO 8601.
    """
    if isinstance(found, str):
        try:
            return time_of(datetime.fromisoformat(found).timestamp(), what)
        except (ValueError, OverflowError, OSError) as error:
            raise ValueError(f"{what} is not a date") from error
    value = number_of(found, what)
    if 0 <= value < LAST_SECOND:
        return value
    for most, parts in _UNITS:
        if LAST_SECOND <= value < most:
            return value / parts
    raise ValueError(f"{what} is out of range")
