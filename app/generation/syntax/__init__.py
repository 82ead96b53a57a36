"""Whether code parses: tree-sitter grammars, Python's own parser, and those of data formats.

`checking.check` is the door; `labels` says what is checked and imports none of the parsers. Pure
and without threads, but not quick for long texts and native inside: `app.services.code_checks` runs
it in a child process, where alone `checking` is imported. The outside libraries tree-sitter,
PyYAML, jsonschema and sqlglot are used here only. Nothing here reads the network; schemas come from
the resources.
"""
