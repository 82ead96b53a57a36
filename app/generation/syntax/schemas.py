"""Kubernetes, Compose, GitHub Actions and CloudFormation files, checked against their schemas.

What a document is, its content says. The schemas are in the resources; see their README for whose
they are. A kind that is not among them, such as one of a custom resource, is not judged.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache

import yaml
from jsonschema import Draft7Validator, Draft202012Validator

from app.core.paths import resources_path
from app.core.syntax import PARSES, Span, Syntax, SyntaxState
from app.generation.syntax.cloudformation import check_template, is_template
from app.generation.syntax.places import error_on_line
from app.generation.syntax.schema_words import Fault, faults_of
from app.generation.syntax.yaml_trees import Document, Json, TooLargeError, read_documents

LONGEST_CHARACTERS = 300_000
_MOST_FAULTS = 20
_OWN_GROUPS = ("", "apps", "batch", "autoscaling", "policy", "extensions")


def check_schemas(text: str) -> Syntax:
    """Return the first fault of a text that is YAML or JSON; `PARSES` where none is known."""
    if len(text) > LONGEST_CHARACTERS:
        return PARSES
    try:
        for document in read_documents(text):
            found = _finding(document)
            if found.is_error:
                return found
    except yaml.composer.ComposerError as error:  # an alias of nothing
        mark = error.problem_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        return error_on_line(line, column, (error.problem or "not YAML").capitalize())
    except (yaml.YAMLError, TooLargeError, RecursionError):
        return PARSES
    return PARSES


def _finding(document: Document) -> Syntax:
    spans = []
    messages = []
    for path, line, column in document.repeated:
        messages.append(f"“{path[-1]}” appears twice")
        spans.append(Span(line + 1, column + 1, line + 1, column + 1 + len(str(path[-1]))))
    for _, fault in zip(range(_MOST_FAULTS), _faults(document.data), strict=False):
        line, column = document.place(fault.path)
        length = len(str(fault.path[-1])) if fault.path else 1
        messages.append(fault.words)
        spans.append(Span(line + 1, column + 1, line + 1, column + 1 + length))
    if not spans:
        return PARSES
    found = sorted(zip(spans, messages, strict=True), key=_order)
    first, message = found[0]
    ranges = tuple(span for span, _ in found)
    return Syntax(SyntaxState.ERROR, first.line, first.column, message, ranges)


def _order(found: tuple[Span, str]) -> tuple[int, int, bool]:
    """First things first; at one place a misspelt key explains a missing one."""
    span, message = found
    return span.line, span.column, "did you mean" not in message


def _faults(data: Json) -> Iterator[Fault]:
    if not isinstance(data, dict):
        return
    if isinstance(data.get("apiVersion"), str) and isinstance(data.get("kind"), str):
        yield from _kubernetes(data)
    elif is_template(data):
        yield from check_template(data)
    elif _is_workflow(data):
        yield from faults_of(Draft7Validator(_schema("github-workflow")), data)
    elif _is_compose(data):
        yield from faults_of(Draft202012Validator(_schema("compose")), data)


def _kubernetes(data: dict[str, Json]) -> Iterator[Fault]:
    schema = _schema("kubernetes")
    kind, version = data["kind"], data["apiVersion"]
    if kind == "List" and isinstance(data.get("items"), list):
        for number, item in enumerate(data["items"]):
            for fault in _faults(item):
                yield Fault(("items", number, *fault.path), f"items[{number}]: {fault.words}")
        return
    part = schema["kinds"].get(f"{version} {kind}")
    if part is not None:
        validator = Draft202012Validator({"$defs": schema["$defs"], "$ref": f"#/$defs/{part}"})
        yield from faults_of(validator, data)
        return
    known = [name.split()[0] for name in schema["kinds"] if name.split()[1] == kind]
    group = version.rpartition("/")[0]
    if known and (group in _OWN_GROUPS or group.endswith(".k8s.io")):
        yield Fault(("apiVersion",), f"{kind} is not in {version}, but in {' and '.join(known)}")


def _is_workflow(data: dict[str, Json]) -> bool:
    jobs = data.get("jobs")
    if not isinstance(jobs, dict):
        return False
    return "on" in data or any(
        isinstance(job, dict) and ("runs-on" in job or "uses" in job) for job in jobs.values()
    )


def _is_compose(data: dict[str, Json]) -> bool:
    services = data.get("services")
    return isinstance(services, dict) and any(
        isinstance(one, dict) and ("image" in one or "build" in one) for one in services.values()
    )


@cache
def _schema(name: str) -> Json:
    path = resources_path() / "schemas" / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8"))
