"""Definitions of links at the beginning of a paragraph, as `[name]: address`."""

from __future__ import annotations

from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

_PARSER = MarkdownIt("zero").enable(["reference"])

Definitions = dict[str, Any]
"""What markdown-it keeps of them, by their names."""


def without_definitions(text: str, found: Definitions) -> str:
    """Return a paragraph's text without the definitions it begins with, which are added."""
    if not text.startswith("["):
        return text
    tokens: list[Token] = []
    _PARSER.block.parse(text, _PARSER, {"references": found}, tokens)
    return "".join(token.content for token in tokens if token.type == "inline")
