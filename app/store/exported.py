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

    `name` is the file's, `things` are what it should hold.
    """
    try:
        found: Any = json.loads(text)
        if found["starwright"] > FORMAT:
            raise StoreError(
                f"{name} was exported by a newer Starwright.", hint="Import it with that version."
            )
        return read(found)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise StoreError(
            f"{name} holds no {things} that Starwright exported.", hint=hint
        ) from error
