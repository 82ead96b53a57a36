"""Which tree-sitter grammar belongs to which language, loaded when it is first needed.

Each grammar is a wheel of its own that carries it compiled: nothing is fetched when it runs.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

from tree_sitter import Language

_GRAMMARS: dict[str, tuple[str, str]] = {
    "c": ("tree_sitter_c", "language"),
    "cpp": ("tree_sitter_cpp", "language"),
    "csharp": ("tree_sitter_c_sharp", "language"),
    "go": ("tree_sitter_go", "language"),
    "java": ("tree_sitter_java", "language"),
    "javascript": ("tree_sitter_javascript", "language"),
    "typescript": ("tree_sitter_typescript", "language_typescript"),
    "tsx": ("tree_sitter_typescript", "language_tsx"),
    "kotlin": ("tree_sitter_kotlin", "language"),
    "lua": ("tree_sitter_lua", "language"),
    "php": ("tree_sitter_php", "language_php"),
    "php_only": ("tree_sitter_php", "language_php_only"),
    "ruby": ("tree_sitter_ruby", "language"),
    "rust": ("tree_sitter_rust", "language"),
    "sql": ("tree_sitter_sql", "language"),
    "bash": ("tree_sitter_bash", "language"),
    "swift": ("tree_sitter_swift", "language"),
    "terraform": ("tree_sitter_hcl", "language"),
    "dockerfile": ("tree_sitter_containerfile", "language"),
    "html": ("tree_sitter_html", "language"),
    "css": ("tree_sitter_css", "language"),
}


@cache
def grammar(label: str) -> Language:
    """Return the grammar of this name, which there must be."""
    module, function = _GRAMMARS[label]
    return Language(getattr(import_module(module), function)())
