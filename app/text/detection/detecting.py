"""Tells in which language a text is written: by its fence, file name, first line and content.

Pure and quick (about 2 ms for a page of code), yet more than the window's thread should do
between two frames: presenters call `detect` in a thread.
"""

from __future__ import annotations

import re
from functools import cache

from app.text.detection.detection_marks import Marks, marks
from app.text.detection.infrastructure_marks import infrastructure
from app.text.languages import (
    Language,
    label_of_file,
    language_named,
    language_of_fence,
    languages,
)

READ_CHARACTERS = 4_000
"""How much of a text is looked at; of each line `_LONGEST_LINE`."""
_LONGEST_LINE = 240
ENOUGH = 3
"""The marks that a language needs at least; each mark weighs 1 to 4."""

GENERAL = ("yaml", "json", "ini", "kubernetes")
"""Labels of languages in which other things are written; the content says which."""

_SHEBANG = re.compile(r"#!\s*\S*?(?:env\s+(?:-S\s+)?)?([\w.+-]+)(?:\s|$)")
_SHEBANGS = {
    "sh": "bash",
    "dash": "bash",
    "ash": "bash",
    "ksh": "bash",
    "nodejs": "javascript",
    "node": "javascript",
    "deno": "typescript",
    "bun": "typescript",
    "ts-node": "typescript",
    "rscript": "r",
    "osascript": "applescript",
    "tclsh": "tcl",
    "wish": "tcl",
    "guile": "scheme",
    "sbcl": "common-lisp",
    "runhaskell": "haskell",
    "swipl": "prolog",
    "gmake": "makefile",
}
_MODELINE = re.compile(
    r"-\*-.*?(?:mode:\s*)?([\w+#-]+)\s*;?.*-\*-|\bvim?:.*?\b(?:ft|filetype)=(\w+)"
)

# A file ending that several languages use: what is inside decides between these.
_SHARED = {
    "c": ("c", "cpp", "objective-c"),
    "cpp": ("cpp", "objective-c++"),
    "matlab": ("matlab", "objective-c", "mathematica"),
    "perl": ("perl", "prolog", "perl6"),
    "verilog": ("verilog", "coq"),
    "fsharp": ("fsharp", "forth"),
    "php": ("php", "pov", "pawn"),
    "turtle": ("turtle", "teratermmacro"),
    "gas": ("gas", "splus"),
    "vb.net": ("vb.net", "qbasic"),
    "common-lisp": ("common-lisp", "visualprolog"),
    "gdscript": ("gdscript", "gap"),
}
_WRITE = re.compile(r"\s*(?:please\s+)?(?:write|create|make|give|generate|add|show)\b", re.I)
_PLAIN_WORDS = {"scheme", "dart", "ada", "diff", "vue"}
_TOO_SHORT = 3  # "go", "c" and "r" are words of other kinds too often


def detect(text: str, *, file_name: str = "", fence: str = "") -> Language | None:
    """Return the language of a text, None where nothing tells.

    A fence's word holds, then the file's name, then the first line, then the content. The
    content also tells what kind of YAML, JSON or INI it is, and parts endings that are shared.
    """
    named = language_of_fence(fence) or language_named(label_of_file(file_name))
    text = _beginning(text)
    if named is None:
        named = _by_first_line(text) or language_named(_best(text, marks()))
    elif not fence and named.label in _SHARED:
        some = {label: marks()[label] for label in _SHARED[named.label] if label in marks()}
        named = language_named(_best(text, some)) or named
    return refined(named, text) if named is not None else None


def refined(language: Language, text: str) -> Language:
    """Return what kind of YAML, JSON, INI or configuration a text is; the language itself else."""
    kinds = infrastructure().get(language.label)
    if kinds is None:
        return language
    return language_named(_best(_beginning(text), kinds)) or language


def mentioned(text: str) -> Language | None:
    """Return the common language that a question names, None for none or several.

    Of several the first counts where something is to be written: "Write a Dockerfile for a Python
    application". Short names such as Go, C and R count only as they are written.
    """
    named: list[Language] = []
    for found in _name_pattern().finditer(text[:READ_CHARACTERS]):
        word = found[0]
        language = _common()[word.lower()]
        is_telling = len(word) >= _TOO_SHORT and word.lower() not in _PLAIN_WORDS
        if is_telling or word == language.name:
            named.append(language)
    if _WRITE.match(text):
        return named[0] if named else None
    return named[0] if len(set(named)) == 1 else None


@cache
def _name_pattern() -> re.Pattern[str]:
    names = sorted(_common(), key=len, reverse=True)
    return re.compile(rf"(?<![\w.+#-])(?:{'|'.join(map(re.escape, names))})(?![\w+#-])", re.I)


@cache
def _common() -> dict[str, Language]:
    first = languages()[:60]
    named = {language.name.lower(): language for language in first if language.label != "text"}
    more = ("k8s", "terraform", "dockerfile", "docker", "hcl", "bash", "golang", "js", "postgresql")
    return named | {word: one for word in more if (one := language_named(word))}


def _by_first_line(text: str) -> Language | None:
    first, _, rest = text.lstrip("\ufeff").partition("\n")
    shebang = _SHEBANG.match(first)
    if shebang:
        program = shebang[1].rpartition("/")[2].lower()
        if program.startswith("ansible-playbook"):
            return language_named("ansible")
        plain = program.rstrip("0123456789.") or program
        return language_named(_SHEBANGS.get(plain, plain))
    for line in (first, rest.partition("\n")[0]):
        mode = _MODELINE.search(line)
        if mode:
            return language_named(mode[1] or mode[2])
    return None


def _beginning(text: str) -> str:
    lines = text[:READ_CHARACTERS].split("\n")
    return "\n".join(line[:_LONGEST_LINE] for line in lines)


def _best(text: str, table: Marks) -> str:
    """Return the label whose marks weigh most, empty where none has enough."""
    best, most = "", ENOUGH - 1
    for label, patterns in table.items():
        weight = sum(weight for pattern, weight in patterns if pattern.search(text))
        if weight > most:
            best, most = label, weight
    return best
