"""JSON, TOML and YAML, checked with the parsers that programs read them with."""

from __future__ import annotations

import json
import re
import tomllib

import yaml

from app.core.syntax import PARSES, Syntax, SyntaxState
from app.generation.syntax.places import error_at, error_on_line, unfinished

_BEGUN_BEFORE = ("could not find expected ':'", "found unexpected end of stream")
_PLAIN = {
    "could not find expected ':'": "“:” is missing after this key",
    "found unexpected end of stream": "This string is never closed",
    "mapping values are not allowed in this context": (
        "“:” is not expected here: check the indentation, or quote the text"
    ),
    "found character that cannot start any token": (
        "Quote this character; indent with spaces, not tabs"
    ),
    "did not find expected key": "This line is not indented like the rest of its block",
    "did not find expected '-' indicator": "“-” is missing, or the list ends before this line",
    "Expecting ',' delimiter": "“,” is missing before this",
    "Expecting ':' delimiter": "“:” is missing before this",
    "Expecting value": "A value is missing here",
    "Expecting property name enclosed in double quotes": "A name in double quotes is missing here",
    "Extra data": "There is extra text after the end",
    "Invalid control character at": "This string is not closed on its line",
    "Unterminated string starting at": "This string is never closed",
}
_DEEP = Syntax(SyntaxState.UNKNOWN, message="nested too deeply to check")
_TOML_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
# Go templates as in Helm charts, and Jinja blocks: YAML only once they are filled in.
_TEMPLATE = re.compile(r"\{\{-|\{\{ *(?:\.|include |toYaml |range |if |end *\}\})|^\s*\{%", re.M)


def check_json(text: str) -> Syntax:
    """Return whether a text is JSON, without the comments that some programs allow."""
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        if text.startswith(("//", "/*"), error.pos):
            return Syntax(SyntaxState.UNKNOWN, message="JSON with comments, not checked")
        found = error_at(text, error.pos, _words(error.msg), length=1)
        is_open = error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated")
        return unfinished(found) if is_open else found
    except RecursionError:
        return _DEEP
    except ValueError as error:  # a number of more digits than Python reads
        return Syntax(SyntaxState.UNKNOWN, message=str(error))
    return PARSES


def check_toml(text: str) -> Syntax:
    """Return whether a text is TOML."""
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = _TOML_PLACE.search(str(error))
        message = _TOML_PLACE.sub("", str(error))
        if place is None or place[1] is None:
            end = len(text.rstrip())
            return unfinished(error_at(text, max(end - 1, 0), message, length=1))
        return error_on_line(int(place[1]), int(place[2]), message)
    except RecursionError:
        return _DEEP
    except ValueError as error:
        return Syntax(SyntaxState.UNKNOWN, message=str(error))
    return PARSES


def check_yaml(text: str) -> Syntax:
    """Return whether a text is YAML: one document or several."""
    if _TEMPLATE.search(text):
        return Syntax(SyntaxState.UNKNOWN, message="a template, not YAML yet")
    try:
        for _ in yaml.parse(text.encode("utf-8", "replace"), Loader=yaml.CSafeLoader):
            pass
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        is_open = mark is not None and _is_at_end(text, mark.line + 1)
        if (error.problem or "") in _BEGUN_BEFORE:
            mark = error.context_mark or mark  # where it began, not where its end was missed
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        found = error_on_line(line, column, _words(error.problem or "not YAML"))
        return unfinished(found) if is_open else found
    except yaml.YAMLError as error:  # a character that YAML forbids
        offset = getattr(error, "position", None)
        return error_at(text, offset or 0, "A character that YAML does not allow", length=1)
    except RecursionError:
        return _DEEP
    return PARSES


def _is_at_end(text: str, line: int) -> bool:
    return line > text.rstrip().count("\n") + 1


def _words(problem: str) -> str:
    """Return what a parser says in plain words, and as it says it where there are none."""
    return _PLAIN.get(problem, problem[:1].upper() + problem[1:])
