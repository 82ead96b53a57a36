"""Colours Helm templates: YAML with Go templates in it, for which Pygments has no lexer."""

from __future__ import annotations

from typing import ClassVar

from pygments.lexer import DelegatingLexer, RegexLexer
from pygments.lexers import find_lexer_class_by_name
from pygments.token import (
    Comment,
    Keyword,
    Name,
    Number,
    Operator,
    Other,
    Punctuation,
    String,
    Text,
)

_KEYWORDS = r"(?:if|else|end|range|with|define|template|block|break|continue)\b"


class GoTemplateLexer(RegexLexer):
    """Knows what stands between braces; the rest is for another lexer."""

    name = "Go template"
    tokens: ClassVar = {
        "root": [
            (r"\{\{-?\s*/\*(?:.|\n)*?\*/\s*-?\}\}", Comment),
            (r"\{\{-?", Comment.Preproc, "action"),
            (r"[^{]+|\{", Other),
        ],
        "action": [
            (r"-?\}\}", Comment.Preproc, "#pop"),
            (r"\s+", Text),
            (_KEYWORDS, Keyword),
            (r"\b(?:true|false|nil)\b", Keyword.Constant),
            (r"\.[A-Za-z_]\w*", Name.Attribute),
            (r"\$\w*", Name.Variable),
            (r'"(?:\\.|[^"\\])*"|`[^`]*`|\'(?:\\.|[^\'\\])+\'', String),
            (r"-?\d[\d.]*", Number),
            (r"[A-Za-z_]\w*", Name.Function),
            (r":?=|\|", Operator),
            (r"[().,-]", Punctuation),
            (r".", Text),
        ],
    }


class HelmLexer(DelegatingLexer):
    """YAML around Go templates."""

    name = "Helm"

    def __init__(self, **options: object) -> None:
        super().__init__(find_lexer_class_by_name("yaml"), GoTemplateLexer, **options)
