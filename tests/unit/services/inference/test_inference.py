"""The inference thread: order, sharing, waiting, stopping, failing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from app.core.errors import (
    EngineDiedError,
    EngineError,
    LoadCancelledError,
    NoModelError,
    PromptTooLongError,
)
from app.core.events import Finished, FinishReason, GenerationEvent, Queued, Reading, TextDelta
from app.core.models import LoadOptions
from app.core.prompts import Control, Prompt
from app.core.sampling import Sampling
from app.engines.scripted import Answer, Script, Scripted, ScriptedFactory, scripted_info
from app.services.inference.host import Inference

OPTIONS = LoadOptions(Path("scripted.gguf"))
OTHER = LoadOptions(Path("other.gguf"))
SAMPLING = Sampling(seed=1)
ENDLESS = Answer(tuple(b"x " for _ in range(100_000)))


@pytest.fixture
def inferences() -> Iterator[list[Inference]]:
    made: list[Inference] = []
    yield made
    for inference in made:
        inference.close()


def make(inferences: list[Inference], script: Script, *, slots: int = 4) -> Inference:
    factory = ScriptedFactory(script, scripted_info(slots=slots, context_tokens=200_000))
    inferences.append(Inference(factory))
    return inferences[-1]


def play(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(work, 300))


async def collect(inference: Inference, prompt: Prompt) -> list[GenerationEvent]:
    async with aclosing(inference.run(OPTIONS, prompt, SAMPLING)) as events:
        return [event async for event in events]


async def ask(inference: Inference, question: str) -> list[GenerationEvent]:
    return await collect(inference, Prompt((question,)))


def said(events: list[GenerationEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta))


async def first_text(events: AsyncIterator[GenerationEvent]) -> None:
    async for event in events:
        if isinstance(event, TextDelta):
            return


def test_an_answer_in_order(inferences: list[Inference]) -> None:
    inference = make(inferences, Script(default=Answer.of("one two three")))

    async def work() -> None:
        await inference.load(OPTIONS)
        events = await ask(inference, "count")
        assert isinstance(events[0], Reading)
        assert said(events) == "one two three"
        finished = events[-1]
        assert isinstance(finished, Finished)
        assert finished.reason is FinishReason.STOP
        assert finished.timings.written_tokens == 3
        assert sum(event.tokens for event in events if isinstance(event, TextDelta)) == 3

    play(work())


def test_four_long_answers_at_once_lose_nothing(inferences: list[Inference]) -> None:
    answers = {f"q{n}": Answer(tuple(f"{n}:{i} ".encode() for i in range(2000))) for n in range(4)}
    inference = make(inferences, Script(answers=answers))

    async def work() -> None:
        await inference.load(OPTIONS)
        results = await asyncio.gather(*(ask(inference, f"q{n}") for n in range(4)))
        for n, events in enumerate(results):
            assert said(events) == "".join(f"{n}:{i} " for i in range(2000))

    play(work())


def test_a_request_without_a_slot_waits_its_turn(inferences: list[Inference]) -> None:
    script = Script(answers={"long": ENDLESS}, default=Answer.of("done"), tokens_per_s=2000)
    inference = make(inferences, script, slots=1)

    async def work() -> None:
        await inference.load(OPTIONS)
        long = inference.run(OPTIONS, Prompt(("long",)), SAMPLING)
        await first_text(long)
        second = asyncio.create_task(ask(inference, "short"))
        third = asyncio.create_task(ask(inference, "short"))
        await asyncio.sleep(0.2)
        assert not second.done()
        await long.aclose()  # the client goes away and its slot is free
        assert Queued(0) in await second
        assert [e for e in await third if isinstance(e, Queued)] == [Queued(1), Queued(0)]
        assert said(third.result()) == "done"

    play(work())


def test_a_change_of_model_waits_for_the_answer_before_it(inferences: list[Inference]) -> None:
    script = Script(default=Answer.of("some words to say " * 20), tokens_per_s=400)
    inference = make(inferences, script)

    async def work() -> None:
        await inference.load(OPTIONS)
        answer = asyncio.create_task(ask(inference, "talk"))
        await asyncio.sleep(0.05)
        await inference.load(OTHER)
        assert answer.done()
        assert said(answer.result()) == "some words to say " * 20
        assert inference.loaded == OTHER
        with pytest.raises(NoModelError):
            await ask(inference, "talk")

    play(work())


def test_a_load_tells_its_progress_and_can_be_cancelled(inferences: list[Inference]) -> None:
    inference = make(inferences, Script(load_s=0.5))

    async def work() -> None:
        fractions: list[float] = []
        await inference.load(OPTIONS, fractions.append)
        assert fractions == sorted(fractions)
        assert fractions[-1] == 1.0
        begun = asyncio.Event()
        load = asyncio.create_task(inference.load(OTHER, lambda _: begun.set()))
        await begun.wait()
        load.cancel()
        with pytest.raises((asyncio.CancelledError, LoadCancelledError)):
            await load
        await inference.load(OPTIONS)
        assert said(await ask(inference, "still there")) == "This is a scripted answer."

    play(work())


def test_a_dying_engine_keeps_the_text_and_the_next_load_works(
    inferences: list[Inference],
) -> None:
    mortal = Answer(tuple(b"a " for _ in range(10)), dies_after=5)
    inference = make(inferences, Script(answers={"die": mortal}))

    async def work() -> None:
        await inference.load(OPTIONS)
        heard: list[GenerationEvent] = []

        async def listen() -> None:
            async for event in inference.run(OPTIONS, Prompt(("die",)), SAMPLING):
                heard.append(event)

        with pytest.raises(EngineDiedError):
            await listen()
        assert said(heard) == "a " * 5
        assert inference.loaded is None
        await inference.load(OPTIONS)
        assert said(await ask(inference, "live")) == "This is a scripted answer."

    play(work())


def test_a_failing_run_leaves_the_others_alone(inferences: list[Inference]) -> None:
    failing = Answer(tuple(b"a " for _ in range(10)), fails_after=3)
    inference = make(inferences, Script(answers={"fail": failing}))

    async def work() -> None:
        await inference.load(OPTIONS)
        failed, fine = await asyncio.gather(
            ask(inference, "fail"), ask(inference, "fine"), return_exceptions=True
        )
        assert isinstance(failed, EngineError)
        assert isinstance(fine, list)
        assert said(fine) == "This is a scripted answer."

    play(work())


def test_stop_texts_end_the_run_in_the_engine_too(inferences: list[Inference]) -> None:
    inference = make(inferences, Script(default=ENDLESS), slots=1)

    async def work() -> None:
        await inference.load(OPTIONS)
        sampling = Sampling(seed=1, stop_texts=("x x x x",))
        async with aclosing(inference.run(OPTIONS, Prompt(("go",)), sampling)) as events:
            heard = [event async for event in events]
        assert said(heard) == ""
        assert isinstance(heard[-1], Finished)
        assert heard[-1].stopped_by == "x x x x"
        assert said(await ask(inference, "go"))[:4] == "x x "  # its only slot is free again

    play(work())


def test_counting_tokens_while_an_answer_runs_and_without_a_model(
    inferences: list[Inference],
) -> None:
    inference = make(inferences, Script(default=ENDLESS, tokens_per_s=500))

    async def work() -> None:
        with pytest.raises(NoModelError):
            await inference.tokenize("abc")
        await inference.load(OPTIONS)
        answer = inference.run(OPTIONS, Prompt(("go",)), SAMPLING)
        await first_text(answer)
        assert [len(ids) for ids in await inference.tokenize("abc", "")] == [3, 0]
        await answer.aclose()
        await inference.unload()
        assert inference.loaded is None

    play(work())


def test_closing_while_an_answer_runs_ends_the_thread(inferences: list[Inference]) -> None:
    inference = make(inferences, Script(default=ENDLESS, tokens_per_s=500))

    async def work() -> None:
        await inference.load(OPTIONS)
        answer = inference.run(OPTIONS, Prompt(("go",)), SAMPLING)
        await first_text(answer)
        inference.close()
        assert inference.loaded is None
        with pytest.raises(EngineError, match="closing"):
            async for _ in answer:
                pass

    play(work())


def test_closing_answers_everyone_who_waits(inferences: list[Inference]) -> None:
    inference = make(inferences, Script(default=ENDLESS, tokens_per_s=500), slots=1)

    async def work() -> None:
        await inference.load(OPTIONS)
        answer = inference.run(OPTIONS, Prompt(("go",)), SAMPLING)
        await first_text(answer)
        waiting = [
            asyncio.create_task(ask(inference, "second")),
            asyncio.create_task(inference.load(OTHER)),
            asyncio.create_task(inference.unload()),
        ]
        await asyncio.sleep(0.05)
        inference.close()
        run, load, unload = await asyncio.gather(*waiting, return_exceptions=True)
        assert isinstance(run, EngineError)
        assert isinstance(load, EngineError)
        assert unload is None
        for late in (inference.load(OPTIONS), inference.tokenize("a"), ask(inference, "late")):
            with pytest.raises(EngineError, match="closing"):
                await late
        await answer.aclose()

    play(work())


def test_waiting_requests_start_in_the_order_they_came(inferences: list[Inference]) -> None:
    script = Script(default=Answer.of("a b c"), tokens_per_s=200)
    inference = make(inferences, script, slots=2)

    async def work() -> None:
        await inference.load(OPTIONS)
        ended: list[int] = []

        async def one(number: int) -> None:
            await ask(inference, "x")
            ended.append(number)

        await asyncio.gather(*(one(number) for number in range(8)))
        pairs = [set(ended[i : i + 2]) for i in range(0, 8, 2)]
        assert pairs == [{0, 1}, {2, 3}, {4, 5}, {6, 7}]

    play(work())


def test_a_waiting_request_can_be_taken_back(inferences: list[Inference]) -> None:
    inference = make(inferences, Script(answers={"long": ENDLESS}, tokens_per_s=500), slots=1)

    async def work() -> None:
        await inference.load(OPTIONS)
        long = inference.run(OPTIONS, Prompt(("long",)), SAMPLING)
        await first_text(long)
        second = asyncio.create_task(ask(inference, "second"))
        third = asyncio.create_task(ask(inference, "third"))
        await asyncio.sleep(0.1)
        second.cancel()
        await asyncio.sleep(0.1)
        await long.aclose()
        events = await third
        assert [event.ahead for event in events if isinstance(event, Queued)] == [1, 0]
        assert second.cancelled()

    play(work())


def test_a_cancelled_change_of_model_holds_up_nobody(inferences: list[Inference]) -> None:
    script = Script(answers={"long": ENDLESS}, tokens_per_s=500)
    inference = make(inferences, script)

    async def work() -> None:
        await inference.load(OPTIONS)
        long = inference.run(OPTIONS, Prompt(("long",)), SAMPLING)
        await first_text(long)
        change = asyncio.create_task(inference.load(OTHER))
        await asyncio.sleep(0.05)
        change.cancel()
        assert said(await ask(inference, "short")) == "This is a scripted answer."
        await long.aclose()

    play(work())


def test_an_unload_waits_for_the_answer_before_it(inferences: list[Inference]) -> None:
    inference = make(inferences, Script(default=Answer.of("a b c d"), tokens_per_s=100))

    async def work() -> None:
        await inference.load(OPTIONS)
        answer = asyncio.create_task(ask(inference, "talk"))
        await asyncio.sleep(0.02)
        await inference.unload()
        assert inference.loaded is None
        assert said(await answer) == "a b c d"

    play(work())


@pytest.mark.parametrize("end", [{"fails_after": 3}, {"dies_after": 3}])
def test_text_held_back_for_a_stop_is_given_when_the_engine_fails(
    inferences: list[Inference], end: dict[str, int]
) -> None:
    failing = Answer((b"code", b"\n###", b" \xc3", b"\xa9"), **end)
    inference = make(inferences, Script(default=failing))

    async def work() -> None:
        await inference.load(OPTIONS)
        heard: list[GenerationEvent] = []
        sampling = Sampling(seed=1, stop_texts=("\n### Instruction",))

        async def listen() -> None:
            async for event in inference.run(OPTIONS, Prompt(("go",)), sampling):
                heard.append(event)

        with pytest.raises(EngineError):
            await listen()
        assert said(heard) == "code\n### \ufffd"

    play(work())


def test_a_prompt_that_is_refused_leaves_the_others_alone(inferences: list[Inference]) -> None:
    inference = make(inferences, Script(default=Answer.of("a b c"), tokens_per_s=200))

    async def work() -> None:
        await inference.load(OPTIONS)
        fine, long, unknown = await asyncio.gather(
            ask(inference, "fine"),
            ask(inference, "x" * 200_001),
            collect(inference, Prompt((Control("<nope>"),))),
            return_exceptions=True,
        )
        assert isinstance(fine, list)
        assert said(fine) == "a b c"
        assert isinstance(long, PromptTooLongError)
        assert isinstance(unknown, EngineError)
        assert "<nope>" in unknown.message
        assert said(await ask(inference, "again")) == "a b c"

    play(work())


class Faulty(Scripted):
    """A bug of ours in an engine: no error the user can understand."""

    def start(self, run: int, prompt: Prompt, sampling: Sampling) -> None:
        if "bug" in prompt.as_text():
            raise ZeroDivisionError("a bug")
        super().start(run, prompt, sampling)


def test_a_bug_in_starting_a_run_does_not_end_the_thread(inferences: list[Inference]) -> None:
    inference = Inference(lambda options, progress: Faulty(scripted_info(), Script()))
    inferences.append(inference)

    async def work() -> None:
        await inference.load(OPTIONS)
        with pytest.raises(ZeroDivisionError):
            await ask(inference, "bug")
        assert said(await ask(inference, "fine")) == "This is a scripted answer."

    play(work())


def test_a_caller_whose_event_loop_is_gone_does_not_end_the_thread(
    inferences: list[Inference],
) -> None:
    inference = make(inferences, Script(default=ENDLESS, tokens_per_s=500, load_s=0.2))

    async def begin() -> None:
        await inference.load(OPTIONS)
        await first_text(inference.run(OPTIONS, Prompt(("go",)), SAMPLING))

    async def go_on() -> None:
        await inference.load(OTHER)
        assert inference.loaded == OTHER

    play(begin())
    play(go_on())
