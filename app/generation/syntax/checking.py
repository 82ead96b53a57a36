"""The door: from a fence's word and a text to what is found."""

from __future__ import annotations

from dataclasses import replace

from app.core.syntax import PARSES, UNKNOWN, Syntax, SyntaxState
from app.generation.syntax.data_formats import check_json, check_toml, check_yaml
from app.generation.syntax.labels import YAML, checked_label
from app.generation.syntax.python_code import check_python
from app.generation.syntax.r_code import check_r
from app.generation.syntax.schemas import check_schemas
from app.generation.syntax.sql import check_sql
from app.generation.syntax.trees import check_tree

LONGEST_CHARACTERS = 4_000_000
"""Longer texts are not checked."""
_KIN = {"typescript": "tsx", "c": "cpp"}
_COMMENTS = (("/*", "*/"), ("--[[", "]]"), ("<!--", "-->"), ("=begin", "=end"))


def check(info: str, text: str, *, is_whole: bool = True) -> Syntax:
    """Return whether `text` parses as the language that `info`, a fence's word, names.

    A text that is not whole is still being written: its last line is left out, and an error at
    its end is `UNFINISHED`. Never raises for any text.
    """
    label = checked_label(info)
    if not label:
        return UNKNOWN
    if len(text) > LONGEST_CHARACTERS:
        return Syntax(SyntaxState.UNKNOWN, message="too long to check")
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    if not is_whole:
        text = text[: text.rfind("\n") + 1]
    if not text.strip():
        return Syntax(SyntaxState.UNFINISHED) if not is_whole else UNKNOWN
    found = _check(label, text, is_whole=is_whole)
    if is_whole and found.state is SyntaxState.PARSES and (label == "json" or label in YAML):
        return check_schemas(text)
    if is_whole and found.state is SyntaxState.UNFINISHED:
        return replace(found, state=SyntaxState.ERROR)
    if not is_whole and found.is_error and _is_in_comment(label, text):
        return Syntax(SyntaxState.UNFINISHED)
    return found


def _check(label: str, text: str, *, is_whole: bool) -> Syntax:
    if label == "python":
        return check_python(text, is_whole=is_whole)
    if label == "r":
        return check_r(text)
    if label == "json":
        return check_json(text)
    if label == "toml":
        return check_toml(text)
    if label in YAML:
        return check_yaml(text)
    if label == "sql":
        return check_sql(text)
    return _check_tree(label, text)


def _check_tree(label: str, text: str) -> Syntax:
    if label == "bash" and text.startswith("$ "):
        return Syntax(SyntaxState.UNKNOWN, message="a terminal session, not a script")
    if label == "php" and "<?" not in text:
        label = "php_only"
    found = check_tree(label, text)
    other = _KIN.get(label)
    if found.state is not SyntaxState.PARSES and other is not None:
        # Only one of the grammars reads `<T>x`, only the other `<T />`; a header may be of C++.
        found = PARSES if check_tree(other, text).state is SyntaxState.PARSES else found
    return found


def _is_in_comment(label: str, text: str) -> bool:
    """Tell whether all is well up to a comment that is not closed yet."""
    for opening, closing in _COMMENTS:
        start = text.rfind(opening)
        if start >= 0 and closing not in text[start + len(opening) :]:
            before = text[:start]
            return not before.strip() or not _check(label, before, is_whole=False).is_error
    return False
