"""What a schema finds, in plain words: which part of the document, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import cast

from jsonschema import ValidationError
from jsonschema.protocols import Validator

from app.generation.syntax.yaml_trees import Json

Path = tuple[str | int, ...]

_TYPES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
    "null": "empty",
}
_MOST_CHOICES = 8
_LONGEST_VALUE = 40


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong at a path of a document."""

    path: Path
    words: str


def faults_of(validator: Validator, data: Json) -> Iterator[Fault]:
    """Yield what a schema finds wrong."""
    for error in validator.iter_errors(data):
        yield from _faults(_meant(error))


def path_words(path: Sequence[str | int]) -> str:
    """Return a path as people write it: `spec.containers[0].image`."""
    words = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return words.lstrip(".")


def unknown_key(path: Path, key: str, known: Iterable[str]) -> Fault:
    """Return the fault of a key that has no meaning where it stands."""
    close = get_close_matches(key, list(known), n=1, cutoff=0.7)
    hint = f"; did you mean “{close[0]}”?" if close else ""
    return Fault((*path, key), f"{path_words((*path, key))} is not known here{hint}")


def missing_key(path: Path, key: str) -> Fault:
    """Return the fault of a key that must be there."""
    where = f" in {path_words(path)}" if path else ""
    return Fault(path, f"“{key}” is missing{where}")


def _meant(error: ValidationError) -> ValidationError:
    """Return the error that tells most: of several forms, that of the one that was meant."""
    while error.context:
        forms: dict[int, list[ValidationError]] = {}
        for one in error.context:
            forms.setdefault(int(one.schema_path[0]), []).append(one)
        fitting = [
            errors
            for errors in forms.values()
            if not any(one.validator in ("type", "const") and not one.path for one in errors)
        ]
        if not fitting:
            return error
        best = min(fitting, key=lambda errors: (min(_weight(one) for one in errors), len(errors)))
        error = min(best, key=_weight)
    return error


def _weight(error: ValidationError) -> tuple[int, int]:
    ranks = {"additionalProperties": 0, "required": 2}  # a misspelt key tells most
    return (-len(error.path), ranks.get(str(error.validator), 1))


def _faults(error: ValidationError) -> Iterator[Fault]:
    path: Path = tuple(error.absolute_path)
    value, instance = cast("Json", error.validator_value), cast("Json", error.instance)
    match error.validator:
        case "additionalProperties" | "unevaluatedProperties":
            schema = cast("Json", error.schema)
            known = schema.get("properties", {})
            patterns = schema.get("patternProperties", {})
            for key in instance:
                if key not in known and not any(re.search(one, key) for one in patterns):
                    yield unknown_key(path, key, known)
        case "required":
            for key in value:
                if key not in instance:
                    yield missing_key(path, key)
                    return
        case _:
            yield Fault(path, f"{path_words(path) or 'The document'} {_should(error)}")


def _should(error: ValidationError) -> str:
    value: Json = error.validator_value
    match error.validator:
        case "type":
            types = [value] if isinstance(value, str) else value
            wanted = [_TYPES.get(one, one) for one in types if one != "null"]
            return f"should be {' or '.join(wanted)}, not {_is(error.instance)}"
        case "enum":
            choices = [str(one) for one in value if one is not None]
            shown = ", ".join(choices[:_MOST_CHOICES])
            more = " or another" if len(choices) > _MOST_CHOICES else ""
            return f"should be one of {shown}{more}, not {_short(error.instance)}"
        case "const":
            return f"should be {value}, not {_short(error.instance)}"
        case "anyOf" | "oneOf":
            types = {t for one in error.context or () for t in _types(one)}
            wanted = [words for name, words in _TYPES.items() if name in types and name != "null"]
            if wanted:
                return f"should be {' or '.join(wanted)}, not {_is(error.instance)}"
            return "matches none of the forms allowed here"
        case "pattern":
            return f"does not have the expected form: {_short(error.instance)}"
        case "minItems" | "minProperties" | "minLength":
            return f"should have {value} or more entries" if value != 1 else "should not be empty"
        case "minimum" | "exclusiveMinimum":
            return f"should be at least {value}, not {_short(error.instance)}"
        case "maximum" | "exclusiveMaximum":
            return f"should be at most {value}, not {_short(error.instance)}"
        case "uniqueItems":
            return "should not have the same entry twice"
        case _:
            return "is not valid here"


def _types(error: ValidationError) -> list[str]:
    if error.validator != "type":
        return []
    value: Json = error.validator_value
    return [value] if isinstance(value, str) else list(value)


def _is(value: object) -> str:
    if value is None:
        return "empty"
    kinds = ((bool, "boolean"), (int, "integer"), (float, "number"), (str, "string"))
    name = next((name for kind, name in kinds if isinstance(value, kind)), "")
    return _TYPES.get(name) or ("a list" if isinstance(value, list) else "a mapping")


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= _LONGEST_VALUE else text[:_LONGEST_VALUE] + "…"
