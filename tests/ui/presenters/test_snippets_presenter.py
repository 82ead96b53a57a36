"""What the list of snippets is told to show, with the real services and no Qt."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Callable, Coroutine, Iterator
from contextlib import aclosing, closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.core.errors import AppError, StoreError
from app.core.hunks import Hunk
from app.core.snippets import RanAgain, Snippet
from app.engines.scripted import Answer, Script, ScriptedFactory
from app.services.answering.generation import Generation
from app.services.chats.chats import Chats
from app.services.chats.history_file import HistoryFile
from app.services.inference.pool import Pool
from app.services.models import Models
from app.services.snippets import Snippets
from app.services.tasks import Tasks
from app.store.history import History
from app.store.settings import Settings
from app.ui.presenters.snippets import SnippetsPresenter


class Screen:
    """A view that remembers what it shows."""

    def __init__(self) -> None:
        self.snippets: list[Snippet] = []
        self.selected = 0
        self.facts: dict[int, dict[str, str]] = {}
        self.activities: list[str] = []
        self.result: RanAgain | None = None
        self.hunks: list[Hunk] = []
        self.run_error = ""
        self.ended = 0
        self.problem: AppError | None = None
        self.undo: Callable[[], None] | None = None
        self.said = ""

    @property
    def names(self) -> list[str]:
        return [snippet.name for snippet in self.snippets]

    def show_snippets(self, snippets: Any) -> None:
        self.snippets = list(snippets)

    def select_snippet(self, snippet_id: int) -> None:
        self.selected = snippet_id

    def show_facts(self, snippet_id: int, facts: Any) -> None:
        self.facts[snippet_id] = dict(facts)

    def show_activity(self, text: str) -> None:
        self.activities.append(text)

    def show_result(self, result: RanAgain, hunks: Any) -> None:
        self.result, self.hunks = result, list(hunks)

    def show_run_error(self, error: AppError) -> None:
        self.run_error = str(error)

    def end_run(self) -> None:
        self.ended += 1

    def show_problem(self, error: AppError) -> None:
        self.problem = error

    def clear_problem(self) -> None:
        self.problem = None

    def offer_undo(self, text: str, undo: Callable[[], None]) -> None:
        self.said, self.undo = text, undo


class Rig:
    def __init__(self, folder: Path, model: Path, script: Script) -> None:
        self.model = folder / "model.gguf"
        if not self.model.exists():
            shutil.copy(model, self.model)
        self.database = folder / "history.sqlite3"
        self.pool = Pool(ScriptedFactory(script), free_bytes=lambda: 10**12)
        settings = Settings(folder / "settings.toml")
        self.models = Models(self.pool, settings, builtin=self.model)
        generation = Generation(self.models)
        self.history = History(self.database)
        file = HistoryFile.of(self.history)
        self.chats = Chats(file, generation)
        self.snippets = Snippets(file, generation, self.models)
        self.screen = Screen()
        self.bugs: list[BaseException] = []
        self.is_busy = False
        self.presenter = SnippetsPresenter(
            self.screen,
            self.snippets,
            Tasks(self.bugs.append),
            is_busy=lambda: self.is_busy,
            offer_undo=self.screen.offer_undo,
        )

    async def ask(self, text: str) -> int:
        """Ask and return the answer's id."""
        model = await self.models.files.inspect(self.model)
        async with aclosing(self.chats.answers.ask(None, text, model=model)) as events:
            async for _ in events:
                pass
        return (await self.chats.messages((await self.chats.chats())[0].id))[-1].id

    async def keep(self, text: str = "x = 1") -> Snippet:
        """Keep a part of a new answer, and wait until its file is known."""
        self.presenter.keep(text, "python", await self.ask("Write x"))
        await self.until(lambda: bool(self.screen.snippets))
        snippet = self.screen.snippets[0]
        for _ in range(3000):
            written = await self.snippets.written(snippet)
            if written is not None and written.origin.model.sha256:
                return snippet
            await asyncio.sleep(0.02)
        raise AssertionError("the model file was not identified")

    async def until(self, is_so: Callable[[], bool]) -> None:
        for _ in range(3000):
            if is_so():
                return
            await asyncio.sleep(0.02)
        raise AssertionError("it did not happen within a minute")

    def close(self) -> None:
        self.snippets.close()
        self.pool.close()
        self.history.close()


Make = Callable[..., Rig]


@pytest.fixture
def make(tmp_path: Path, tiny_model: Path) -> Iterator[Make]:
    made: list[Rig] = []

    def make(said: str = "x = 1", **how: Any) -> Rig:
        made.append(Rig(tmp_path, tiny_model, Script(default=Answer.of(said), **how)))
        return made[-1]

    yield make
    for rig in made:
        rig.close()
        assert not rig.bugs, rig.bugs


def play(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(work, 300))


