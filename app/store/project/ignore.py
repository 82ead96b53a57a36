"""What `.gitignore` files say: patterns as Git reads them, the last one that matches counting.

Format: git-scm.com/docs/gitignore; the matching is that of Git's `wildmatch.c`, compared with Git
itself in the tests. One difference: `?` stands for a character here, for a byte there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_MANY_FOLDERS = "(?:.*/)?"
_POSIX = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "blank": " \\t",
    "cntrl": "\\x00-\\x1f\\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": "!-/:-@\\[-`{-~",
    "space": "\\s",
    "upper": "A-Z",
    "xdigit": "0-9A-Fa-f",
}


@dataclass(frozen=True, slots=True)
class Pattern:
    """One line of a file. `is_negated` takes back what an earlier line ignored."""

    regex: re.Pattern[str]
    is_negated: bool
    is_for_folders: bool
    is_for_names: bool
    """It has no slash, so it is about the last part of a path, wherever that lies."""

    def matches(self, path: str, *, is_folder: bool) -> bool:
        """Tell whether it is about this path, given from the file's own folder."""
        if self.is_for_folders and not is_folder:
            return False
        wanted = path.rpartition("/")[2] if self.is_for_names else path
        return self.regex.fullmatch(wanted) is not None


@dataclass(frozen=True, slots=True)
class Rules:
    """The patterns that hold in a folder: those of folders above it first.

    Each file's patterns stand with its folder, given from the project's root and ending in a
    slash, or empty for the root. What lies above the root has the way down to it as `prefix`.
    """

    files: tuple[tuple[str, str, tuple[Pattern, ...]], ...] = ()

    def with_file(self, text: str, *, folder: str = "", prefix: str = "") -> Rules:
        """Return these rules and those of one more file, which count for more."""
        patterns = tuple(parse(text.splitlines()))
        return Rules((*self.files, (folder, prefix, patterns))) if patterns else self

    def ignores(self, path: str, *, is_folder: bool) -> bool:
        """Tell whether a path from the root is ignored, given that its folder is not."""
        for folder, prefix, patterns in reversed(self.files):
            own = prefix + path[len(folder) :]
            for pattern in reversed(patterns):
                if pattern.matches(own, is_folder=is_folder):
                    return not pattern.is_negated
        return False


def parse(lines: Iterable[str]) -> list[Pattern]:
    """Return the patterns of a file's lines; lines that can match nothing are left out."""
    patterns = (_pattern(line.rstrip("\r")) for line in lines)
    return [pattern for pattern in patterns if pattern is not None]


def _pattern(line: str) -> Pattern | None:
    if line.startswith("#"):
        return None
    text = _without_end(line)
    is_negated = text.startswith("!")
    text = text[is_negated:]
    is_for_folders = text.endswith("/")
    text = text[:-1] if is_for_folders else text
    if not text:
        return None
    is_for_names = "/" not in text
    found = _regex(text.removeprefix("/"), is_path=not is_for_names)
    if found is None:
        return None
    return Pattern(re.compile(found, re.DOTALL), is_negated, is_for_folders, is_for_names)


def _without_end(line: str) -> str:
    """Take away blanks at the end but one that a backslash keeps."""
    kept = line.rstrip(" ")
    backslashes = len(kept) - len(kept.rstrip("\\"))
    return kept + " " if backslashes % 2 and len(kept) < len(line) else kept


def _regex(text: str, *, is_path: bool) -> str | None:
    """Return the regular expression for a pattern, None where it matches nothing."""
    parts = [""]  # what stands before, between and after stars
    at = 0
    while at < len(text):
        character = text[at]
        if character == "*":
            end = at + len(text[at:]) - len(text[at:].lstrip("*"))
            many, at = _stars(text, at, end, is_path=is_path)
            if many:
                parts[-1] += many
            else:
                parts.append("")
        elif character == "?":
            parts[-1] += "[^/]"
            at += 1
        elif character == "[":
            found = _class(text, at + 1)
            if found is None:
                return None
            parts[-1] += found[0]
            at = found[1]
        else:
            if character == "\\":
                at += 1
                if at == len(text):
                    return None
            parts[-1] += re.escape(text[at])
            at += 1
    return _joined(parts)


def _joined(parts: list[str]) -> str:
    """Put a star between the parts, none of which is tried at a second place where it was found.

    So a hostile pattern of many stars takes no longer than a plain one. Where a part itself can
    be found in several ways, all of them must be tried.
    """
    first, *others = parts
    joined = first
    for number, part in enumerate(others):
        is_last = number == len(others) - 1
        once = not is_last and _MANY_FOLDERS not in part
        joined += f"(?>[^/]*?{part})" if once else f"[^/]*{part}"
    return joined


def _stars(text: str, at: int, end: int, *, is_path: bool) -> tuple[str, int]:
    """Return what a run of stars stands for, empty for one star, and where the pattern goes on."""
    is_whole = (at == 0 or text[at - 1] == "/") and (end == len(text) or text[end] == "/")
    if end - at != 2 or not is_whole or not is_path:
        return "", end
    if end == len(text):
        return ".*", end
    return _MANY_FOLDERS, end + 1


def _class(text: str, at: int) -> tuple[str, int] | None:
    """Return the regular expression for `[…]`, whose inside begins at `at`, and where it ends."""
    is_negated = text[at : at + 1] in ("!", "^")
    at += is_negated
    inside = ""
    before = ""
    is_first = True
    while True:
        character = text[at : at + 1]
        if not character:
            return None
        if character == "]" and not is_first:
            break
        is_first = False
        following = text[at + 1 : at + 2]
        if character == "[" and following == ":":
            end = text.find("]", at + 2)
            if end < 0:
                return None
            name = text[at + 2 : end - 1]
            if end - at > 3 and text[end - 1] == ":":
                if name not in _POSIX:
                    return None
                inside, before, at = inside + _POSIX[name], "", end + 1
                continue
        elif character == "-" and before and following not in ("", "]"):
            last, at = _character(text, at + 1)
            if not last:
                return None
            inside += f"{re.escape(before)}-{re.escape(last)}" if before <= last else ""
            before = ""
            continue
        before, at = _character(text, at) if character == "\\" else (character, at + 1)
        if not before:
            return None
        inside += re.escape(before)
    return f"(?!/)[{'^' if is_negated else ''}{inside}]", at + 1


def _character(text: str, at: int) -> tuple[str, int]:
    """Return the character at a place, a backslash before it taken away, and what follows."""
    at += text[at : at + 1] == "\\"
    return text[at : at + 1], at + 1
