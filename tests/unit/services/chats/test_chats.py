"""Chats are saved as they stream, and nothing that was said is lost."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Coroutine, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.core.chats import MessageState
from app.core.context import Overflow
from app.core.errors import EngineError, ModelTooLargeError, PromptTooLongError
from app.core.events import Finished, LeftOut, Loading, TextDelta
from app.core.messages import Message, Role
from app.core.models import ModelFile, ModelState
from app.core.sampling import Sampling
from app.engines.scripted import Answer, Script, ScriptedFactory
from app.services.answering.generation import ChatRequest, CompletionRequest, Generation
from app.services.chats.asking import (
    AnswerContinued,
    Asked,
    ChatStarted,
    DoesNotFit,
    MessageAdded,
    SavingFailed,
    SavingWorks,
)
from app.services.chats.chats import Chats
from app.services.chats.history_file import HistoryFile
from app.services.inference.pool import Pool
from app.services.models import Models
from app.store.history import History
from app.store.settings import Settings


@dataclass
class Rig:
    pool: Pool
    models: Models
    generation: Generation
    history: History
    chats: Chats
    model: ModelFile
    database: Path

    async def ask(self, text: str, chat_id: int | None = None) -> list[Any]:
        async with aclosing(self.chats.answers.ask(chat_id, text, model=self.model)) as events:
            return [event async for event in events]


@pytest.fixture
def rigs(tmp_path: Path, tiny_model: Path) -> Iterator[Any]:
    made: list[Rig] = []

    def make(script: Script, *, available_bytes: int = 10**12) -> Rig:
        pool = Pool(ScriptedFactory(script), free_bytes=lambda: available_bytes)
        settings = Settings(tmp_path / "settings.toml")
        models = Models(pool, settings, builtin=tiny_model)
        generation = Generation(models)
        database = tmp_path / "data" / "history.sqlite3"
        history = History(database)
        model = asyncio.run(models.files.inspect(tiny_model))
        rig = Rig(
            pool,
            models,
            generation,
            history,
            Chats(HistoryFile.of(history), generation),
            model,
            database,
        )
        made.append(rig)
        return rig

    yield make
    for rig in made:
        rig.pool.close()
        rig.history.close()


def play(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(work, 300))


def test_a_question_opens_a_chat_and_both_turns_are_saved(rigs: Any) -> None:
    rig = rigs(Script(default=Answer.of("Hello there")))

    async def work() -> None:
        events = await rig.ask("Say hello\nplease")
        assert isinstance(events[0], ChatStarted)
        assert events[0].chat.title == "Say hello"
        assert [e.message.role for e in events if isinstance(e, MessageAdded)] == [
            Role.USER,
            Role.ASSISTANT,
        ]
        assert any(isinstance(event, Loading) for event in events)
        text = "".join(e.text for e in events if isinstance(e, TextDelta))
        assert isinstance(events[-1], Finished)
        assert events[-1].text == text == "```python\nHello there\n```"  # a base model completes
        saved = await rig.chats.messages(events[0].chat.id)
        assert [(m.text, m.state) for m in saved] == [
            ("Say hello\nplease", MessageState.DONE),
            (text, MessageState.DONE),
        ]

    play(work())


def test_a_nul_of_the_models_does_not_end_the_chat(rigs: Any) -> None:
    rig = rigs(Script(default=Answer.of("a \0 b")))

    async def work() -> None:
        events = await rig.ask("go")
        chat_id = events[0].chat.id
        assert "\0" in (await rig.chats.messages(chat_id))[1].text
        events = await rig.ask("go on", chat_id)
        assert isinstance(events[-1], Finished)
        assert len(await rig.chats.messages(chat_id)) == 4
        said = (Message(Role.USER, "go"), Message(Role.ASSISTANT, "a\0"), Message(Role.USER, "on"))
        async with aclosing(rig.generation.chat(rig.model, ChatRequest(said))) as stream:
            assert [e for e in [event async for event in stream] if isinstance(e, Finished)]

    play(work())


def test_half_a_character_in_a_question_is_asked_and_kept(rigs: Any) -> None:
    rig = rigs(Script(default=Answer.of("yes")))

    async def work() -> None:
        events = await rig.ask("half \ud83d of it \udce9")
        assert events[0].chat.title == "half \ufffd of it \ufffd"
        saved = await rig.chats.messages(events[0].chat.id)
        assert saved[0].text == "half \ufffd of it \ufffd"
        assert saved[1].state is MessageState.DONE
        said = (Message(Role.SYSTEM, "\udfff"), Message(Role.USER, "\ud83d"))
        async with aclosing(rig.generation.chat(rig.model, ChatRequest(said))) as stream:
            assert [e for e in [event async for event in stream] if isinstance(e, Finished)]

    play(work())


def test_a_model_whose_name_is_not_utf8_answers_and_is_remembered(
    rigs: Any, tmp_path: Path, tiny_model: Path
) -> None:
    rig = rigs(Script(default=Answer.of("yes")))
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9 \xff.gguf"))
    shutil.copy(tiny_model, odd)

    async def work() -> None:
        await rig.models.open(odd)
        rig.model = rig.models.status.model
        events = await rig.ask("go")
        chat_id = events[0].chat.id
        assert not [event for event in events if isinstance(event, SavingFailed)]
        saved = await rig.chats.messages(chat_id)
        assert saved[1].state is MessageState.DONE
        assert "yes" in saved[1].text
        (origin,) = rig.history.origins(chat_id).values()
        assert origin.model.path == odd
        copy = tmp_path / "copy.json"
        await rig.chats.export(chat_id, copy)
        (again,) = await rig.chats.import_(copy)
        (origin,) = rig.history.origins(again.id).values()
        assert origin.model.path == odd

    play(work())
    assert Settings(tmp_path / "settings.toml").chosen_model == str(odd)


def test_text_is_on_the_disk_while_the_answer_streams(rigs: Any) -> None:
    rig = rigs(Script(default=Answer(tuple(b"w " for _ in range(100_000))), tokens_per_s=200))

    async def work() -> None:
        task = asyncio.create_task(rig.ask("go"))
        other = sqlite3.connect(rig.database)  # what a killed program would leave
        for _ in range(600):
            await asyncio.sleep(0.1)
            rows = other.execute("SELECT text FROM messages WHERE state = 'writing'").fetchall()
            if rows and rows[0][0].count("w ") > 20:
                break
        else:
            raise AssertionError("nothing was saved in a minute")
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        ((text, state),) = other.execute(
            "SELECT text, state FROM messages WHERE role = 'assistant'"
        ).fetchall()
        assert state == "stopped"
        assert text.count("w ") > 20
        other.close()

    play(work())


def test_a_failed_answer_is_kept_and_can_be_asked_again(rigs: Any) -> None:
    rig = rigs(Script(default=Answer(tuple(b"w " for _ in range(9)), fails_after=4)))

    async def work() -> None:
        with pytest.raises(EngineError):
            await rig.ask("go")
        (chat,) = await rig.chats.chats()
        question, answer = await rig.chats.messages(chat.id)
        assert answer.state is MessageState.FAILED
        assert answer.text.endswith("w w w w ")
        assert answer.error
        with pytest.raises(EngineError):
            async for _ in rig.chats.answers.answer(chat.id, model=rig.model):
                pass
        again = await rig.chats.messages(chat.id)
        assert [again[0].id, len(again)] == [question.id, 2]  # the failed one was replaced

    play(work())


def test_a_full_disk_holds_up_no_answer_and_is_told_once(rigs: Any) -> None:
    rig = rigs(Script(default=Answer(tuple(b"word " * 40 for _ in range(300))), tokens_per_s=200))

    async def work() -> None:
        events: list[Any] = []
        async for event in rig.chats.answers.ask(None, "go", model=rig.model):
            events.append(event)
            if isinstance(event, MessageAdded) and event.message.role is Role.ASSISTANT:
                limit_pages(rig.history, 0)
        failures = [event for event in events if isinstance(event, SavingFailed)]
        assert "disk is full" in failures[0].error.hint
        finished = next(event for event in events if isinstance(event, Finished))
        assert finished.text.count("word ") == 300 * 40
        assert await rig.chats.close() is not None
        limit_pages(rig.history, 1_000_000)
        assert await rig.chats.close() is None
        (chat,) = await rig.chats.chats()
        assert (await rig.chats.messages(chat.id))[1].text == finished.text

    play(work())


def limit_pages(history: History, pages: int) -> None:
    """SQLite's own way to have no room: a database may not grow past so many pages."""
    (now,) = history.database.connection.execute("PRAGMA page_count").fetchone()
    history.database.connection.execute(f"PRAGMA max_page_count = {pages or now}")


