"""What a text indents its lines by. Pure."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

UNITS = (2, 3, 4, 8)
TAB = "\t"
USUAL = "    "
# Make reads nothing else, gofmt writes nothing else, and YAML takes no tabs.
_BY_LANGUAGE = {"makefile": TAB, "make": TAB, "go": TAB, "yaml": "  "}


def blank_of(line: str) -> str:
    """Return the blanks that a line begins with."""
    return line[: len(line) - len(line.lstrip(" \t"))]


def unit_of(text: str) -> str:
    """Return what a text indents by, such as a tab or two spaces; empty where it does not tell."""
    blanks = [blank_of(line) for line in text.splitlines() if line.strip()]
    tabs = sum(blank.startswith(TAB) for blank in blanks)
    spaces = [len(blank) for blank in blanks if blank.startswith(" ") and TAB not in blank]
    if tabs > len(spaces):
        return TAB
    # By how much lines go deeper than the one before; one odd line does not decide it.
    depths = [0 if not blank else len(blank) for blank in blanks if TAB not in blank]
    steps = Counter(b - a for a, b in pairwise(depths) if b - a in UNITS)
    return " " * steps.most_common(1)[0][0] if steps else ""


def unit_for(text: str, language: str) -> str:
    """Return what to indent by in a text: as it does, else as its language is written."""
    usual = _BY_LANGUAGE.get(language.lower(), USUAL)
    if language.lower() in ("makefile", "make"):
        return TAB  # a recipe in spaces is an error, whatever stands around
    return unit_of(text) or usual
