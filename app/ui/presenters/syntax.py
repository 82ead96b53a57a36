"""Has the code on the screen checked, and shows what was found where the code stands.

Code is on the screen in many places: the tabs of the panel, the blocks of the conversation. A place
is whatever the view hands over, and is handed back with the result; the newest text of a place
counts, and one text is checked at a time.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Protocol

from app.core.syntax import UNKNOWN, Syntax
from app.generation.syntax.labels import checked_label
from app.services.code_checks import CodeChecks
from app.services.tasks import Tasks


class SyntaxView(Protocol):
    """What the window does for this presenter."""

    def show_syntax(self, place: object, syntax: Syntax) -> None: ...


@dataclass(frozen=True, slots=True)
class _Wanted:
    info: str
    text: str
    is_whole: bool


class SyntaxPresenter:
    """Follows all code of one window."""

    def __init__(self, view: SyntaxView, checks: CodeChecks, tasks: Tasks) -> None:
        self._view = view
        self._checks = checks
        self._tasks = tasks
        self._wanted: dict[object, _Wanted] = {}
        self._working: asyncio.Task[None] | None = None

    def check(self, place: object, info: str, text: str, is_whole: bool) -> None:  # noqa: FBT001
        """Check a place's text; `info` is its fence's word. What was found is shown later."""
        if self._tasks.is_closed:
            return  # a timer of the window went off after all else
        if not checked_label(info):
            self._view.show_syntax(place, UNKNOWN)
            return
        self._wanted.pop(place, None)
        self._wanted[place] = _Wanted(info, text, is_whole)
        if self._working is None or self._working.done():
            self._working = self._tasks.start(self._work(), name="check code")

    async def _work(self) -> None:
        while self._wanted:
            place = next(iter(self._wanted))
            wanted = self._wanted.pop(place)
            found = await self._checks.check(wanted.info, wanted.text, is_whole=wanted.is_whole)
            if place not in self._wanted:
                self._view.show_syntax(place, found)
