"""Has the code on the screen checked, and shows what was found where the code stands.

Code is on the screen in many places: the tabs of the panel, the blocks of the conversation. A place
is its own view, and is told what was found in it; the newest text of a place
counts, and one text is checked at a time.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from app.core.syntax import UNKNOWN
from app.generation.syntax.labels import checked_label
from app.services.code_checks import CodeChecks
from app.services.tasks import Tasks
from app.ui.presenters.views import CodePlace


@dataclass(frozen=True, slots=True)
class _Wanted:
    info: str
    text: str
    is_whole: bool


class SyntaxPresenter:
    """Follows all code of one window."""

    def __init__(self, checks: CodeChecks, tasks: Tasks) -> None:
        self._checks = checks
        self._tasks = tasks
        self._wanted: dict[CodePlace, _Wanted] = {}
        self._working: asyncio.Task[None] | None = None

    def check(self, place: CodePlace, info: str, text: str, is_whole: bool) -> None:  # noqa: FBT001
        """Check a place's text; `info` is its fence's word. What was found is shown later."""
        if self._tasks.is_closed:
            return  # a timer of the window went off after all else
        if not checked_label(info):
            place.show(UNKNOWN)
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
                place.show(found)
