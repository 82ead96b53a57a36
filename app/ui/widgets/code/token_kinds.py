"""What the parts of program text are, and how they look: one table for every code view."""

from __future__ import annotations

from enum import IntEnum
from functools import cache
from typing import TYPE_CHECKING

from pygments.token import Comment, Generic, Keyword, Name, Number, Operator, String, _TokenType
from PySide6.QtGui import QColor, QTextCharFormat

from app.text.languages import language_of_fence
from app.ui.widgets.code.lexers import LEXERS

if TYPE_CHECKING:
    from pygments.lexer import Lexer

    from app.ui.widgets.look.palette import Colours


class TokenKind(IntEnum):
    """What a piece of program text is."""

    PLAIN = 0
    KEYWORD = 1
    STRING = 2
    FUNCTION = 3
    NUMBER = 4
    COMMENT = 5


_BY_TOKEN = {
    Keyword: TokenKind.KEYWORD,
    Operator.Word: TokenKind.KEYWORD,
    Name.Builtin.Pseudo: TokenKind.KEYWORD,
    String: TokenKind.STRING,
    Generic.Inserted: TokenKind.STRING,
    Name.Function: TokenKind.FUNCTION,
    Name.Class: TokenKind.FUNCTION,
    Name.Decorator: TokenKind.FUNCTION,
    Name.Tag: TokenKind.FUNCTION,
    Name.Attribute: TokenKind.FUNCTION,
    Generic.Heading: TokenKind.FUNCTION,
    Number: TokenKind.NUMBER,
    Generic.Deleted: TokenKind.NUMBER,
    Comment: TokenKind.COMMENT,
    Comment.Preproc: TokenKind.KEYWORD,
}


@cache
def syntax_of(token: _TokenType) -> TokenKind:
    """Return what a Pygments token is, by the nearest of its parents in the table."""
    found = _BY_TOKEN.get(token)
    if found is not None:
        return found
    return syntax_of(token.parent) if token.parent is not None else TokenKind.PLAIN


def lexer_for(language: str) -> Lexer | None:
    """Return a lexer that changes nothing in its text, None for a language nobody knows.

    `language` is any word of `app.text.languages`, or what stands behind a fence.
    """
    known = language_of_fence(language)
    return LEXERS.get(known.lexer) if known is not None else None


def is_lexer_awaited(language: str) -> bool:
    """Tell whether a language's lexer is being made; `lexer_for` returns None until it is."""
    known = language_of_fence(language)
    return known is not None and LEXERS.is_awaited(known.lexer)


def language_label(language: str) -> str:
    """Return the name of a language as a person writes it; the fence's own word if unknown."""
    known = language_of_fence(language)
    return known.name if known is not None else language.strip() or "Plain text"


def syntax_formats(table: Colours) -> dict[TokenKind, QTextCharFormat]:
    """Return the text format of every kind, for the colours of `table`."""
    code = table.code
    by_kind = {
        TokenKind.KEYWORD: code.keyword,
        TokenKind.STRING: code.string,
        TokenKind.FUNCTION: code.function,
        TokenKind.NUMBER: code.number,
        TokenKind.COMMENT: code.comment,
    }
    formats = {}
    for kind, colour in by_kind.items():
        text_format = QTextCharFormat()
        text_format.setForeground(QColor(colour))
        formats[kind] = text_format
    return formats
