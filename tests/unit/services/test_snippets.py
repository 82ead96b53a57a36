"""Snippets: kept with where they came from, and made again to the letter."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Callable, Coroutine, Iterator
from contextlib import aclosing, closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import open_engine
from app.core.attachments import Attachment
from app.core.chats import MessageState, StoredMessage
from app.core.engine import EngineFactory
from app.core.errors import ModelFileError, RequestError, StoreError
from app.core.events import TextDelta
from app.core.messages import Role
from app.core.paths import builtin_model_path
from app.core.sampling import Sampling
from app.core.snippets import RanAgain, Snippet
from app.engines.scripted import Answer, Script, ScriptedFactory
from app.services.answering.generation import Generation
from app.services.chats.asking import Asked
from app.services.chats.chats import Chats
from app.services.chats.history_file import HistoryFile
from app.services.inference.pool import Pool
from app.services.models import Models
from app.services.snippets import Snippets
from app.store.history import History
from app.store.settings import Settings
from app.text.attached import with_attachments
from app.text.languages import language_named


@dataclass
class Rig:
    pool: Pool
    models: Models
    history: History
    chats: Chats
    snippets: Snippets
    path: Path

    async def ask(
        self, text: str, *, chat_id: int | None = None, asked: Asked | None = None
    ) -> StoredMessage:
        """Ask and return the answer as it stands in the history."""
        model = await self.models.files.inspect(self.path)
        stream = self.chats.answers.ask(chat_id, text, model=model, asked=asked or Asked())
        async with aclosing(stream) as events:
            async for _ in events:
                pass
        chat_id = chat_id or (await self.chats.chats())[0].id
        return (await self.chats.messages(chat_id))[-1]

    async def keep(self, answer: StoredMessage, text: str = "") -> Snippet:
        kept = await self.snippets.keep(text or answer.text, "python", message_id=answer.id)
        await self.snippets.identify(kept)
        return kept

    async def again(self, snippet: Snippet) -> RanAgain:
        async with aclosing(self.snippets.run_again(snippet)) as events:
            found = [event async for event in events]
        assert isinstance(found[-1], RanAgain)
        return found[-1]


Make = Callable[..., Rig]


@pytest.fixture
def make(tmp_path: Path, tiny_model: Path) -> Iterator[Make]:
    made: list[Rig] = []

    def make(factory: EngineFactory, path: Path | None = None) -> Rig:
        own = tmp_path / "own.gguf"
        if path is None and not own.exists():
            shutil.copy(tiny_model, own)
        pool = Pool(factory, free_bytes=lambda: 10**12)
        settings = Settings(tmp_path / "settings.toml")
        models = Models(pool, settings, builtin=path or own)
        generation = Generation(models)
        history = History(tmp_path / "data" / "history.sqlite3")
        file = HistoryFile.of(history)
        made.append(
            Rig(
                pool,
                models,
                history,
                Chats(file, generation),
                Snippets(file, generation, models),
                path or own,
            )
        )
        return made[-1]

    yield make
    for rig in made:
        rig.snippets.close()
        rig.pool.close()
        rig.history.close()


def play(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(work, 300))


def says(text: str) -> ScriptedFactory:
    return ScriptedFactory(Script(default=Answer.of(text)))


def test_an_answer_keeps_how_it_was_made(make: Make) -> None:
    rig = make(says("x = 1"))

    async def work() -> None:
        asked = Asked(language_named("Go"), Sampling(temperature=0.9, top_k=3), "Be brief.")
        answer = await rig.ask("Write x", asked=asked)
        kept = await rig.keep(answer, "x = 1")
        written = await rig.snippets.written(kept)
        assert written is not None
        origin = written.origin
        assert (written.answer, written.is_whole) == (answer.text, True)
        assert [(m.role, m.text) for m in origin.messages] == [
            (Role.SYSTEM, "Be brief."),
            (Role.USER, "Write x"),
        ]
        assert (origin.sampling.temperature, origin.sampling.top_k) == (0.9, 3)
        assert origin.sampling.seed is not None
        assert (origin.language, origin.context_tokens) == ("Go", 4096)
        assert origin.model.path == rig.path
        assert len(origin.model.sha256) == 64
        assert (kept.name, kept.language, kept.model) == ("Write x", "python", answer.model)

    play(work())


def test_the_same_text_and_another_one(make: Make) -> None:
    rig = make(says("x = 1"))

    async def work() -> None:
        kept = await rig.keep(await rig.ask("Write x"), "x = 1")
        again = await rig.again(kept)
        assert (again.is_same, again.holds_snippet, again.note) == (True, True, "")
        rig.pool.close()
        other = make(says("x = 2"))
        again = await other.again(kept)
        assert (again.is_same, again.holds_snippet) == (False, False)
        assert again.then == "```python\nx = 1\n```"
        assert again.now == "```python\nx = 2\n```"

    play(work())


def test_the_built_in_model_writes_the_same_text_again(make: Make) -> None:
    rig = make(open_engine, builtin_model_path())

    async def work() -> None:
        # As “Reproducible answers” asks for; a long chat without it may round otherwise.
        sampling = Sampling(temperature=1.5, top_k=0, top_p=1, min_p=0, max_tokens=120)
        asked = Asked(None, replace(sampling, is_exact=True))
        first = await rig.ask("Write a Python function that reverses a string", asked=asked)
        second = await rig.ask("Now with a test", chat_id=first.chat_id, asked=asked)
        third = await rig.ask("Explain it", chat_id=first.chat_id, asked=asked)
        await rig.ask("Write a SQL query")
        for answer in (second, first, third):
            again = await rig.again(await rig.keep(answer))
            assert again.is_same, (again.then, again.now)

    play(work())


def test_an_answer_that_went_on_is_run_from_there(make: Make) -> None:
    rig = make(open_engine, builtin_model_path())

    async def work() -> None:
        asked = Asked(None, Sampling(temperature=0.8, max_tokens=12, is_exact=True))
        answer = await rig.ask("Write a Python function that adds two numbers", asked=asked)
        assert answer.state is MessageState.LENGTH
        model = await rig.models.files.inspect(rig.path)
        going = replace(asked.sampling, max_tokens=None)
        going_on = rig.chats.answers.resume(
            answer.chat_id, model=model, asked=replace(asked, sampling=going)
        )
        async with aclosing(going_on) as events:
            async for _ in events:
                pass
        whole = (await rig.chats.messages(answer.chat_id))[-1]
        assert len(whole.text) > len(answer.text)
        again = await rig.again(await rig.keep(whole))
        assert again.is_same, (again.then, again.now)

    play(work())


def test_a_stopped_answer_is_compared_as_far_as_it_went(make: Make) -> None:
    rig = make(
        ScriptedFactory(
            Script(default=Answer(tuple(b"w%d " % n for n in range(5000))), tokens_per_s=400)
        )
    )

    async def work() -> None:
        model = await rig.models.files.inspect(rig.path)
        said = 0
        async with aclosing(rig.chats.answers.ask(None, "go", model=model)) as events:
            async for event in events:
                said += len(event.text) if isinstance(event, TextDelta) else 0
                if said > 100:
                    break
        (chat,) = await rig.chats.chats()
        answer = (await rig.chats.messages(chat.id))[-1]
        assert answer.state is MessageState.STOPPED
        again = await rig.again(await rig.keep(answer))
        assert again.is_same
        assert "stopped then" in again.note
        assert len(again.now) == len(answer.text)

    play(work())


def test_an_edited_snippet_says_that_the_answer_is_the_same(make: Make) -> None:
    rig = make(says("x = 1"))

    async def work() -> None:
        kept = await rig.keep(await rig.ask("Write x"), "my own = 2")
        again = await rig.again(kept)
        assert (again.is_same, again.holds_snippet) == (True, False)

    play(work())


def test_what_nobody_knows_cannot_be_run(make: Make) -> None:
    rig = make(says("x"))

    async def work() -> None:
        by_hand = await rig.snippets.keep("def mine(): ...", "python")
        with pytest.raises(RequestError, match="“mine” cannot be run again"):
            await rig.again(by_hand)
        answer = await rig.ask("Write x")
        edited = await rig.chats.rewrite(answer, "my own words")
        with pytest.raises(RequestError, match="cannot be run again"):
            await rig.again(await rig.keep(edited))

    play(work())


def test_a_model_that_is_gone_is_named(make: Make) -> None:
    rig = make(says("x"))

    async def work() -> None:
        kept = await rig.keep(await rig.ask("Write x"))
        rig.path.unlink()
        with pytest.raises(ModelFileError, match=r"own\.gguf .* is missing") as raised:
            await rig.again(kept)
        assert "Put it back" in raised.value.hint

    play(work())


def test_another_file_in_its_place_is_named(make: Make) -> None:
    rig = make(says("x"))

    async def work() -> None:
        answer = await rig.ask("Write x")
        kept = await rig.keep(answer)
        rig.path.write_bytes(rig.path.read_bytes() + b"more")
        with pytest.raises(ModelFileError, match=r"own\.gguf is not the file .* SHA-256"):
            await rig.again(kept)
        late = await rig.keep(answer)  # its file cannot be told for certain any more
        with pytest.raises(ModelFileError, match=r"own\.gguf has changed since"):
            await rig.again(late)

    play(work())


def test_a_model_that_was_touched_or_moved_is_still_known(make: Make, tmp_path: Path) -> None:
    rig = make(says("x"))

    async def work() -> None:
        kept = await rig.keep(await rig.ask("Write x"))
        os.utime(rig.path, (1, 1))
        assert (await rig.again(kept)).is_same
        moved = tmp_path / "moved.gguf"
        rig.path.rename(moved)
        await rig.models.open(moved)
        assert (await rig.again(kept)).is_same

    play(work())


def test_export_and_import(make: Make, tmp_path: Path) -> None:
    rig = make(says("x"))

    async def work() -> None:
        kept = await rig.keep(await rig.ask("Write x"), "x")
        path = tmp_path / "snippets.json"
        await rig.snippets.export([kept], path)
        await rig.snippets.delete(kept)
        (added,) = await rig.snippets.import_(path)
        assert (added.name, added.text) == (kept.name, kept.text)
        assert (await rig.again(added)).is_same
        chats = tmp_path / "chats.json"
        await rig.chats.export(None, chats)
        with pytest.raises(StoreError, match=r"chats\.json has no snippets"):
            await rig.snippets.import_(chats)
        assert len(await rig.snippets.search()) == 1

    play(work())


def test_a_snippet_is_named_after_its_question(make: Make) -> None:
    rig = make(says("def is_prime(n):\n    ..."))

    async def work() -> None:
        answer = await rig.ask("\nCheck whether a number is prime\nquickly, please")
        assert (await rig.keep(answer)).name == "Check whether a number is prime"
        # A second piece of the same answer has a name of its own.
        again = await rig.keep(answer, "def sieve(n): ...")
        assert again.name == "Check whether a number is prime (sieve)"
        (chat,) = await rig.chats.chats()
        other = await rig.ask("Now in Go", chat_id=chat.id)
        assert (await rig.keep(other)).name == "Now in Go"
        attached = Attachment("a.py", "x = 1\n")
        with_file = await rig.ask(with_attachments("Explain a.py", (attached,)), chat_id=chat.id)
        assert (await rig.keep(with_file)).name == "Explain a.py"
        only_file = await rig.ask(with_attachments("", (attached,)), chat_id=chat.id)
        assert (await rig.keep(only_file)).name == "is_prime"
        kept = await rig.snippets.keep("def f(): ...", "python")
        assert kept.name == "f"
        wordy = await rig.ask("word " * 400, chat_id=chat.id)
        assert len((await rig.keep(wordy)).name) < 80

    play(work())


def test_a_closed_history_is_named(make: Make) -> None:
    rig = make(says("x"))

    async def work() -> None:
        with closing(rig.history):
            pass
        with pytest.raises(StoreError, match="chat history"):
            await rig.snippets.search()

    play(work())
