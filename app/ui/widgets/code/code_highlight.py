"""Colours program text as it grows and as it is edited, with Pygments.

A change colours a small window at once: from a line where a lexer can safely begin, some lines
before the change, to some lines behind it. When the text has been quiet for half a second, or its
writer says it is complete, all of it is lexed again in slices of a few milliseconds and what
differs is mended; so the colours end up equal to a full lex, and no text stalls the window.

Each block's `userState` remembers what was drawn there (a hash) and whether a lexer may begin
there, so unchanged lines cost nothing and the memory moves along when lines are inserted.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QTextBlock, QTextDocument, QTextLayout

from app.text.utf16 import units
from app.ui.widgets.code.ghost_text import set_formats
from app.ui.widgets.code.token_kinds import (
    TokenKind,
    is_lexer_awaited,
    lexer_for,
    syntax_formats,
    syntax_of,
)
from app.ui.widgets.controls.plain_text import from_qt
from app.ui.widgets.look.palette import colours

if TYPE_CHECKING:
    from pygments.lexer import Lexer

LONGEST_LINE = 2_000  # a 9 kB line took 75 ms to highlight, 2 ms to show plain
LARGEST = 2_000_000  # characters; a longer text is coloured only around what changes
_LINES_BEFORE = 40  # an unfinished comment or string may mislead a lexer for a while
_LINES_SEARCHED = 160
_LINES_BEHIND = 60
_IDLE_MS = 500
_LEXER_MS = 30
_SLICE_S = 0.004

_INSIDE, _TOKEN_START, _STATEMENT_START = 0, 1, 2

Spans = tuple[tuple[int, int, TokenKind], ...]  # start, length in UTF-16 units, what it is


class CodeHighlighter(QObject):
    """Keeps one document's colours right. Set a language, and tell it when the text is whole."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._document = document
        self._language = ""
        self._lexer: Lexer | None = None
        self._colours = colours()
        self._formats = syntax_formats(self._colours)
        self._lines: Iterator[tuple[Spans, int]] | None = None
        self._is_whole = False  # what is drawn, or being drawn, comes from one lex of all of it
        self._block = QTextBlock()
        self._is_applying = False
        self.is_paused = False
        """Set while a long text enters: what comes in is coloured once it is whole."""
        self._idle = QTimer(self, singleShot=True, interval=_IDLE_MS)
        self._idle.timeout.connect(self.highlight_all)
        self._slices = QTimer(self, interval=0)
        self._slices.timeout.connect(self._run_slice)
        document.contentsChange.connect(self._on_change)

    def set_language(self, language: str) -> None:
        self._language = language
        self._take_lexer()

    def _take_lexer(self) -> None:
        if is_lexer_awaited(self._language):
            self._lexer = None
            QTimer.singleShot(_LEXER_MS, self, self._take_lexer)
        else:
            self._lexer = lexer_for(self._language)
            self._forget()

    def refresh_colours(self) -> None:
        """Draw again if another theme is in force now."""
        if self._colours is not colours():
            self._colours = colours()
            self._formats = syntax_formats(self._colours)
            self._forget()

    def highlight_all(self) -> None:
        """Lex the whole text: the first slice now, the rest when the window has time."""
        self._idle.stop()
        if self._is_whole:
            return
        self._is_whole = True
        if self._document.characterCount() > LARGEST:
            return
        text = from_qt(self._document.toRawText())  # a line for each block
        self._lines = lex_lines(self._lexer, text)
        self._block = self._document.firstBlock()
        self._slices.start()
        self._run_slice()

    def _forget(self) -> None:
        if self._document.characterCount() > LARGEST:
            return
        block = self._document.firstBlock()
        while block.isValid():
            block.setUserState(-1)
            block = block.next()
        self._is_whole = False
        self.highlight_all()

    def _on_change(self, position: int, _removed: int, added: int) -> None:
        if self._is_applying:
            return
        self._slices.stop()
        self._lines = None
        if self.is_paused:
            self._is_whole = False
            return
        first = self._document.findBlock(position)
        last = self._document.findBlock(position + added)
        if not last.isValid():
            last = self._document.lastBlock()
        block = first
        while block.isValid() and block.blockNumber() <= last.blockNumber():
            block.setUserState(-1)
            block = block.next()
        self._highlight_window(first, last)
        self._idle.start()

    def _highlight_window(self, first: QTextBlock, last: QTextBlock) -> None:
        start = _safe_start(first)
        lines: list[str] = []
        block = start
        end = last.blockNumber() + _LINES_BEHIND
        while block.isValid() and block.blockNumber() <= end:
            lines.append(block.text())
            block = block.next()
        self._is_whole = start.blockNumber() == 0 and not block.isValid()
        self._lines = lex_lines(self._lexer, "\n".join(lines))
        self._block = start
        self._run_slice()
        if self._lines is not None:  # a large paste: the rest in slices
            self._slices.start()

    def _run_slice(self) -> None:
        if self._lines is None:
            self._slices.stop()
            return
        until = time.perf_counter() + _SLICE_S
        first, end = -1, -1
        block = self._block
        for spans, safety in self._lines:
            if not block.isValid():
                break
            state = (hash(spans) & 0x1FFFFFFF) << 2 | safety
            if block.userState() != state:
                if block.userState() >> 2 != state >> 2:
                    self._apply(block, spans)
                    first = block.position() if first < 0 else first
                    end = block.position() + block.length()
                block.setUserState(state)
            block = block.next()
            if time.perf_counter() > until:
                break
        else:
            block = QTextBlock()
        self._block = block
        if not block.isValid():
            self._lines = None
            self._slices.stop()
        if first >= 0:
            self._is_applying = True
            self._document.markContentsDirty(first, end - first)
            self._is_applying = False

    def _apply(self, block: QTextBlock, spans: Spans) -> None:
        ranges = []
        for start, length, kind in spans:
            shown = QTextLayout.FormatRange()
            shown.start, shown.length, shown.format = start, length, self._formats[kind]
            ranges.append(shown)
        set_formats(block.layout(), ranges)


