"""R, whose grammar no Python package carries: a small parser of its own, which builds no tree.

It follows `gram.y` of R 4.4: where a line end closes an expression and where it does not, and that
`else` may begin a line only inside braces. Precedence is of no matter for what is allowed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app.core.syntax import PARSES, Syntax, SyntaxState
from app.generation.syntax.places import error_at, unfinished, word_at

_TOKEN = re.compile(
    r"""
    (?P<blank>[ \t\f\r\u00a0]+|\#[^\n]*)
  | (?P<newline>\n)
  | (?P<raw>[rR](?P<quote>["'])(?P<dashes>-*)(?P<open>[(\[{]))
  | (?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
  | (?P<name>`(?:[^`\\]|\\.)*`)
  | (?P<number>0[xX][0-9a-fA-F]+[Li]?|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[Li]?)
  | (?P<word>(?:[^\W\d_]|\.(?!\d))[\w.]*|_)
  | (?P<sign><<-|->>|\|>|%[^%\n]*%|:::?|:=|<-|->|<=|>=|==|!=|&&|\|\||\*\*
            |[-+*/^~?!<>=&|:$@\\(){}\[\],;])
    """,
    re.X | re.S,
)
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_SIGNS = "<<- ->> |> ::: :: := <- -> <= >= == != && || ** - + * / ^ ~ ? < > = & | : $ @"
_BINARY = frozenset(_SIGNS.split())
_UNARY = ("-", "+", "!", "~", "?")
_KEYWORDS = ("if", "else", "for", "while", "repeat", "function", "in", "next", "break")
_END = "end"


class _WrongError(Exception):
    """The first thing that R could not read. `offset` is its place."""

    def __init__(self, offset: int, *, is_end: bool = False, message: str = "") -> None:
        super().__init__(message)
        self.offset = offset
        self.is_end = is_end


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    offset: int


def check_r(text: str) -> Syntax:
    """Return whether a text is R."""
    parser = _Parser(text)
    try:
        parser.program()
    except RecursionError:
        return Syntax(SyntaxState.UNKNOWN, message="nested too deeply to check")
    except _WrongError as wrong:
        if wrong.is_end:
            return unfinished(parser.never_closed())
        words = str(wrong) or f"“{word_at(text, wrong.offset)}” is not expected here"
        return error_at(text, wrong.offset, words)
    return PARSES


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            is_open = text[at] in "\"'`"
            yield _Token("open" if is_open else "strange", text[at], at)
            return
        kind = found.lastgroup if found["raw"] is None else "raw"
        if kind == "raw":
            end = f"{_CLOSING[found['open']]}{found['dashes']}{found['quote']}"
            closed = text.find(end, found.end())
            if closed < 0:
                yield _Token("open", found["raw"], at)
                return
            yield _Token("string", found["raw"], at)
            at = closed + len(end)
            continue
        if kind != "blank":
            yield _Token(kind or "", found[0], at)
        at = found.end()


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = [*_tokens(text), _Token(_END, "", len(text))]
        self._at = 0
        self._inside: list[_Token] = []

    def program(self) -> None:
        """Read all of it."""
        while True:
            self._skip_between()
            if self._peek().kind == _END:
                return
            self._expression()
            if self._peek().kind not in ("newline", _END) and self._peek().text != ";":
                self._refuse()

    def never_closed(self) -> Syntax:
        """Return the error of a text that ends too early."""
        last = self._tokens[-2] if len(self._tokens) > 1 else self._tokens[-1]
        if last.kind == "open":
            return error_at(self._text, last.offset, "This string is never closed", length=1)
        if self._inside:
            opened = self._inside[-1]
            return error_at(self._text, opened.offset, f"“{opened.text}” is never closed")
        end = max(len(self._text.rstrip()) - 1, 0)
        return error_at(self._text, end, "The code ends too early")

    # --- tokens --------------------------------------------------------------------------

    def _peek(self) -> _Token:
        if self._inside and self._inside[-1].text != "{":
            self._skip_lines()  # between parentheses a line end means nothing
        return self._tokens[self._at]

    def _next(self) -> _Token:
        token = self._peek()
        if token.kind in (_END, "open", "strange"):
            self._refuse()
        self._at += 1
        return token

    def _skip_lines(self) -> None:
        while self._tokens[self._at].kind == "newline":
            self._at += 1

    def _skip_between(self) -> None:
        while self._tokens[self._at].kind == "newline" or self._tokens[self._at].text == ";":
            self._at += 1

    def _refuse(self) -> None:
        token = self._tokens[self._at]
        raise _WrongError(token.offset, is_end=token.kind in (_END, "open"))

    def _expect(self, text: str) -> _Token:
        token = self._peek()
        if token.text != text or token.kind == "string":
            if token.kind in (_END, "open"):
                self._refuse()
            word = word_at(self._text, token.offset).strip()
            before = f"before “{word}”" if word else "here"
            raise _WrongError(token.offset, message=f"“{text}” is missing {before}")
        return self._next()

    # --- the grammar ---------------------------------------------------------------------

    def _expression(self) -> None:
        self._operand()
        while self._peek().kind == "sign":
            sign = self._peek().text
            if sign not in _BINARY and not sign.startswith("%"):
                return
            self._next()
            self._skip_lines()
            if sign == "=" and self._inside and self._peek().text in (",", ")", "]"):
                return  # f(a=)
            self._operand()

    def _operand(self) -> None:
        while self._peek().kind == "sign" and self._peek().text in _UNARY:
            self._next()
            self._skip_lines()
        self._primary()
        while self._peek().kind == "sign" and self._peek().text in ("(", "["):
            opened = self._next()
            follows = self._tokens[self._at]
            is_double = follows.text == "[" == opened.text and follows.offset == opened.offset + 1
            if is_double:
                self._at += 1
            self._inside.append(opened)
            self._arguments(_CLOSING[opened.text])
            if is_double:
                self._expect("]")
            self._expect(_CLOSING[opened.text])
            self._inside.pop()

    def _primary(self) -> None:
        token = self._peek()
        if token.kind == "word" and token.text in _KEYWORDS:
            self._keyword(self._next().text)
        elif token.kind in ("number", "string", "name", "word"):
            self._next()
        elif token.text == "{":
            self._block()
        elif token.text == "(":
            self._in_parentheses(self._expression)
        elif token.text == "\\":
            self._next()
            self._function()
        else:
            self._refuse()

    def _keyword(self, word: str) -> None:
        match word:
            case "if":
                self._in_parentheses(self._expression)
                self._body()
                self._else()
            case "while":
                self._in_parentheses(self._expression)
                self._body()
            case "for":
                self._in_parentheses(self._loop)
                self._body()
            case "repeat":
                self._body()
            case "function":
                self._function()
            case "else" | "in":
                self._at -= 1
                self._refuse()

    def _else(self) -> None:
        before = self._at
        if self._inside:  # at the top a line end before `else` ends the expression
            self._skip_lines()
        if self._peek().text == "else" and self._peek().kind == "word":
            self._next()
            self._body()
        else:
            self._at = before

    def _body(self) -> None:
        self._skip_lines()
        self._expression()

    def _loop(self) -> None:
        if self._peek().kind not in ("word", "name"):
            self._refuse()
        self._next()
        self._expect("in")
        self._expression()

    def _function(self) -> None:
        self._in_parentheses(self._formals)
        self._body()

    def _formals(self) -> None:
        while self._peek().text != ")":
            if self._peek().kind not in ("word", "name"):
                self._refuse()
            self._next()
            if self._peek().text == "=":
                self._next()
                self._expression()
            if self._peek().text != ")":
                self._expect(",")

    def _arguments(self, closing: str) -> None:
        while self._peek().text != closing:
            if self._peek().text == ",":
                self._next()
                continue
            self._expression()
            if self._peek().text != closing and self._peek().text != ",":
                self._expect(closing)

    def _in_parentheses(self, read: Callable[[], None]) -> None:
        self._inside.append(self._expect("("))
        read()
        self._expect(")")
        self._inside.pop()

    def _block(self) -> None:
        self._inside.append(self._next())
        while True:
            self._skip_between()
            if self._peek().text == "}":
                break
            self._expression()
            if self._peek().kind != "newline" and self._peek().text not in (";", "}"):
                self._refuse()
        self._next()
        self._inside.pop()
