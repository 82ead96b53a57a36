"""Which languages are checked, and by what name. Without the parsers: any room may import this."""

from __future__ import annotations

from app.text.languages import fence_word, language_of_fence

YAML = frozenset(("yaml", "kubernetes", "compose", "ansible", "github-actions", "cloudformation"))
_BY_GRAMMAR = frozenset(
    ("c", "cpp", "csharp", "go", "java", "javascript", "typescript", "tsx", "kotlin", "lua", "php",
     "ruby", "rust", "swift", "bash", "terraform", "dockerfile", "html", "css")
)  # fmt: skip
_CHECKED = _BY_GRAMMAR | YAML | {"python", "json", "toml", "sql", "r"}
_ALSO = {
    "jsx": "javascript", "postgresql": "sql", "plpgsql": "sql", "mysql": "sql", "sqlite3": "sql",
    "tsql": "sql",
}  # fmt: skip
# Close to a language that is checked, and yet another: comments in JSON, the words of zsh.
_OTHERS = ("jsonc", "json5", "zsh", "console", "shell-session", "pycon")


def checked_label(info: str) -> str:
    """Return the name of the language that a fence's word means, empty where none is checked."""
    word = fence_word(info).lower()
    if word in _OTHERS:
        return ""
    language = language_of_fence(info)
    label = language.label if language is not None else word
    label = _ALSO.get(label, label)
    return label if label in _CHECKED else ""
