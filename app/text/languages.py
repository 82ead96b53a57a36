"""Every programming language that can be coloured: its names, files, comments, and who knows it.

The table is made from Pygments' own registry, which costs no import of a lexer, from
`app.text.language_facts`, and from dialects of infrastructure as code that Pygments has
no lexer for. Making it takes 3 ms, so it is made when it is first asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache

from pygments.lexers import LEXERS

from app.text import language_facts as facts


@dataclass(frozen=True, slots=True)
class Language:
    """One language.

    `comment` begins a line comment, `comment_end` closes it where needed; empty where there is
    none or none is known. `is_small_model` marks the seventeen that StarCoder 2 3B and 7B were
    trained on; `part_of` names the label of one of them where this is a part of it. `files` are
    patterns of file names, `lexer` is the word that Pygments knows.
    """

    name: str
    label: str
    extension: str
    comment: str
    comment_end: str = ""
    is_small_model: bool = False
    aliases: tuple[str, ...] = ()
    lexer: str = ""
    files: tuple[str, ...] = ()
    part_of: str = ""

    @property
    def is_known_to_small_models(self) -> bool:
        """Tell whether StarCoder 2 3B and 7B saw this language, alone or within another one."""
        return self.is_small_model or bool(self.part_of)

    def words(self) -> tuple[str, ...]:
        """Return everything that a person may call it by: aliases and file endings too."""
        endings = [pattern.removeprefix("*") for pattern in self.files]
        endings = [end for end in endings if facts.OWNERS.get(end, self.lexer) == self.lexer]
        return (self.label, *self.aliases, *endings)


def _dialect(name: str, label: str, *aliases: str, lexer: str = "yaml") -> Language:
    return Language(name, label, ".yaml", "#", aliases=aliases, lexer=lexer)


DIALECTS: tuple[Language, ...] = (
    _dialect("Kubernetes YAML", "kubernetes", "k8s", "kubectl", "kustomize"),
    _dialect("Helm", "helm", "helm-template", "gotmpl", lexer="helm"),
    _dialect("Docker Compose", "compose", "docker-compose", "docker compose"),
    _dialect("Ansible", "ansible", "ansible-playbook"),
    _dialect("GitHub Actions", "github-actions", "github actions", "gha"),
    _dialect("CloudFormation", "cloudformation", "cfn", "aws-cloudformation"),
)
"""Infrastructure as code in YAML; Helm's templates have a lexer of ours in `app.ui.widgets`."""

# How files are called whose ending says too little; matched against the end of the path.
_PATHS = (
    ("*.github/workflows/*.y*ml", "github-actions"),
    ("action.y*ml", "github-actions"),
    ("*compose*.y*ml", "compose"),
    ("*/templates/*.y*ml", "helm"),
    ("*/templates/*.tpl", "helm"),
    ("templates/*.y*ml", "helm"),
    ("_helpers.tpl", "helm"),
    ("chart.y*ml", "helm"),
    ("values*.y*ml", "helm"),
    ("kustomization.y*ml", "kubernetes"),
    ("*playbook*.y*ml", "ansible"),
    ("*/tasks/*.y*ml", "ansible"),
    ("*/handlers/*.y*ml", "ansible"),
    ("*/playbooks/*.y*ml", "ansible"),
    ("site.y*ml", "ansible"),
    ("*.cfn.y*ml", "cloudformation"),
    ("*.template.y*ml", "cloudformation"),
    ("*nginx*/*.conf", "nginx"),
    ("*/sites-available/*", "nginx"),
    ("nginx*.conf", "nginx"),
    ("dockerfile*", "dockerfile"),
    ("*.dockerfile", "dockerfile"),
)


@cache
def languages() -> tuple[Language, ...]:
    """Return all languages: the common ones, then the rest by name."""
    comments = {
        lexer: (start, end) for start, end, lexers in facts.COMMENTS for lexer in lexers.split()
    }
    made: dict[str, Language] = {}
    for _, name, aliases, files, _ in LEXERS.values():
        if aliases:  # two have no name to be called by: raw tokens, and a relic of JSON
            made[aliases[0]] = _made(name, aliases, files, comments.get(aliases[0], ("", "")))
    first = [made.pop(lexer) for lexer in facts.COMMON.split()]
    at = next(number for number, one in enumerate(first) if one.lexer == "docker")
    rest = sorted(made.values(), key=lambda language: language.name.lower())
    return (*first[:at], *DIALECTS, *first[at:], *rest)


def language_named(text: str) -> Language | None:
    """Find a language by its name, fence label or alias, in any case; None where unknown."""
    return _by_word().get(text.strip().lower())


def fence_word(info: str) -> str:
    """Return what names the language in a fence's info string, such as `py` in `{.py} title=a`."""
    words = info.split()
    if len(words) > 1 and language_named(info) is not None:
        return info.strip()  # some names are of two words
    return words[0].strip("{}.,:") if words else ""


def language_of_fence(info: str) -> Language | None:
    """Find the language that a fence's info string names, such as `python` or `{.py}`."""
    return language_named(fence_word(info))


def label_of_file(name: str) -> str:
    """Return the fence label for a file, by its name or ending; empty where unknown."""
    path = name.replace("\\", "/")
    base = path.rpartition("/")[2]
    low = path.lower()
    for pattern, label in _PATHS:
        if fnmatchcase(low, pattern) or fnmatchcase(base.lower(), pattern):
            return label
    by_file, patterns = _by_file()
    dots = [at for at, letter in enumerate(base) if letter == "."]
    for part in (base, *(base[at:] for at in dots)):  # the longest ending first: .html.j2
        found = by_file.get(part) or by_file.get(part.lower())
        if found:
            return found
    return next((label for pattern, label in patterns if fnmatchcase(base, pattern)), "")


def _made(
    name: str, aliases: tuple[str, ...], files: tuple[str, ...], comment: tuple[str, str]
) -> Language:
    lexer = aliases[0]
    label = facts.LABELS.get(lexer, lexer)
    shown = facts.NAMES.get(lexer, name)
    more = (*aliases, *facts.ALIASES.get(lexer, "").split(), name.lower())
    known = dict.fromkeys(word.lower() for word in more)
    others = tuple(word for word in known if word not in (label, shown.lower()))
    return Language(
        shown,
        label,
        facts.ENDINGS.get(lexer) or _ending(files),
        *comment,
        is_small_model=lexer in facts.SMALL_MODEL_LEXERS.split(),
        aliases=others,
        lexer=lexer,
        files=(*files, *facts.FILES.get(lexer, "").split()),
        part_of=facts.PARTS.get(lexer, ""),
    )


def _ending(files: tuple[str, ...]) -> str:
    endings = [pattern[1:] for pattern in files if pattern.startswith("*.")]
    plain = [ending for ending in endings if not set(ending) & set("[]*?")]
    return next((ending for ending in plain if ending.islower()), plain[0] if plain else ".txt")


@cache
def _by_word() -> dict[str, Language]:
    found: dict[str, Language] = {}
    for language in languages():
        for word in (language.name.lower(), language.label, *language.aliases):
            found.setdefault(word, language)
    return found


@cache
def _by_file() -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Return labels by whole names and endings, and by the patterns that are left."""
    exact: dict[str, str] = {}
    patterns: list[tuple[str, str]] = []
    for language in languages():
        for pattern in language.files:
            ending = pattern.removeprefix("*") if pattern.startswith("*.") else pattern
            if set(ending) & set("[]*?"):
                patterns.append((pattern, language.label))
            elif facts.OWNERS.get(ending, language.lexer) == language.lexer:
                exact.setdefault(ending, language.label)
    return exact, patterns
