"""JSON that this program exported and reads back. Nothing in it is trusted."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

from app.core.errors import StoreError

FORMAT = 1
"""Stands in each file under "starwright"; a file of a later one is refused."""

Read = TypeVar("Read")


def read_exported(
    text: str, read: Callable[[Any], Read], *, name: str, things: str, hint: str
) -> Read:
    """Return what `read` makes of the parsed text; whatever it stumbles over is a `StoreError`.

    `name` is the file's, `things` are what it should hold. What a `ValueError` of `read` says is
    part of the message.
    """
    try:
        found: Any = json.loads(text)
        version = found["starwright"]
        if isinstance(version, bool) or not isinstance(version, int):
            raise TypeError("no version")
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise StoreError(f"{name} has no {things} that Starwright exported.", hint=hint) from error
    if version > FORMAT:
        raise StoreError(
            f"{name} was exported by a newer Starwright.", hint="Import it with that version."
        )
    try:
        return read(found)
    except ValueError as error:
        raise StoreError(
            f"{name} has no {things} that can be imported: {error}.", hint="Nothing was imported."
        ) from error
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        missing = f": {error} is missing" if isinstance(error, KeyError) else ""
        raise StoreError(
            f"{name} has no {things} that Starwright exported{missing}.", hint=hint
        ) from error
