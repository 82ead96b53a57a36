"""CloudFormation templates: their sections by a table of our own, resources by AWS's schemas.

A function such as `!Ref` may stand for any value, and CloudFormation itself makes numbers and
truth values of texts; so the schemas are held against a value only where it is a plain one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from jsonschema import Draft7Validator
from jsonschema.protocols import Validator
from jsonschema.validators import extend

from app.core.paths import resources_path
from app.generation.syntax.schema_words import (
    Fault,
    Path,
    faults_of,
    missing_key,
    path_words,
    unknown_key,
)
from app.generation.syntax.yaml_trees import Call, Json

_SECTIONS = (
    "AWSTemplateFormatVersion", "Description", "Metadata", "Parameters", "Rules", "Mappings",
    "Conditions", "Transform", "Hooks", "Globals", "Resources", "Outputs",
)  # fmt: skip
_RESOURCE = (
    "Type", "Properties", "DependsOn", "Condition", "DeletionPolicy", "UpdateReplacePolicy",
    "UpdatePolicy", "CreationPolicy", "Metadata", "Connectors",
)  # fmt: skip
_PARAMETER = (
    "Type", "Default", "AllowedValues", "AllowedPattern", "ConstraintDescription", "Description",
    "MinLength", "MaxLength", "MinValue", "MaxValue", "NoEcho",
)  # fmt: skip
_OUTPUT = ("Value", "Description", "Export", "Condition")
_POLICIES = ("Delete", "Retain", "Snapshot", "RetainExceptOnCreate")
_ENTRIES = {
    "Resources": (_RESOURCE, "Type"),
    "Parameters": (_PARAMETER, "Type"),
    "Outputs": (_OUTPUT, "Value"),
}


def is_template(data: dict[str, Json]) -> bool:
    """Tell whether a document is a CloudFormation template."""
    if "AWSTemplateFormatVersion" in data:
        return True
    resources = data.get("Resources")
    return isinstance(resources, dict) and any(
        isinstance(one, dict) and str(one.get("Type", "")).startswith("AWS::")
        for one in resources.values()
    )


def check_template(data: dict[str, Json]) -> Iterator[Fault]:
    """Yield what is wrong with a template."""
    for key in data:
        if key not in _SECTIONS:
            yield unknown_key((), key, _SECTIONS)
    if "Resources" not in data:
        yield missing_key((), "Resources")
    for section, (known, needed) in _ENTRIES.items():
        entries = data.get(section, {})
        if not isinstance(entries, dict):
            yield Fault((section,), f"{section} should be a mapping of names")
            continue
        for name, entry in entries.items():
            yield from _entry((section, name), entry, known, needed)
    resources = data.get("Resources")
    if isinstance(resources, dict):
        for name, one in resources.items():
            if isinstance(one, dict):
                yield from _resource(("Resources", name), one)


def _entry(path: Path, entry: Json, known: tuple[str, ...], needed: str) -> Iterator[Fault]:
    if isinstance(entry, Call):  # such as Fn::ForEach
        return
    if not isinstance(entry, dict):
        if not str(path[-1]).startswith("Fn::"):
            yield Fault(path, f"{path_words(path)} should be a mapping with “{needed}”")
        return
    for key in entry:
        if key not in known:
            yield unknown_key(path, key, known)
    if needed not in entry:
        yield missing_key(path, needed)


def _resource(path: Path, one: dict[str, Json]) -> Iterator[Fault]:
    for key in ("DeletionPolicy", "UpdateReplacePolicy"):
        policy = one.get(key)
        if isinstance(policy, str) and policy not in _POLICIES:
            where = (*path, key)
            yield Fault(where, f"{path_words(where)} should be one of {', '.join(_POLICIES)}")
    schema = _schemas().get(str(one.get("Type")))
    properties = one.get("Properties", {})
    if schema is None or isinstance(properties, Call):
        return
    below = (*path, "Properties")
    for fault in faults_of(_validator_class()(schema), properties):
        where = (*below, *fault.path)
        words = fault.words.removeprefix("The document ")
        if fault.words.endswith("is missing") and "Properties" not in one:
            where = path
        yield Fault(where, f"{path_words(path)}: {words}")


@cache
def _validator_class() -> type[Validator]:
    checks = {name: _unless_call(check) for name, check in Draft7Validator.VALIDATORS.items()}
    types = Draft7Validator.TYPE_CHECKER.redefine_many(
        {
            "string": lambda _, value: isinstance(value, str | int | float),
            "integer": lambda _, value: _is_number(value, int),
            "number": lambda _, value: _is_number(value, float),
            "boolean": lambda _, value: str(value).lower() in ("true", "false"),
        }
    )
    made: type[Validator] = extend(Draft7Validator, checks, type_checker=types)  # type: ignore[no-untyped-call]
    return made


def _unless_call(check: Callable[..., Any]) -> Callable[..., Iterator[Any]]:
    def checked(validator: Validator, value: Json, instance: Json, schema: Json) -> Iterator[Any]:
        if isinstance(instance, Call):
            return
        other = _OF_NUMBERS if isinstance(instance, str) else _OF_TEXTS
        if not isinstance(instance, list | dict) and check.__name__ in other:
            return  # a number that is written as a text, or the other way round
        yield from check(validator, value, instance, schema) or ()

    return checked


_OF_TEXTS = ("minLength", "maxLength", "pattern", "enum")
_OF_NUMBERS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")


def _is_number(value: object, kind: type[int] | type[float]) -> bool:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return False
    try:
        kind(value)
    except ValueError:
        return False
    return True


@cache
def _schemas() -> dict[str, Json]:
    path = resources_path() / "schemas" / "cloudformation.json"
    schemas: dict[str, Json] = json.loads(path.read_text(encoding="utf-8"))
    return schemas
