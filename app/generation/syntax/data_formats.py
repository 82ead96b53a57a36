"""JSON, TOML and YAML, checked with the parsers that programs read them with."""

from __future__ import annotations

import json
import re
import tomllib

import yaml

from app.core.syntax import PARSES, Syntax, SyntaxState
from app.generation.syntax.places import error_at, error_on_line, unfinished

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
        found = error_at(text, error.pos, error.msg, length=1)
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
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        found = error_on_line(line, column, _words(error))
        return unfinished(found) if _is_at_end(text, line) else found
    except yaml.YAMLError as error:  # a character that YAML forbids
        offset = getattr(error, "position", None)
        return error_at(text, offset or 0, "A character that YAML does not allow", length=1)
    except RecursionError:
        return _DEEP
    return PARSES


def _is_at_end(text: str, line: int) -> bool:
    return line > text.rstrip().count("\n") + 1


def _words(error: yaml.MarkedYAMLError) -> str:
    problem = error.problem or "not YAML"
    return problem[:1].upper() + problem[1:]
