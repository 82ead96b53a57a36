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
        self.shown: list[tuple[str, Syntax]] = []
        self.places: dict[str, Place] = {}
        self.news = asyncio.Event()

    def place(self, name: str) -> Place:
        return self.places.setdefault(name, Place(self, name))

    async def wait_for(self, count: int) -> None:
        async with asyncio.timeout(30):
            while len(self.shown) < count:
                await self.news.wait()
                self.news.clear()

    def states(self) -> list[tuple[str, SyntaxState]]:
        return [(place, syntax.state) for place, syntax in self.shown]


class Place:
    """A piece of code on the screen."""

    def __init__(self, screen: Screen, name: str) -> None:
        self.screen, self.name = screen, name

    def show(self, syntax: Syntax) -> None:
        self.screen.shown.append((self.name, syntax))
        self.screen.news.set()

    def tell(self, language: str) -> None: ...


def test_every_place_gets_the_finding_of_its_newest_text() -> None:
    async def run() -> None:
        screen, errors = Screen(), []
        tasks, checks = Tasks(errors.append), CodeChecks()
        presenter = SyntaxPresenter(checks, tasks)
        presenter.check(screen.place("tab"), "python", "x = (", True)
        presenter.check(screen.place("block"), "go", "func f( {\n", True)
        presenter.check(screen.place("tab"), "python", "x = 1\n", True)
        presenter.check(screen.place("prose"), "text", "x = (", True)
        await screen.wait_for(3)
        assert screen.states() == [
            ("prose", SyntaxState.UNKNOWN),
            ("block", SyntaxState.ERROR),
            ("tab", SyntaxState.PARSES),
        ]
        presenter.check(screen.place("tab"), "python", "x = (\n", False)
        await screen.wait_for(4)
        assert screen.states()[-1] == ("tab", SyntaxState.UNFINISHED)
        await tasks.close()
        checks.close()
        assert errors == []

    asyncio.run(run())