def test_a_locked_history_does_not_hold_up_the_stream(rigs: Any) -> None:
    rig = rigs(Script(default=Answer(tuple(b"w " for _ in range(600))), tokens_per_s=200))

    async def work() -> None:
        events: list[Any] = []
        other: sqlite3.Connection | None = None
        longest, last = 0.0, asyncio.get_running_loop().time()
        async for event in rig.chats.answers.ask(None, "go", model=rig.model):
            now = asyncio.get_running_loop().time()
            if isinstance(event, TextDelta) and other is not None:
                longest = max(longest, now - last)
            last = now
            events.append(event)
            if other is None and isinstance(event, TextDelta):
                other = sqlite3.connect(rig.database, isolation_level=None)
                other.execute("BEGIN EXCLUSIVE")
            if other is not None and isinstance(event, SavingFailed):
                other.rollback()
        assert longest < 0.45  # a write waits half a second for the lock
        if other is not None:
            other.close()
        assert isinstance(events[-1], Finished | SavingWorks)

    play(work())


def test_deleting_a_chat_can_be_undone(rigs: Any) -> None:
    rig = rigs(Script())

    async def work() -> None:
        started = (await rig.ask("one"))[0].chat
        await rig.chats.delete(started.id)
        assert await rig.chats.chats() == []
        await rig.chats.restore(started.id)
        assert [chat.id for chat in await rig.chats.chats()] == [started.id]

    play(work())


