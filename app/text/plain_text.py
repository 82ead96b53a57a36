"""Text is text: what only binary files hold is said before a model reads it."""

from __future__ import annotations

from app.core.errors import RequestError


def refuse_nul(name: str, text: str) -> None:
    """Raise `RequestError` for a text with a NUL character; `name` says which text it is."""
    at = text.find("\0")
    if at >= 0:
        line = text.count("\n", 0, at) + 1
        raise RequestError(
            f"{name} has a NUL character in line {line}.",
            hint="Only binary files contain those: use a text file, or remove the character.",
        )
