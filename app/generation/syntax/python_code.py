"""Python checked with the parser of the Python that runs this program."""

from __future__ import annotations

import ast
import re
import sys
import warnings
from textwrap import dedent

from app.core.syntax import PARSES, Syntax, SyntaxState
from app.generation.syntax.places import error_at, error_on_line, unfinished

# `codeop` of the standard library uses the same two: a text that may go on is told from a wrong
# one ("incomplete input"), and no dedent is assumed at its end.
_ALLOW_INCOMPLETE_INPUT = 0x4000
_DONT_IMPLY_DEDENT = 0x200
# What Python 3.12 allows and 3.11 does not: PEP 695 and PEP 701.
_IS_OLD = sys.version_info < (3, 12)
_NEWER = re.compile(r"\s*(?:(?:async\s+)?def|class)\s+\w+\[|\s*type\s+\w+\b.*=")
_NEWER_STRINGS = ("f-string: expecting '}'", "f-string: unmatched", "f-string expression part")
_UNFINISHED = ("incomplete input", "unterminated triple-quoted")


def check_python(text: str, *, is_whole: bool) -> Syntax:
    """Return whether a text is Python. One that is indented as a whole is taken as a part."""
    if text.lstrip().startswith(">>>"):
        return Syntax(SyntaxState.UNKNOWN, message="a Python session, not a program")
    shift = 0
    if text[:1] in (" ", "\t"):
        moved = dedent(text)
        shift = len(text.split("\n", 1)[0]) - len(moved.split("\n", 1)[0])
        text = moved
    text = text.encode("utf-8", "replace").decode()  # a lone surrogate cannot be compiled
    flags = ast.PyCF_ONLY_AST
    if not is_whole:
        flags |= _ALLOW_INCOMPLETE_INPUT | _DONT_IMPLY_DEDENT
    if "\0" in text:
        return error_at(text, text.index("\0"), "There is a null byte in the code", length=1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # such as an invalid escape in a string
            compile(text, "<code>", "exec", flags, dont_inherit=True)
    except SyntaxError as error:
        if _IS_OLD and _is_newer(text, error):
            return Syntax(SyntaxState.UNKNOWN, message="newer Python syntax, not checked")
        found = _finding(error, shift)
        is_open = not is_whole and (error.msg or "").startswith(_UNFINISHED)
        return unfinished(found) if is_open else found
    except (MemoryError, RecursionError):
        return Syntax(SyntaxState.UNKNOWN, message="nested too deeply to check")
    except ValueError as error:
        return error_on_line(1, 1, str(error))
    return PARSES


def _is_newer(text: str, error: SyntaxError) -> bool:
    lines = text.split("\n")
    line = lines[(error.lineno or 1) - 1] if (error.lineno or 1) <= len(lines) else ""
    return bool(_NEWER.match(line)) or error.msg.startswith(_NEWER_STRINGS)


def _finding(error: SyntaxError, shift: int) -> Syntax:
    line, column = error.lineno or 1, (error.offset or 1) + shift
    length = 1
    if error.end_lineno == line and error.end_offset is not None:
        length = max(error.end_offset + shift - column, 1)
    message = error.msg[:1].upper() + error.msg[1:]
    return error_on_line(line, column, message, length=length)
