"""The error for a JSON schema that cannot be held, in one place for all modules that read it."""

from __future__ import annotations

from app.core.errors import GrammarError

_KNOWN = (
    "Supported: type, properties, required, additionalProperties, items, prefixItems, enum, const, "
    "allOf, anyOf, oneOf, $ref inside the schema, common formats, and bounds of lengths, counts "
    "and numbers."
)


def refused(reason: str, *, hint: str = _KNOWN) -> GrammarError:
    """Return the error for a schema; `reason` names the part and what is wrong with it."""
    return GrammarError(f"The JSON schema cannot be used: {reason}.", hint=hint)
