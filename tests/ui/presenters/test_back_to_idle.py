"""A bug of ours, wherever it strikes, leaves nothing that only a restart would mend."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from presenter_rig import Rig, play
from test_edits_presenter import HEAD, INSTRUCT, EditRig

from app.core.edits import EditKind
from app.core.models import ModelState
from app.core.places import Place
from app.engines.scripted import Answer, Script, ScriptedFactory
from app.services.tasks import Tasks
from app.ui.presenters.suggest import SuggestPresenter

CODE = "Here:\n\n```python\ndef f():\n    return 1\n```\n"


class Bug(Exception):
    """What nobody expected."""


def strike(*_: Any, **__: Any) -> None:
    raise Bug


class Once:
    """A method of a view that fails the first time."""

    def __init__(self, works: Callable[..., Any]) -> None:
        self._works, self._is_broken = works, True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self._is_broken:
            self._is_broken = False
            raise Bug
        return self._works(*args, **kwargs)


Make = Callable[..., Rig]


@pytest.fixture
def make(tmp_path: Path, tiny_model: Path) -> Iterator[Make]:
    made: list[Rig] = []

    def make(script: Script) -> Rig:
        made.append(Rig(tmp_path, ScriptedFactory(script), tiny_model, 10**12))
        return made[-1]

    yield make
    for rig in made:
        assert all(isinstance(bug, Bug) for bug in rig.bugs), rig.bugs
        rig.bugs.clear()
        rig.close()


@pytest.mark.parametrize("name", ["set_busy", "begin_answer", "append", "finish", "set_speed"])
def test_a_bug_while_an_answer_is_shown_lets_the_next_be_asked(make: Make, name: str) -> None:
    async def work(rig: Rig) -> None:
        await rig.begin()
        setattr(rig.screen, name, Once(getattr(rig.screen, name)))
        await rig.ask("first")
        await rig.until(lambda: bool(rig.bugs))
        assert not rig.screen.is_busy
        assert rig.panel.closed == list(rig.panel.tabs)  # what was begun may be edited
        await rig.ask("second")
        assert "second" in rig.screen.turns
        assert "return 1" in rig.screen.turns[-1]
        assert len(rig.bugs) == 1

    play(work(make(Script(default=Answer.of(CODE)))))


def test_a_chat_that_could_not_be_shown_is_shown_by_the_next_click(make: Make) -> None:
    async def work(rig: Rig) -> None:
        await rig.begin()
        await rig.ask("first")
        chat_id = rig.open_chat.chat_id
        assert chat_id is not None
        rig.open_chat.new_chat()
        await rig.until(lambda: not rig.screen.turns)
        rig.screen.load = Once(rig.screen.load)  # type: ignore[method-assign]
        rig.open_chat.open_chat(chat_id)
        await rig.until(lambda: bool(rig.bugs))
        rig.open_chat.open_chat(chat_id)
        await rig.until(lambda: rig.screen.turns[:1] == ["first"])

    play(work(make(Script(default=Answer.of(CODE)))))


def test_a_bug_while_a_model_loads_does_not_leave_it_loading(make: Make) -> None:
    async def work(rig: Rig) -> None:
        await rig.begin()
        model = rig.models_service.status.model
        assert model is not None
        await asyncio.to_thread(rig.models_service.loads.raise_context, 1024)
        lease, rig.pool.lease = rig.pool.lease, strike  # type: ignore[method-assign, assignment]
        rig.models.choose(model.path)
        await rig.until(lambda: bool(rig.bugs))
        assert rig.models_service.status.state is ModelState.IDLE
        rig.pool.lease = lease  # type: ignore[method-assign]
        rig.models.choose(model.path)
        await rig.until(lambda: rig.models_service.status.state is ModelState.READY)

    play(work(make(Script(default=Answer.of(CODE)))))


def test_a_bug_in_a_change_takes_its_bar_away(tmp_path: Path, tiny_model: Path) -> None:
    script = Script(default=Answer.of(f"```python\n{HEAD}    return 0\n```"))
    rig = EditRig(tmp_path, tiny_model, script, INSTRUCT)

    async def work() -> None:
        await rig.open()
        rig.generation.edit = strike  # type: ignore[method-assign, assignment]
        await rig.wish(EditKind.TYPES)
        assert rig.shown.activities
        assert rig.shown.done == 1

    play(work())
    assert list(map(type, rig.bugs)) == [Bug]
    rig.bugs.clear()
    rig.close()


class Panel:
    """The code panel as suggestions know it."""

    def __init__(self) -> None:
        self.state = ""

    def place(self) -> Place:
        return Place("def f(x):\n    ", "\n", "a.py")

    def show_suggestion(self, text: str) -> None: ...
    def clear_suggestion(self) -> None: ...
    def show_note(self, text: str) -> None: ...

    def show_state(self, words: str, more: str = "") -> None:
        self.state = words


def test_a_bug_in_a_suggestion_lets_the_next_be_asked(make: Make) -> None:
    async def work(rig: Rig) -> None:
        await rig.begin()
        panel = Panel()
        rig.generation.infill = strike  # type: ignore[method-assign, assignment]
        suggest = SuggestPresenter(
            panel, rig.models_service, rig.generation, Tasks(rig.bugs.append), rig.settings
        )
        for number in (1, 2):
            suggest.ask()
            await rig.until(lambda number=number: len(rig.bugs) == number)  # type: ignore[misc]
            await asyncio.sleep(0)
            assert panel.state == ""

    play(work(make(Script(default=Answer.of("return x")))))
