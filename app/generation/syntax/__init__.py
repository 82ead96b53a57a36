"""Whether code parses: tree-sitter grammars, Python's own parser, and those of data formats.

`check` is the door. Pure and without threads, but not quick for long texts and native inside:
`app.services.code_checks` runs it in a child process. The outside libraries tree-sitter, PyYAML,
jsonschema and sqlglot are used here only. Nothing here reads the network; schemas come from the
resources.
"""

from app.generation.syntax.checking import LONGEST_CHARACTERS, check, is_checked

__all__ = ["LONGEST_CHARACTERS", "check", "is_checked"]
