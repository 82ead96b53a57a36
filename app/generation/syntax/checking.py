"""The door's work: from a fence's word and a text to what is found."""

from __future__ import annotations

from dataclasses import replace

from app.core.syntax import PARSES, UNKNOWN, Syntax, SyntaxState
from app.generation.languages import language_of_fence
from app.generation.syntax.data_formats import check_json, check_toml, check_yaml
from app.generation.syntax.grammars import has_grammar
from app.generation.syntax.python_code import check_python
from app.generation.syntax.schemas import check_schemas
from app.generation.syntax.sql import check_sql
from app.generation.syntax.trees import check_tree

LONGEST_CHARACTERS = 4_000_000
"""Longer texts are not checked."""
_YAML = ("yaml", "kubernetes", "compose", "ansible", "github-actions", "cloudformation")
_OTHERS = ("python", "json", "toml", *_YAML)
_COMMENTS = (("/*", "*/"), ("--[[", "]]"), ("<!--", "-->"), ("=begin", "=end"))
_SESSIONS = ("console", "shell-session", "pycon")


def is_checked(info: str) -> bool:
    """Tell whether there is a parser for what a fence's word names."""
    label = _label_of(info)
    return label in _OTHERS or has_grammar(label)


def check(info: str, text: str, *, is_whole: bool = True) -> Syntax:
    """Return whether `text` parses as the language that `info`, a fence's word, names.

    A text that is not whole is still being written: its last line is left out, and an error at
    its end is `UNFINISHED`. Never raises for any text.
    """
    label = _label_of(info)
    if not is_checked(info):
        return UNKNOWN
    if len(text) > LONGEST_CHARACTERS:
        return Syntax(SyntaxState.UNKNOWN, message="too long to check")
    text = text.replace("\r\n", "\n")
    if not is_whole:
        text = text[: text.rfind("\n") + 1]
    if not text.strip():
        return Syntax(SyntaxState.UNFINISHED) if not is_whole else UNKNOWN
    found = _check(label, text, is_whole=is_whole)
    if is_whole and found.state is SyntaxState.PARSES and label in ("json", *_YAML):
        return check_schemas(text)
    if is_whole and found.state is SyntaxState.UNFINISHED:
        return replace(found, state=SyntaxState.ERROR)
    if not is_whole and found.is_error and _is_in_comment(label, text):
        return Syntax(SyntaxState.UNFINISHED)
    return found


def _check(label: str, text: str, *, is_whole: bool) -> Syntax:
    if label == "python":
        return check_python(text, is_whole=is_whole)
    if label == "json":
        return check_json(text)
    if label == "toml":
        return check_toml(text)
    if label in _YAML:
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
    if found.state is not SyntaxState.PARSES and label == "typescript":
        # Only one of the two grammars reads `<T>x`, only the other `<T />`.
        other = check_tree("tsx", text)
        if other.state is SyntaxState.PARSES:
            return PARSES
    return found


def _is_in_comment(label: str, text: str) -> bool:
    """Tell whether all is well up to a comment that is not closed yet."""
    for opening, closing in _COMMENTS:
        start = text.rfind(opening)
        if start >= 0 and closing not in text[start + len(opening) :]:
            before = text[:start]
            return not before.strip() or not _check(label, before, is_whole=False).is_error
    return False


def _label_of(info: str) -> str:
    words = info.strip().lower().lstrip("{.").rstrip("}").split()
    if words and words[0] in _SESSIONS:
        return ""
    language = language_of_fence(info)
    if language is None:
        return ""
    return {"jsx": "javascript"}.get(language.label, language.label)