def test_the_same_seed_is_told_and_the_prompt_is_counted(rigs: Any) -> None:
    rig = rigs(Script())

    async def work() -> None:
        request = CompletionRequest("abc", Sampling(seed=7))
        events = [event async for event in rig.generation.complete(rig.model, request)]
        assert events[-1].seed == 7
        assert events[-1].timings.prompt_tokens == 3
        assert events[-1].text == "This is a scripted answer."

    play(work())


def test_a_dead_engine_is_started_again_for_the_next_question(rigs: Any) -> None:
    mortal = Answer(tuple(b"a " for _ in range(9)), dies_after=3)
    rig = rigs(Script(answers={"die": mortal}))

    async def work() -> None:
        with pytest.raises(EngineError):
            await rig.ask("die")
        request = ChatRequest((Message(Role.USER, "live"),))
        events = [event async for event in rig.generation.chat(rig.model, request)]
        assert "scripted answer" in events[-1].text

    play(work())


def test_a_model_too_large_is_refused_with_the_numbers(rigs: Any) -> None:
    rig = rigs(Script(), available_bytes=1000)

    async def work() -> None:
        with pytest.raises(ModelTooLargeError, match=r"needs about .* GB .* GB is free"):
            await rig.ask("go")
        assert rig.models.status.state is not ModelState.READY

    play(work())


async def all_of(events: Any) -> list[Any]:
    async with aclosing(events) as stream:
        return [event async for event in stream]


