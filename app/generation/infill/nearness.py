"""Which files of a project are near to the one that is written in. Pure.

Near is what the text imports, what has the same name but for `test_` or an ending, what lies in the
same folder, what was changed lately, and what speaks of the same things.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from posixpath import dirname, normpath

from app.text.languages import label_of_file

LEAST_LETTERS = 4
"""Shorter names are in every file."""
_LARGEST = 200_000
_NAME = re.compile(rf"[A-Za-z_][A-Za-z0-9_]{{{LEAST_LETTERS - 1},60}}")
_TEST = re.compile(r"^(?:test_|tests_)|(?:_test|_spec|\.test|\.spec|Test|Tests|IT)$")
_ENTRANCES = {"__init__", "index", "mod", "lib", "main"}
_DAY_S = 86_400.0
_KIN = {
    "typescript": "javascript", "cpp": "c", "kotlin": "java", "scala": "java",
    "kubernetes": "yaml", "compose": "yaml", "ansible": "yaml", "css": "html",
}  # fmt: skip

_ENDINGS = {
    "tsx": "javascript", "jsx": "javascript", "mjs": "javascript", "cjs": "javascript",
    "mts": "javascript", "vue": "javascript", "svelte": "javascript", "hpp": "c", "hh": "c",
    "hxx": "c", "cc": "c", "cxx": "c", "kts": "java", "pyi": "python", "htm": "html",
    "scss": "html", "less": "html", "exs": "elixir", "tfvars": "terraform",
}  # fmt: skip

_PROSE = {"markdown", "text", "restructuredtext", "org", "email", "diff", "asc"}

# What each language writes to name another file, one group a place or a dotted name.
_IMPORTS: dict[str, tuple[str, ...]] = {
    "python": (r"^\s*from\s+(\.*[\w.]*)\s+import\s+\(?([\w, ]*)", r"^\s*import\s+([\w.]+)"),
    "javascript": (
        r"""\bfrom\s*["']([^"'\n]+)["']""",
        r"""\b(?:import|require)\s*\(?\s*["']([^"'\n]+)["']""",
    ),
    "go": (r'^\s*(?:import\s+)?(?:[\w.]+\s+)?"([\w./-]+)"\s*$',),
    "java": (r"^\s*import\s+(?:static\s+)?([\w.]+)",),
    "c": (r'^\s*#\s*include\s*"([^"\n]+)"',),
    "rust": (r"^\s*(?:pub(?:\([^)]*\))?\s+)?(?:use|mod)\s+([\w:]+)",),
    "csharp": (r"^\s*(?:global\s+)?using\s+(?:static\s+)?([\w.]+)\s*;",),
    "ruby": (r"""^\s*require(?:_relative)?\s*\(?\s*["']([^"'\n]+)["']""",),
    "php": (
        r"""\b(?:require|include)(?:_once)?\s*\(?[^"'\n]*["']([^"'\n]+)["']""",
        r"^\s*use\s+([\w\\]+)",
    ),
    "lua": (r"""\brequire\s*\(?\s*["']([^"'\n]+)["']""",),
    "bash": (r"""^\s*(?:source|\.)\s+["']?([^"'\s;]+)""",),
    "swift": (r"^\s*import\s+(\w+)",),
    "haskell": (r"^\s*import\s+(?:qualified\s+)?([\w.]+)",),
    "elixir": (r"^\s*(?:alias|import|use)\s+([\w.]+)",),
    "html": (r"""(?:src|href)\s*=\s*["']([^"'\n#?]+)""", r"""@(?:import|use)\s+["']([^"'\n]+)"""),
    "terraform": (r"""^\s*source\s*=\s*["'](\.[^"'\n]+)""",),
    "zig": (r'@import\("([^"\n]+)"\)',),
    "julia": (r'\binclude\("([^"\n]+)"\)',),
    "r": (r"""\bsource\(\s*["']([^"'\n]+)["']""",),
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that could be shown; `path` is the way from the project's root, with slashes."""

    path: str
    modified_s: float = 0.0

    @property
    def folder(self) -> str:
        """Return the way to its folder, empty for the root."""
        return self.path.rpartition("/")[0]


def imports_of(path: str, text: str) -> frozenset[str]:
    """Return the places that a text names, without endings: `app/core/errors`, `./util`.

    Places that begin with `/` are ways from the project's root; others may begin anywhere.
    """
    label = _kin(path)
    found: set[str] = set()
    for pattern in _IMPORTS.get(label, ()):
        for match in re.finditer(pattern, text[:_LARGEST], re.MULTILINE):
            for place in _places(label, match.groups()):
                found.add(_from_root(place, path))
    return frozenset(place for place in found if place.strip("/."))


def identifiers_of(text: str) -> frozenset[str]:
    """Return the names that a text speaks of."""
    return frozenset(_NAME.findall(text[:_LARGEST]))


def similarity(one: frozenset[str], other: frozenset[str]) -> float:
    """Return how much two texts speak of the same, from 0 to 1."""
    if not one or not other:
        return 0.0
    return len(one & other) / math.sqrt(len(one) * len(other))


class Nearness:
    """Measures files against one text. Making it reads the text once."""

    def __init__(self, path: str, text: str) -> None:
        self._path = path
        self._folder = path.rpartition("/")[0]
        self._stem = _stem(path)
        self._label = _kin(path)
        self.imports = imports_of(path, text)
        self._last = {place.rpartition("/")[2] for place in self.imports}
        self.identifiers = identifiers_of(text)

    def shortlist(self, candidates: Iterable[Candidate], most: int) -> list[Candidate]:
        """Return the nearest by all that can be told without reading them, nearest first."""
        others = [one for one in candidates if one.path != self._path]
        newest_s = max((one.modified_s for one in others), default=0.0)
        scores = [(self._outside(one, newest_s), one.path, one) for one in others]
        scores.sort(key=lambda score: (-score[0], score[1]))
        return [one for _, _, one in scores[:most]]

    def ranked(
        self, candidates: Sequence[tuple[Candidate, frozenset[str]]]
    ) -> list[tuple[Candidate, float]]:
        """Return files of a shortlist and how near they are, given what they speak of."""
        newest_s = max((one.modified_s for one, _ in candidates), default=0.0)
        scores = [
            (one, self._outside(one, newest_s) + 4 * similarity(self.identifiers, names))
            for one, names in candidates
        ]
        return sorted(scores, key=lambda score: (-score[1], score[0].path))

    def _outside(self, one: Candidate, newest_s: float) -> float:
        score = 0.0
        if self._imported(one.path):
            score += 4
        if _stem(one.path) == self._stem:
            score += 2.5
        score += 1.5 * _shared_way(self._folder, one.folder)
        score += 0.8 / (1 + max(newest_s - one.modified_s, 0) / _DAY_S)
        label = _kin(one.path)
        if label != self._label:
            score -= 2 if label else 3  # what is no code at all comes last
        return score

    def _imported(self, path: str) -> bool:
        place = _without_ending(path)
        folder, _, name = place.rpartition("/")
        names = {name, folder.rpartition("/")[2]} & self._last
        if not names:
            return False
        ways = [place]
        if self._label == "go":
            ways = [folder]  # a folder is named there, not a file
        elif name in _ENTRANCES or self._label == "csharp":
            ways.append(folder)
        return any(_ends_with(way, wanted) for way in ways for wanted in self.imports if way)


def excerpt(text: str, wanted: frozenset[str], most_characters: int) -> str:
    """Return a text, or those of its blocks that speak of what is wanted, in their order.

    A block begins at a line that is not indented, after an empty line. The first one, where
    imports stand, counts as wanted a little. Empty where nothing fits.
    """
    if len(text) <= most_characters:
        return text
    blocks = [b for b in re.split(r"\n\s*\n(?=[^\s)\]}])", text[: 2 * _LARGEST]) if b.strip()]
    scores = [
        (len(wanted & identifiers_of(block)) + (number == 0)) / math.sqrt(len(block) + 200)
        for number, block in enumerate(blocks)
    ]
    room = most_characters
    kept: list[int] = []
    for number in sorted(range(len(blocks)), key=lambda n: -scores[n]):
        if scores[number] > 0 and len(blocks[number]) + 2 <= room:
            kept.append(number)
            room -= len(blocks[number]) + 2
    return "".join(f"{blocks[number].rstrip()}\n\n" for number in sorted(kept)).rstrip("\n") + (
        "\n" if kept else ""
    )


def _kin(path: str) -> str:
    """Return the language of a file, one name for those whose files name each other alike."""
    name = path.rpartition("/")[2]
    return _kin_of(f"a.{name.rpartition('.')[2]}" if "." in name else name)


@lru_cache(maxsize=1024)
def _kin_of(name: str) -> str:
    label = _ENDINGS.get(name.rpartition(".")[2].lower()) or label_of_file(name)
    return "" if label in _PROSE else _KIN.get(label, label)


def _places(label: str, groups: tuple[str, ...]) -> list[str]:
    """Return what a match names, as places with slashes."""
    named = groups[0]
    if label == "python":
        dots = len(named) - len(named.lstrip("."))
        place = "./" * (dots == 1) + "../" * (dots - 1) + named.lstrip(".").replace(".", "/")
        inside = [name.split()[0] for name in (groups[1:] or ("",))[0].split(",") if name.strip()]
        return [place.rstrip("/") or ".", *(f"{place.rstrip('/')}/{name}" for name in inside)]
    if label == "rust":
        parts = [p for p in named.split("::") if p and p not in ("crate", "self", "super")]
        return ["/".join(parts[:n]) for n in range(1, len(parts) + 1)]
    if label == "go":
        parts = named.split("/")
        return ["/".join(parts[n:]) for n in range(len(parts))]
    if label in ("java", "csharp", "haskell", "elixir", "lua") and "/" not in named:
        return [named.replace(".", "/")]
    if label == "php":
        return [named.replace("\\", "/").lstrip("/")]
    return [named]


def _from_root(place: str, path: str) -> str:
    """Return a place that is named from a file's own folder as a way from the root."""
    if _kin(place) in _IMPORTS:  # `util.service` is a whole name, though systemd has such files
        place = _without_ending(place)
    if place.startswith("."):
        way = normpath(f"/{dirname(path)}/{place}")
        return "/" + way.lstrip("/")
    return place.removeprefix("@/").removeprefix("~/").lstrip("/")


def _without_ending(path: str) -> str:
    folder, slash, name = path.rpartition("/")
    return folder + slash + (name.partition(".")[0] or name)


def _ends_with(way: str, wanted: str) -> bool:
    if wanted.startswith("/"):
        return way == wanted[1:]
    return way == wanted or way.endswith(f"/{wanted}")


def _stem(path: str) -> str:
    name = path.rpartition("/")[2].rpartition(".")[0]
    return _TEST.sub("", name).lower() or name


def _shared_way(one: str, other: str) -> float:
    """Return how much of the way two folders share, 1 for the same folder."""
    if one == other:
        return 1.0
    first, second = one.split("/"), other.split("/")
    shared = next(
        (n for n, (a, b) in enumerate(zip(first, second, strict=False)) if a != b),
        min(len(first), len(second)),
    )
    return 0.7 * shared / max(len(first), len(second))