def lex_lines(lexer: Lexer | None, text: str) -> Iterator[tuple[Spans, int]]:
    """Yield for each line what is in it, and whether a lexer may begin there.

    Lines over `LONGEST_LINE` stay plain.
    """
    lines = text.split("\n")
    if lexer is None:
        yield from (((), _STATEMENT_START) for _ in lines)
        return
    if any(len(line) > LONGEST_LINE for line in lines):
        lines = [line if len(line) <= LONGEST_LINE else "" for line in lines]
        text = "\n".join(lines)
    spans: list[tuple[int, int, TokenKind]] = []
    column, safety = 0, _line_safety(lines[0])
    number = 0
    for _, token, value in lexer.get_tokens_unprocessed(text):
        kind = syntax_of(token)
        is_open = kind in (TokenKind.STRING, TokenKind.COMMENT)
        first, *others = value.split("\n")
        column = _add(spans, column, first, kind)
        for index, part in enumerate(others):
            yield tuple(spans), safety
            spans.clear()
            number += 1
            is_start = index == len(others) - 1 and not part
            follows = lines[number] if number < len(lines) else ""
            safety = _line_safety(follows) if is_start or not is_open else _INSIDE
            column = _add(spans, 0, part, kind)
    yield tuple(spans), safety
    for _ in range(number + 1, len(lines)):  # a lexer that gave up early
        yield (), _INSIDE


def _line_safety(line: str) -> int:
    return _STATEMENT_START if line and not line[0].isspace() else _TOKEN_START


def _add(spans: list[tuple[int, int, TokenKind]], column: int, text: str, kind: TokenKind) -> int:
    length = units(text)
    if kind is not TokenKind.PLAIN and length:
        if spans and spans[-1][2] is kind and spans[-1][0] + spans[-1][1] == column:
            spans[-1] = (spans[-1][0], spans[-1][1] + length, kind)
        else:
            spans.append((column, length, kind))
    return column + length


def _safe_start(block: QTextBlock) -> QTextBlock:
    """Return the nearest line well before `block` where a lexer can begin in its first state."""
    number = max(block.blockNumber() - _LINES_BEFORE, 0)
    candidate = block.document().findBlockByNumber(number)
    fallback = candidate
    for _ in range(_LINES_SEARCHED):
        state = candidate.userState()
        if candidate.blockNumber() == 0 or (state >= 0 and state & 3 == _STATEMENT_START):
            return candidate
        if state >= 0 and state & 3 == _TOKEN_START and fallback.userState() & 3 == _INSIDE:
            fallback = candidate
        candidate = candidate.previous()
    return fallback
