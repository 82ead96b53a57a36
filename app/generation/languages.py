"""The programming languages that the picker offers: names, fence labels, comments, extensions.

The first seventeen are those StarCoder 2 3B and 7B were trained on (arXiv:2402.19173, table 1);
the others need the 15B model.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Language:
    """One language. `comment` begins a line comment; `comment_end` closes it where needed."""

    name: str
    label: str
    extension: str
    comment: str
    comment_end: str = ""
    is_small_model: bool = False
    aliases: tuple[str, ...] = ()


def _small(name: str, label: str, extension: str, comment: str, *aliases: str) -> Language:
    return Language(name, label, extension, comment, is_small_model=True, aliases=aliases)


LANGUAGES: tuple[Language, ...] = (
    _small("Python", "python", ".py", "#", "py", "python3"),
    _small("JavaScript", "javascript", ".js", "//", "js", "node"),
    _small("TypeScript", "typescript", ".ts", "//", "ts"),
    _small("C", "c", ".c", "//", "h"),
    _small("C++", "cpp", ".cpp", "//", "c++", "cxx", "cc"),
    _small("C#", "csharp", ".cs", "//", "c#", "cs"),
    _small("Go", "go", ".go", "//", "golang"),
    _small("Java", "java", ".java", "//"),
    _small("Kotlin", "kotlin", ".kt", "//", "kt"),
    _small("Lua", "lua", ".lua", "--"),
    _small("PHP", "php", ".php", "//"),
    _small("R", "r", ".r", "#"),
    _small("Ruby", "ruby", ".rb", "#", "rb"),
    _small("Rust", "rust", ".rs", "//", "rs"),
    _small("SQL", "sql", ".sql", "--", "postgresql", "sqlite", "mysql"),
    _small("Shell", "bash", ".sh", "#", "sh", "shell", "zsh", "console"),
    _small("Swift", "swift", ".swift", "//"),
    Language("HTML", "html", ".html", "<!--", "-->"),
    Language("CSS", "css", ".css", "/*", "*/"),
    Language("Terraform", "terraform", ".tf", "#", aliases=("hcl", "tf")),
    Language("YAML", "yaml", ".yaml", "#", aliases=("yml",)),
    Language("Kubernetes YAML", "kubernetes", ".yaml", "#", aliases=("k8s",)),
    Language("Docker Compose", "compose", ".yaml", "#", aliases=("docker-compose",)),
    Language("Ansible", "ansible", ".yaml", "#"),
    Language("GitHub Actions", "github-actions", ".yaml", "#"),
    Language("CloudFormation", "cloudformation", ".yaml", "#"),
    Language("Dockerfile", "dockerfile", ".dockerfile", "#", aliases=("docker",)),
    Language("nginx", "nginx", ".conf", "#"),
    Language("systemd", "systemd", ".service", "#"),
    Language("JSON", "json", ".json", "//"),
    Language("TOML", "toml", ".toml", "#"),
    Language("Makefile", "makefile", ".mk", "#", aliases=("make",)),
    Language("Haskell", "haskell", ".hs", "--", aliases=("hs",)),
    Language("Scala", "scala", ".scala", "//"),
    Language("Perl", "perl", ".pl", "#"),
    Language("Julia", "julia", ".jl", "#"),
    Language("Zig", "zig", ".zig", "//"),
    Language("Elixir", "elixir", ".ex", "#"),
    Language("PowerShell", "powershell", ".ps1", "#", aliases=("ps1",)),
)

# Pygments has no lexer for these dialects; the language they are written in highlights them.
_LEXER = {
    "kubernetes": "yaml",
    "compose": "yaml",
    "ansible": "yaml",
    "github-actions": "yaml",
    "cloudformation": "yaml",
    "systemd": "ini",
}


def language_named(text: str) -> Language | None:
    """Find a language by its name, fence label or alias, in any case; None where unknown."""
    wanted = text.strip().lower()
    for language in LANGUAGES:
        if wanted in (language.name.lower(), language.label, *language.aliases):
            return language
    return None


def language_of_fence(info: str) -> Language | None:
    """Find the language that a fence's info string names, such as `python` or `{.py}`."""
    words = info.strip().lstrip("{.").rstrip("}").split()
    return language_named(words[0]) if words else None


def label_of_file(name: str) -> str:
    """Return the fence label for a file, by its name or ending; empty where unknown."""
    base = name.replace("\\", "/").rpartition("/")[2].lower()
    whole = {"dockerfile": "dockerfile", "makefile": "makefile", "compose.yaml": "compose"}
    if base in whole:
        return whole[base]
    ending = f".{base.rpartition('.')[2]}" if "." in base else ""
    for language in LANGUAGES:
        if ending and (ending == language.extension or ending[1:] in language.aliases):
            return language.label
    return ""


def lexer_name(label: str) -> str:
    """Return the Pygments lexer alias for a fence label; unknown labels pass through."""
    language = language_named(label)
    known = language.label if language else label.strip().lower()
    return _LEXER.get(known, known)
