"""SQL, which every database speaks in its own way.

The tree-sitter grammar is strict and knows no more than the common words: it refuses `ON CONFLICT
(key)`, `FOR UPDATE SKIP LOCKED` and others. A statement that it refuses is shown to sqlglot, which
knows the dialects but lets much pass; so the grammar is asked first.
"""

from __future__ import annotations

import logging
import re

import sqlglot
from sqlglot import ErrorLevel
from sqlglot.errors import SqlglotError
from sqlglot.expressions import Command

from app.core.syntax import Syntax, SyntaxState
from app.generation.syntax.trees import check_tree

_DIALECTS = ("postgres", "mysql", "sqlite", "tsql", "oracle", "bigquery")
_MOST_STATEMENTS = 40
_LONGEST_STATEMENT = 20_000
# Quoted texts, comments, and bodies between two $$: a semicolon inside ends no statement.
_STATEMENT = re.compile(
    r"(?:'(?:[^']|'')*'|\"[^\"]*\"|`[^`]*`|--[^\n]*|/\*.*?\*/|(\$\w*\$).*?\1|[^;])*;?", re.S
)
# What sqlglot lets pass and no database does.
_SURELY_WRONG = re.compile(r",\s*[,)]|\bSET\s+WHERE\b", re.I)
# Statements that sqlglot does not read but takes as they are; others of those may be misspelt.
_TAKEN_AS_IS = re.compile(
    r"\s*(?:PRAGMA|DELIMITER|SHOW|CALL|EXEC|VACUUM|ANALYZE|EXPLAIN|LOCK|NOTIFY|LISTEN|USE|GO|"
    r"CREATE\s+(?:OR\s+REPLACE\s+)?(?:DEFINER\s*=\s*\S+\s+)?"
    r"(?:FUNCTION|PROCEDURE|TRIGGER|POLICY|ROLE|USER|EXTENSION|EVENT|TYPE|DOMAIN)|"
    r"ALTER|GRANT|REVOKE|COMMENT|DO)\b",
    re.I,
)


def check_sql(text: str) -> Syntax:
    """Return whether a text is SQL of some database."""
    logging.getLogger("sqlglot").disabled = True  # it tells of each statement it takes as it is
    rest = text
    found = check_tree("sql", rest)
    for _ in range(_MOST_STATEMENTS):
        if found.state not in (SyntaxState.ERROR, SyntaxState.UNFINISHED):
            break
        start, end = _statement_at(rest, _offset_of(rest, found))
        if found.state is SyntaxState.UNFINISHED and not rest[start:end].rstrip().endswith(";"):
            break
        if not _is_dialect(rest[start:end]):
            break
        rest = rest[:start] + re.sub(r"\S", " ", rest[start:end]) + rest[end:]
        found = check_tree("sql", rest)
    return found


def _is_dialect(statement: str) -> bool:
    if len(statement) > _LONGEST_STATEMENT or _SURELY_WRONG.search(statement):
        return False
    for dialect in _DIALECTS:
        try:
            parsed = sqlglot.parse(statement, read=dialect, error_level=ErrorLevel.RAISE)
        except (SqlglotError, RecursionError, ValueError):
            continue
        if not any(isinstance(one, Command) for one in parsed) or _TAKEN_AS_IS.match(statement):
            return True
    return False


def _statement_at(text: str, offset: int) -> tuple[int, int]:
    for found in _STATEMENT.finditer(text):
        if found.end() > offset:
            return found.span()
    return 0, len(text)


def _offset_of(text: str, found: Syntax) -> int:
    start = 0
    for _ in range(found.line - 1):
        start = text.index("\n", start) + 1
    return start + found.column - 1
