"""Code on the screen is checked: the newest text of each place, whatever came before."""

from __future__ import annotations

import asyncio

from app.core.syntax import Syntax, SyntaxState
from app.services.code_checks import CodeChecks
from app.services.tasks import Tasks
from app.ui.presenters.syntax import SyntaxPresenter


class Screen:
    """Remembers what is shown."""

    def __init__(self) -> None:
        self.shown: list[tuple[object, Syntax]] = []
        self.news = asyncio.Event()

    def show_syntax(self, place: object, syntax: Syntax) -> None:
        self.shown.append((place, syntax))
        self.news.set()

    async def wait_for(self, count: int) -> None:
        async with asyncio.timeout(30):
            while len(self.shown) < count:
                await self.news.wait()
                self.news.clear()

    def states(self) -> list[tuple[object, SyntaxState]]:
        return [(place, syntax.state) for place, syntax in self.shown]


def test_every_place_gets_the_finding_of_its_newest_text() -> None:
    async def run() -> None:
        screen, errors = Screen(), []
        tasks, checks = Tasks(errors.append), CodeChecks()
        presenter = SyntaxPresenter(screen, checks, tasks)
        presenter.check("tab", "python", "x = (", True)
        presenter.check("block", "go", "func f( {\n", True)
        presenter.check("tab", "python", "x = 1\n", True)
        presenter.check("prose", "text", "x = (", True)
        await screen.wait_for(3)
        assert screen.states() == [
            ("prose", SyntaxState.UNKNOWN),
            ("block", SyntaxState.ERROR),
            ("tab", SyntaxState.PARSES),
        ]
        presenter.check("tab", "python", "x = (\n", False)
        await screen.wait_for(4)
        assert screen.states()[-1] == ("tab", SyntaxState.UNFINISHED)
        await tasks.close()
        checks.close()
        assert errors == []

    asyncio.run(run())