def test_a_question_asked_anew_keeps_the_first_conversation(rigs: Any) -> None:
    rig = rigs(Script(answers={"two": Answer.of("second")}, default=Answer.of("first")))

    async def work() -> None:
        chat = (await rig.ask("one"))[0].chat
        question, answer = await rig.chats.messages(chat.id)
        await all_of(rig.chats.answers.ask(chat.id, "two", model=rig.model, instead_of=question))
        shown = await rig.chats.messages(chat.id)
        assert shown[0].text == "two"
        assert shown[0].alternatives == (question.id, shown[0].id)
        assert "second" in shown[1].text
        await rig.chats.show_alternative(question.id)
        assert [m.id for m in await rig.chats.messages(chat.id)] == [question.id, answer.id]

    play(work())


def test_an_answer_written_again_stands_beside_the_first(rigs: Any) -> None:
    rig = rigs(Script(default=Answer.of("text")))

    async def work() -> None:
        chat = (await rig.ask("one"))[0].chat
        await rig.ask("two", chat.id)
        first = (await rig.chats.messages(chat.id))[1]
        await all_of(rig.chats.answers.answer(chat.id, model=rig.model, instead_of=first))
        shown = await rig.chats.messages(chat.id)
        assert len(shown) == 2
        assert shown[1].alternatives == (first.id, shown[1].id)
        edited = await rig.chats.rewrite(shown[1], "by hand")
        assert (await rig.chats.messages(chat.id))[-1].text == "by hand"
        assert len(edited.alternatives) == 3
        await rig.chats.show_alternative(first.id)
        assert len(await rig.chats.messages(chat.id)) == 4  # with what followed it

    play(work())


def test_an_answer_goes_on_where_its_limit_ended_it(rigs: Any) -> None:
    rig = rigs(Script(default=Answer.of("one two three")))

    async def work() -> None:
        asked = Asked(sampling=Sampling(max_tokens=2))
        events = await all_of(rig.chats.answers.ask(None, "go", model=rig.model, asked=asked))
        (_, answer) = await rig.chats.messages(events[0].chat.id)
        assert answer.state is MessageState.LENGTH
        assert answer.text.startswith("```python\none")
        assert not answer.text.endswith("```")  # it is not whole
        events = await all_of(rig.chats.answers.resume(answer.chat_id, model=rig.model))
        assert isinstance(events[0], AnswerContinued)
        (_, resumed) = await rig.chats.messages(answer.chat_id)
        assert resumed.id == answer.id
        assert resumed.text == answer.text + "one two three\n```"

    play(work())


def test_what_does_not_fit_is_asked_about_and_an_answer_keeps_what_was_read(rigs: Any) -> None:
    rig = rigs(Script())  # a token a byte, 16,384 of them

    async def work() -> None:
        chat, parent = rig.history.add_chat("long"), None
        for number in range(8):
            for role in (Role.USER, Role.ASSISTANT):
                parent = rig.history.add_message(
                    chat.id,
                    role,
                    f"{number} " + "x" * 1_500,
                    parent_id=parent,
                    state=MessageState.DONE,
                ).id
        (event,) = await rig.ask("now", chat.id)
        assert isinstance(event, DoesNotFit)
        assert event.fit.prompt_tokens > 16_384
        assert len(await rig.chats.messages(chat.id)) == 16  # nothing was saved
        asked = Asked(overflow=Overflow.TRIM)
        events = await all_of(rig.chats.answers.ask(chat.id, "now", model=rig.model, asked=asked))
        (left_out,) = [event for event in events if isinstance(event, LeftOut)]
        *_, question, answer = await rig.chats.messages(chat.id)
        assert question.text == "now"
        origin = rig.history.origins(chat.id)[answer.id]
        assert origin.messages == left_out.kept
        assert len(origin.messages) == 17 - left_out.messages
        prompt = await rig.chats.answers.prompt_of(answer, model=rig.model)
        assert "0 xxx" not in prompt.as_text()
        assert "7 xxx" in prompt.as_text()

    play(work())


def test_a_question_alone_too_long_is_refused_before_it_is_saved(rigs: Any) -> None:
    rig = rigs(Script())

    async def work() -> None:
        with pytest.raises(PromptTooLongError, match="The question alone takes"):
            await rig.ask("x" * 17_000)
        assert await rig.chats.chats() == []

    play(work())
