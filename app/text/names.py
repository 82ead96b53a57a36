"""What code defines, and what a text may be called by: definitions, names, titles.

One table of words serves every language: tabs and snippets are named by what they define, edits
find the definition around the cursor by them. It is a guess from lines, not a parser.
"""

from __future__ import annotations

import re

from app.text.markdown.whole import first_line

TITLE_CHARACTERS = 60
"""Most characters of a title that is made of a text."""
NAMED_WITHIN = 4_000
"""Characters of code in which what it defines first is looked for."""

_BEFORE = (
    r"(?:(?:export|default|pub(?:\([^)\n]*\))?|async|public|private|protected|internal|static"
    r"|final|abstract|override|unsafe)\s+)*"
)
_CALLED = r"def|class|function\*?|fn|func|fun"
_TYPES = r"struct|interface|trait|enum"
_HOLDERS = r"sub|impl|module|object"
"""Words that begin a definition, too, but also lines of prose: nothing is named by them."""

_HEAD = re.compile(rf"^[ \t]*(?:@\w.*\n[ \t]*)*{_BEFORE}(?:{_CALLED}|{_TYPES}|{_HOLDERS})\b")
_FIRST = re.compile(
    rf"^[ \t]*{_BEFORE}(?:(?:{_CALLED}|{_TYPES}|type)\s+(?:\([^)\n]*\)\s*)?"
    r"|resource\s+\"\w+\"\s+\")(\w+)",
    re.MULTILINE,
)
_AT_LEFT = re.compile(rf"^{_BEFORE}(?:{_CALLED})\s+(?:\([^)\n]*\)\s*)?(\w+)", re.MULTILINE)


def begins_definition(code: str) -> bool:
    """Tell whether a line, or code with its decorators, begins with a definition."""
    return _HEAD.match(code) is not None


def first_defined(code: str) -> str:
    """Return the first name that code defines, empty where there is none in its beginning."""
    found = _FIRST.search(code[:NAMED_WITHIN])
    return found[1] if found else ""


def defined_at_left(code: str) -> list[str]:
    """Return the functions and classes at code's left edge, without private ones, in order."""
    names = dict.fromkeys(_AT_LEFT.findall(code))
    return [name for name in names if not name.startswith("_")]


def title_of(text: str) -> str:
    """Return a text's first line of words, shortened at a word; empty where it has none."""
    return shortened(first_line(text), TITLE_CHARACTERS)


def shortened(line: str, most: int) -> str:
    """Return a line that is cut at a word where it is longer than so many characters."""
    return line if len(line) <= most else line[:most].rsplit(" ", 1)[0] + "…"


def name_of_code(code: str) -> str:
    """Return what code defines first, else its first line, shortened; empty for blank text."""
    found = first_defined(code)
    if found:
        return found
    line = next((line.strip() for line in code.splitlines() if line.strip()), "")
    return line if len(line) <= TITLE_CHARACTERS else line[: TITLE_CHARACTERS - 1] + "…"