def test_keep_find_and_see_where_it_came_from(make: Make) -> None:
    rig = make()

    async def work() -> None:
        kept = await rig.keep()
        assert rig.screen.said == "Saved as the snippet “Write x”."
        rig.presenter.show(kept)
        await rig.until(lambda: kept.id in rig.screen.facts)
        facts = rig.screen.facts[kept.id]
        assert facts["Prompt"] == "Write x"
        assert facts["Seed"].isdigit()
        assert "model.gguf, SHA-256 " in facts["Made by"]
        assert "temperature 0.2, top k 40" in facts["Settings"]
        rig.presenter.search("nothing")
        await rig.until(lambda: rig.screen.names == [])
        rig.presenter.search("PYTH x")
        await rig.until(lambda: rig.screen.names == ["Write x"])

    play(work())


def test_keeping_can_be_taken_back_and_nothing_is_not_kept(make: Make) -> None:
    rig = make()

    async def work() -> None:
        await rig.keep()
        assert rig.screen.undo is not None
        rig.screen.undo()
        await rig.until(lambda: rig.screen.names == [])
        rig.presenter.keep(" \n", "", None)
        await asyncio.sleep(0.1)
        assert await rig.snippets.search() == []

    play(work())


def test_change_delete_and_undo(make: Make) -> None:
    rig = make()

    async def work() -> None:
        kept = await rig.keep()
        rig.presenter.change(replace(kept, name="other", tags=("#t",)))
        await rig.until(lambda: rig.screen.names == ["other"])
        assert rig.screen.snippets[0].tags == ("t",)
        rig.presenter.delete(rig.screen.snippets[0])
        await rig.until(lambda: rig.screen.names == [])
        assert rig.screen.said == "“other” was deleted."
        assert rig.screen.undo is not None
        rig.screen.undo()
        await rig.until(lambda: rig.screen.names == ["other"])
        assert rig.screen.selected == kept.id

    play(work())


def test_the_same_text_again(make: Make) -> None:
    rig = make("word " * 200)

    async def work() -> None:
        kept = await rig.keep("word")
        rig.presenter.run_again(kept)
        await rig.until(lambda: rig.screen.result is not None)
        assert rig.screen.result is not None
        assert rig.screen.result.is_same
        assert rig.screen.hunks == []
        assert any(words.startswith("Writing: ") for words in rig.screen.activities)

    play(work())


def test_another_text_shows_the_lines_that_differ(make: Make) -> None:
    rig = make("x = 1")

    async def work() -> None:
        kept = await rig.keep()
        other = make("x = 2")
        other.presenter.run_again(kept)
        await other.until(lambda: other.screen.result is not None)
        assert other.screen.result is not None
        assert not other.screen.result.is_same
        (hunk,) = other.screen.hunks
        assert (hunk.old_lines, hunk.new_lines) == (("x = 1\n",), ("x = 2\n",))

    play(work())


def test_running_waits_for_an_answer_and_can_be_stopped(make: Make) -> None:
    rig = make("word " * 30)

    async def work() -> None:
        kept = await rig.keep("word")
        rig.is_busy = True
        rig.presenter.run_again(kept)
        assert "An answer is being written" in rig.screen.run_error
        rig.is_busy = False
        slow = make("word " * 100_000, tokens_per_s=100)
        slow.presenter.run_again(kept)
        await slow.until(lambda: any("Writing" in words for words in slow.screen.activities))
        slow.presenter.stop()
        await slow.until(lambda: slow.screen.ended == 1)
        assert slow.screen.result is None

    play(work())


def test_a_model_that_is_gone_is_said_by_name(make: Make) -> None:
    rig = make()

    async def work() -> None:
        kept = await rig.keep()
        rig.model.unlink()
        rig.presenter.run_again(kept)
        await rig.until(lambda: bool(rig.screen.run_error))
        assert "model.gguf" in rig.screen.run_error
        assert "is missing" in rig.screen.run_error

    play(work())


def test_a_foreign_file_gets_one_clear_message(make: Make, tmp_path: Path) -> None:
    rig = make()

    async def work() -> None:
        (tmp_path / "notes.json").write_text("hello")
        rig.presenter.import_(tmp_path / "notes.json")
        await rig.until(lambda: rig.screen.problem is not None)
        assert "notes.json has no snippets" in str(rig.screen.problem)
        kept = await rig.keep()
        path = tmp_path / "mine.json"
        rig.presenter.export([kept], path)
        await rig.until(path.exists)
        rig.presenter.import_(path)
        await rig.until(lambda: rig.screen.names == ["Write x", "Write x"])
        assert rig.screen.problem is None
        assert rig.screen.selected == rig.screen.snippets[0].id

    play(work())


def test_a_locked_database_is_said_and_keeping_works_afterwards(make: Make) -> None:
    rig = make()

    async def work() -> None:
        answer_id = await rig.ask("Write x")
        with closing(sqlite3.connect(rig.database)) as other:
            other.execute("BEGIN EXCLUSIVE")
            rig.presenter.keep("x = 1", "python", answer_id)
            await rig.until(lambda: bool(rig.bugs))
        assert isinstance(rig.bugs[0], StoreError)
        assert "locked" in str(rig.bugs[0])
        rig.bugs.clear()
        await rig.keep()
        assert rig.screen.names == ["Write x"]

    play(work())
