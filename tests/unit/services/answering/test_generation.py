"""Answers: what is streamed is what is finished with, and a lost engine costs no question."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.core.engine import Engine, EngineFactory, LoadProgress
from app.core.errors import EngineDiedError, LoadCancelledError, ModelFileError, RequestError
from app.core.events import Finished, FinishReason, GenerationEvent, Loading, Reading, TextDelta
from app.core.messages import Message, Role
from app.core.models import LoadOptions, ModelFile
from app.core.sampling import Sampling
from app.engines.isolated import Isolated, open_isolated
from app.engines.scripted import Answer, Script, ScriptedFactory, scripted_info
from app.generation.infill.holes import Hole
from app.services.answering.generation import (
    ChatRequest,
    CompletionRequest,
    Generation,
    InfillRequest,
)
from app.services.inference.pool import Pool
from app.services.models import Models
from app.store.settings import Settings
from app.text.languages import language_named

HELLO = ChatRequest((Message(Role.USER, "hello"),))
INSTRUCT = replace(scripted_info(), name="starcoder2-instruct", architecture="starcoder2")
Make = Callable[[EngineFactory], tuple[Generation, ModelFile]]


@pytest.fixture
def make(tmp_path: Path, tiny_model: Path) -> Iterator[Make]:
    made: list[Pool] = []

    def make(factory: EngineFactory) -> tuple[Generation, ModelFile]:
        pool = Pool(factory, free_bytes=lambda: 10**12)
        made.append(pool)
        settings = Settings(tmp_path / "settings.toml")
        models = Models(pool, settings, builtin=tiny_model)
        return Generation(models), asyncio.run(models.files.inspect(tiny_model))

    yield make
    for pool in made:
        pool.close()


def play(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(work, 300))


async def heard(events: AsyncGenerator[GenerationEvent, None]) -> list[GenerationEvent]:
    async with aclosing(events):
        return [event async for event in events]


def deltas(events: list[GenerationEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta))


def ending(events: list[GenerationEvent]) -> Finished:
    assert isinstance(events[-1], Finished)
    return events[-1]


def test_the_events_come_in_their_order_and_the_text_is_all_of_the_deltas(make: Make) -> None:
    generation, model = make(ScriptedFactory(Script(default=Answer.of("a b\n c")), INSTRUCT))

    async def work() -> None:
        events = await heard(generation.chat(model, HELLO))
        kinds = list(dict.fromkeys(type(event) for event in events))
        assert kinds == [Loading, Reading, TextDelta, Finished]
        assert deltas(events) == ending(events).text == "a b\n c"
        assert ending(events).reason is FinishReason.STOP
        assert ending(events).timings.load_s >= 0

    play(work())


def test_a_base_models_code_stands_between_fences(make: Make) -> None:
    generation, model = make(ScriptedFactory(Script(default=Answer.of("x := 1"))))

    async def work() -> None:
        request = replace(HELLO, language=language_named("go"))
        events = await heard(generation.chat(model, request))
        assert deltas(events) == ending(events).text == "```go\nx := 1\n```"
        # What the format adds was not written by the model.
        assert sum(event.tokens for event in events if isinstance(event, TextDelta)) == 3
        completed = await heard(generation.complete(model, CompletionRequest("x")))
        assert deltas(completed) == ending(completed).text == "x := 1"

    play(work())


def test_an_answer_without_a_word_is_an_empty_block(make: Make) -> None:
    generation, model = make(ScriptedFactory(Script(default=Answer(()))))

    async def work() -> None:
        events = await heard(generation.chat(model, HELLO))
        assert deltas(events) == ending(events).text == "```python\n\n```"

    play(work())


def test_a_seed_is_drawn_and_told(make: Make) -> None:
    generation, model = make(ScriptedFactory())

    async def work() -> None:
        seeds = {ending(await heard(generation.chat(model, HELLO))).seed for _ in range(5)}
        assert len(seeds) == 5
        fixed = replace(HELLO, sampling=Sampling(seed=11))
        assert ending(await heard(generation.chat(model, fixed))).seed == 11

    play(work())


class Remembering:
    """Loads isolated engines and knows their processes, so that a test can kill them."""

    def __init__(self, script: Script) -> None:
        self._factory = ScriptedFactory(script)
        self.engines: list[Isolated] = []

    def __call__(self, options: LoadOptions, progress: LoadProgress) -> Engine:
        self.engines.append(open_isolated(self._factory, options, progress))
        return self.engines[-1]


def test_an_engine_killed_while_idle_costs_no_question(make: Make) -> None:
    factory = Remembering(Script())
    generation, model = make(factory)

    async def work() -> None:
        await heard(generation.chat(model, HELLO))
        os.kill(factory.engines[0].process_id, signal.SIGKILL)
        events = await heard(generation.chat(model, HELLO))  # a base model: with an opening
        assert deltas(events) == ending(events).text == "```python\nThis is a scripted answer.\n```"
        assert len(factory.engines) == 2

    play(work())


def test_a_kill_while_answering_keeps_the_text_and_the_next_question_works(make: Make) -> None:
    endless = Answer(tuple(b"x " for _ in range(100_000)))
    factory = Remembering(Script(answers={"long": endless}, tokens_per_s=300))
    generation, model = make(factory)

    async def work() -> None:
        said: list[str] = []

        async def listen() -> None:
            async for event in generation.complete(model, CompletionRequest("long")):
                if isinstance(event, TextDelta):
                    said.append(event.text)
                    if len(said) == 3:
                        os.kill(factory.engines[0].process_id, signal.SIGKILL)

        with pytest.raises(EngineDiedError, match="SIGKILL"):
            await listen()
        assert "".join(said).startswith("x x x ")
        events = await heard(generation.complete(model, CompletionRequest("short")))
        assert ending(events).text == "This is a scripted answer."

    play(work())


def test_a_question_that_waits_while_the_engine_dies_is_answered_by_the_next(make: Make) -> None:
    mortal = Answer(tuple(b"x " for _ in range(50)), dies_after=40)
    script = Script(answers={"die": mortal}, tokens_per_s=200)
    generation, model = make(ScriptedFactory(script, scripted_info(slots=1)))

    async def work() -> None:
        dying = asyncio.create_task(heard(generation.complete(model, CompletionRequest("die"))))
        await asyncio.sleep(0.1)
        waiting = asyncio.create_task(heard(generation.complete(model, CompletionRequest("live"))))
        with pytest.raises(EngineDiedError):
            await dying
        assert deltas(await waiting) == "This is a scripted answer."

    play(work())


def test_an_engine_that_dies_of_every_prompt_is_not_started_for_ever(make: Make) -> None:
    generation, model = make(ScriptedFactory(Script(default=Answer((b"x",), dies_after=0))))

    async def work() -> None:
        with pytest.raises(EngineDiedError):
            await heard(generation.chat(model, HELLO))

    play(work())


def test_two_models_asked_at_once_are_both_answered(
    make: Make, tiny_model: Path, tmp_path: Path
) -> None:
    generation, first = make(ScriptedFactory(Script(default=Answer.of("a b c"), tokens_per_s=500)))
    second = replace(first, path=tmp_path / "second.gguf")

    async def work() -> None:
        asked = [
            heard(generation.complete(model, CompletionRequest("x")))
            for model in (first, second, first, second)
        ]
        assert [deltas(events) for events in await asyncio.gather(*asked)] == ["a b c"] * 4

    play(work())


def test_errors_of_loading_and_of_templates_come_as_they_are(make: Make) -> None:
    refused = ModelFileError("It is broken.", hint="Get another.")
    bad_template = replace(INSTRUCT, chat_template="{{ raise_exception('only system') }}")
    for factory, error in (
        (ScriptedFactory(Script(load_error=refused)), ModelFileError),
        (ScriptedFactory(Script(), bad_template), RequestError),
    ):
        generation, model = make(factory)
        with pytest.raises(error):
            play(ignored(generation.chat(model, HELLO)))


async def ignored(events: AsyncGenerator[GenerationEvent, None]) -> None:
    await heard(events)


def test_stopping_while_the_model_loads_cancels_the_load(make: Make) -> None:
    cancelled = threading.Event()

    def load(options: LoadOptions, progress: LoadProgress) -> Engine:
        try:
            return ScriptedFactory(Script(load_s=30))(options, progress)
        except LoadCancelledError:
            cancelled.set()
            raise

    generation, model = make(load)

    async def work() -> None:
        async for event in (events := generation.chat(model, HELLO)):
            assert isinstance(event, Loading)
            if event.fraction > 0:  # before that, the load may not even have begun
                break
        await events.aclose()
        assert await asyncio.to_thread(cancelled.wait, 20)

    play(work())


def test_tokens_are_counted(make: Make) -> None:
    generation, model = make(ScriptedFactory())

    async def work() -> None:
        await heard(generation.chat(model, HELLO))
        assert await generation.count_tokens(model, ["abc", "", "é"]) == [3, 0, 2]

    play(work())


def test_typing_in_a_line_leaves_what_was_sent_before_it_as_it_was(make: Make) -> None:
    factory = ScriptedFactory(Script(), scripted_info(context_tokens=1024))
    generation, model = make(factory)
    before = "".join(f"    line_{number} = {number}\n" for number in range(500))
    after = before.replace("line", "after")

    async def work() -> None:
        await heard(generation.chat(model, HELLO))
        sent = []
        for typed in ("", "f", "for", "for x", "for x in values: "):
            request = InfillRequest(Hole(f"{before}    {typed}", f"\n{after}"))
            prompt = await generation.infill_prompt(model, request)
            sent.append(prompt.as_text().partition("<fim_middle>")[0])
        assert len(set(sent)) == 1
        assert 400 < len(sent[0]) < 900

    play(work())


def test_a_begun_word_is_written_again_or_given_as_it_is(make: Make) -> None:
    hole = Hole("x = 1\nfor y in ran", "\n")
    answers = {"<fim_middle>for y in ran": Answer.of("dom():")}
    for said, shown in ((" range(x):", "ge(x):"), (" values:", "dom():")):
        script = Script(answers=answers, default=Answer.of(said))
        generation, model = make(ScriptedFactory(script))

        async def work(generation: Generation, model: ModelFile, shown: str) -> None:
            events = await heard(generation.infill(model, InfillRequest(hole)))
            assert deltas(events) == ending(events).text == shown
            assert sum(isinstance(event, Finished) for event in events) == 1
            prompt = await generation.infill_prompt(model, InfillRequest(hole))
            assert prompt.as_text() == ("<fim_prefix>x = 1\n<fim_suffix>\n<fim_middle>for y in")
            raw = await generation.infill_prompt(model, InfillRequest(hole, is_raw=True))
            assert raw.as_text() == ("<fim_prefix>x = 1\nfor y in ran<fim_suffix>\n<fim_middle>")

        play(work(generation, model, shown))
