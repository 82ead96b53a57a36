"""Lexers of Pygments, each made once.

Making the first of a language compiles its patterns: 10 to 60 ms, for some 180. While a maker is at
work on a thread of its own, only it makes lexers, as Pygments cannot make one on two threads at
once. Whoever needs one that is not there yet asks for it, and shows plain text until it is.
"""

from __future__ import annotations

import logging
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from app.ui.widgets.code.helm_lexer import HelmLexer

if TYPE_CHECKING:
    from pygments.lexer import Lexer

_log = logging.getLogger(__name__)
_USUAL = "python", "bash", "javascript", "json", "sql", "html", "css", "typescript", "c", "java"
"""What a person is likely to ask for, made when nothing else is to be."""
_FIRST_USUAL_S, _NEXT_USUAL_S = 2.0, 0.2
"""The window opens first, and has Python's lock to itself between two of them."""
_EMBEDDED = "<script>let a = 1</script><style>a { color: red }</style>"
"""Makes a lexer of pages make those of what stands in pages."""


class Lexers:
    """The lexers of a program, by Pygments' names."""

    def __init__(self) -> None:
        self._made: dict[str, Lexer | None] = {}
        self._wanted: SimpleQueue[str | None] = SimpleQueue()
        self._asked: set[str] = set()
        self._has_maker = False

    def get(self, name: str) -> Lexer | None:
        """Return a lexer that changes nothing in its text; None where Pygments has none."""
        if name not in self._made and not self._has_maker:
            self._made[name] = _make(name)
        return self._made.get(name)

    def is_awaited(self, name: str) -> bool:
        """Tell whether a lexer is still to be made by the maker, and ask for it."""
        if name in self._made or not self._has_maker:
            return False
        if name not in self._asked:
            self._asked.add(name)
            self._wanted.put(name)
        return True

    def begin(self) -> None:
        """From now on `work` makes lexers, on another thread."""
        self._has_maker = True

    def work(self) -> None:
        """Make what is asked for, and meanwhile what may be, until the end."""
        usual, patience = list(_USUAL), _FIRST_USUAL_S
        while True:
            try:
                name = self._wanted.get(timeout=patience if usual else None)
            except Empty:
                name, patience = usual.pop(0), _NEXT_USUAL_S
            if name is None:
                return
            if name not in self._made:
                try:
                    self._made[name] = _make(name)
                except Exception:  # noqa: BLE001 - one lexer's fault must not end the others
                    _log.exception("There is no lexer for %s", name)
                    self._made[name] = None

    def end(self) -> None:
        """Let `work` return once it is done with what it makes now."""
        self._has_maker = False
        self._asked.clear()
        self._wanted.put(None)


LEXERS = Lexers()


def _make(name: str) -> Lexer | None:
    if name == "helm":  # the one that Pygments lacks
        return HelmLexer(stripnl=False, ensurenl=False)
    try:
        lexer = get_lexer_by_name(name, stripnl=False, ensurenl=False)
    except ClassNotFound:  # this version of Pygments has it no more
        return None
    for _ in lexer.get_tokens_unprocessed(_EMBEDDED):
        pass
    return lexer
