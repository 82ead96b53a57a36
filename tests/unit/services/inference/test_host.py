"""One model and its thread: order, sharing, waiting, stopping, failing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import aclosing

import pytest
from pools import ENDLESS, SAMPLING, A, B, ask, first_text, heard, play, said, scripted

from app.core.engine import EngineFactory
from app.core.errors import EngineDiedError, EngineError, PromptTooLongError
from app.core.events import Finished, FinishReason, GenerationEvent, Queued, Reading, TextDelta
from app.core.prompts import Control, Prompt
from app.core.sampling import Sampling
from app.engines.scripted import Answer, Script, Scripted, scripted_info
from app.services.inference.pool import Pool
from app.services.inference.runs import Urgency

Make = Callable[..., Pool]


@pytest.fixture
def make() -> Iterator[Make]:
    made: list[Pool] = []

    def make(script: Script | EngineFactory, *, slots: int = 4) -> Pool:
        factory = scripted(script, slots=slots) if isinstance(script, Script) else script
        made.append(Pool(factory, free_bytes=lambda: 10**12))
        return made[-1]

    yield make
    for pool in made:
        pool.close()


def test_an_answer_in_order(make: Make) -> None:
    pool = make(Script(default=Answer.of("one two three")))

    async def work() -> None:
        async with pool.lease(A) as model:
            events = await heard(model, "count")
        assert isinstance(events[0], Reading)
        assert said(events) == "one two three"
        finished = events[-1]
        assert isinstance(finished, Finished)
        assert finished.reason is FinishReason.STOP
        assert finished.timings.written_tokens == 3
        assert sum(event.tokens for event in events if isinstance(event, TextDelta)) == 3

    play(work())


def test_four_long_answers_at_once_lose_nothing(make: Make) -> None:
    answers = {f"q{n}": Answer(tuple(f"{n}:{i} ".encode() for i in range(2000))) for n in range(4)}
    pool = make(Script(answers=answers))

    async def work() -> None:
        results = await asyncio.gather(*(ask(pool, f"q{n}") for n in range(4)))
        for n, text in enumerate(results):
            assert text == "".join(f"{n}:{i} " for i in range(2000))

    play(work())


def test_a_request_without_a_slot_waits_its_turn(make: Make) -> None:
    script = Script(answers={"long": ENDLESS}, default=Answer.of("done"), tokens_per_s=2000)
    pool = make(script, slots=1)

    async def work() -> None:
        async with pool.lease(A) as model:
            long = model.run(Prompt(("long",)), SAMPLING)
            await first_text(long)
            second = asyncio.create_task(heard(model, "short"))
            third = asyncio.create_task(heard(model, "short"))
            await asyncio.sleep(0.2)
            assert not second.done()
            await long.aclose()  # the client goes away and its slot is free
            assert Queued(0) in await second
            assert [e for e in await third if isinstance(e, Queued)] == [Queued(1), Queued(0)]
            assert said(third.result()) == "done"

    play(work())


def test_an_infill_overtakes_a_queued_chat_and_a_measurement_goes_last(make: Make) -> None:
    pool = make(Script(answers={"long": ENDLESS}, tokens_per_s=2000), slots=1)

    async def work() -> None:
        async with pool.lease(A) as model:
            long = model.run(Prompt(("long",)), SAMPLING)
            await first_text(long)
            ended: list[str] = []

            async def one(name: str, urgency: Urgency) -> list[GenerationEvent]:
                events = await heard(model, name, urgency=urgency)
                ended.append(name)
                return events

            asked = []
            for name, urgency in (
                ("measurement", Urgency.MEASUREMENT),
                ("chat", Urgency.CHAT),
                ("second chat", Urgency.CHAT),
                ("infill", Urgency.INFILL),
            ):
                asked.append(asyncio.create_task(one(name, urgency)))
                await asyncio.sleep(0.02)
            await long.aclose()
            of_measurement, *_ = await asyncio.gather(*asked)
            assert ended == ["infill", "chat", "second chat", "measurement"]
            ahead = [event.ahead for event in of_measurement if isinstance(event, Queued)]
            assert ahead == [0, 1, 2, 3, 2, 1, 0]

    play(work())


def test_a_dying_engine_keeps_the_text_and_the_next_lease_works(make: Make) -> None:
    mortal = Answer(tuple(b"a " for _ in range(10)), dies_after=5)
    pool = make(Script(answers={"die": mortal}))

    async def work() -> None:
        events: list[GenerationEvent] = []
        async with pool.lease(A) as model:

            async def listen() -> None:
                async for event in model.run(Prompt(("die",)), SAMPLING):
                    events.append(event)

            with pytest.raises(EngineDiedError):
                await listen()
            assert said(events) == "a " * 5
            for late in (heard(model, "late"), model.tokenize("late")):  # it is not loaded again
                with pytest.raises(EngineDiedError):
                    await late
        assert await ask(pool, "live") == "This is a scripted answer."

    play(work())


def test_a_failing_run_leaves_the_others_alone(make: Make) -> None:
    failing = Answer(tuple(b"a " for _ in range(10)), fails_after=3)
    pool = make(Script(answers={"fail": failing}))

    async def work() -> None:
        failed, fine = await asyncio.gather(
            ask(pool, "fail"), ask(pool, "fine"), return_exceptions=True
        )
        assert isinstance(failed, EngineError)
        assert fine == "This is a scripted answer."

    play(work())


def test_stop_texts_end_the_run_in_the_engine_too(make: Make) -> None:
    pool = make(Script(default=ENDLESS), slots=1)

    async def work() -> None:
        async with pool.lease(A) as model:
            sampling = Sampling(seed=1, stop_texts=("x x x x",))
            async with aclosing(model.run(Prompt(("go",)), sampling)) as events:
                of_stopped = [event async for event in events]
            assert said(of_stopped) == ""
            assert isinstance(of_stopped[-1], Finished)
            assert of_stopped[-1].stopped_by == "x x x x"
            again = model.run(Prompt(("go",)), SAMPLING)
            await first_text(again)  # its only slot is free again
            await again.aclose()

    play(work())


def test_counting_tokens_while_an_answer_runs(make: Make) -> None:
    pool = make(Script(default=ENDLESS, tokens_per_s=500))

    async def work() -> None:
        async with pool.lease(A) as model:
            answer = model.run(Prompt(("go",)), SAMPLING)
            await first_text(answer)
            assert [len(ids) for ids in await model.tokenize("abc", "")] == [3, 0]
            await answer.aclose()

    play(work())


def test_waiting_requests_start_in_the_order_they_came(make: Make) -> None:
    pool = make(Script(default=Answer.of("a b c"), tokens_per_s=200), slots=2)

    async def work() -> None:
        async with pool.lease(A) as model:
            ended: list[int] = []

            async def one(number: int) -> None:
                await heard(model, "x")
                ended.append(number)

            await asyncio.gather(*(one(number) for number in range(8)))
            pairs = [set(ended[i : i + 2]) for i in range(0, 8, 2)]
            assert pairs == [{0, 1}, {2, 3}, {4, 5}, {6, 7}]

    play(work())


def test_a_waiting_request_can_be_taken_back(make: Make) -> None:
    pool = make(Script(answers={"long": ENDLESS}, tokens_per_s=500), slots=1)

    async def work() -> None:
        async with pool.lease(A) as model:
            long = model.run(Prompt(("long",)), SAMPLING)
            await first_text(long)
            second = asyncio.create_task(heard(model, "second"))
            third = asyncio.create_task(heard(model, "third"))
            await asyncio.sleep(0.1)
            second.cancel()
            await asyncio.sleep(0.1)
            await long.aclose()
            events = await third
            assert [event.ahead for event in events if isinstance(event, Queued)] == [1, 0]
            assert second.cancelled()

    play(work())


@pytest.mark.parametrize("end", [{"fails_after": 3}, {"dies_after": 3}])
def test_text_held_back_for_a_stop_is_given_when_the_engine_fails(
    make: Make, end: dict[str, int]
) -> None:
    pool = make(Script(default=Answer((b"code", b"\n###", b" \xc3", b"\xa9"), **end)))

    async def work() -> None:
        events: list[GenerationEvent] = []
        sampling = Sampling(seed=1, stop_texts=("\n### Instruction",))
        async with pool.lease(A) as model:

            async def listen() -> None:
                async for event in model.run(Prompt(("go",)), sampling):
                    events.append(event)

            with pytest.raises(EngineError):
                await listen()
        assert said(events) == "code\n### \ufffd"

    play(work())


def test_a_prompt_that_is_refused_leaves_the_others_alone(make: Make) -> None:
    pool = make(Script(default=Answer.of("a b c"), tokens_per_s=200))

    async def work() -> None:
        async with pool.lease(A) as model:

            async def unknown_control() -> None:
                async with aclosing(model.run(Prompt((Control("<nope>"),)), SAMPLING)) as events:
                    async for _ in events:
                        pass

            fine, long, unknown = await asyncio.gather(
                heard(model, "fine"),
                heard(model, "x" * 200_001),
                unknown_control(),
                return_exceptions=True,
            )
            assert isinstance(fine, list)
            assert said(fine) == "a b c"
            assert isinstance(long, PromptTooLongError)
            assert isinstance(unknown, EngineError)
            assert "<nope>" in unknown.message
            assert said(await heard(model, "again")) == "a b c"

    play(work())


class Faulty(Scripted):
    """Bugs of ours in an engine: no errors the user can understand."""

    def start(self, run: int, prompt: Prompt, sampling: Sampling) -> None:
        if "bug" in prompt.as_text():
            raise ZeroDivisionError("a bug")
        super().start(run, prompt, sampling)

    def tokenize(self, text: str, *, special: bool = False) -> list[int]:
        if "bug" in text:
            raise ZeroDivisionError("a bug")
        return super().tokenize(text, special=special)


def test_a_bug_in_starting_or_tokenizing_does_not_end_the_thread(make: Make) -> None:
    pool = make(lambda options, progress: Faulty(scripted_info(), Script()))

    async def work() -> None:
        async with pool.lease(A) as model:
            for bug in (heard(model, "bug"), model.tokenize("bug")):
                with pytest.raises(ZeroDivisionError):
                    await bug
            assert said(await heard(model, "fine")) == "This is a scripted answer."

    play(work())


def test_a_bug_in_a_step_is_told_and_who_waits_is_answered_by_a_new_engine(make: Make) -> None:
    class Breaking(Scripted):
        def step(self) -> list:  # type: ignore[type-arg]
            raise ZeroDivisionError("a bug")

    made: list[Scripted] = []

    def load(*_: object) -> Scripted:
        made.append((Scripted if made else Breaking)(scripted_info(slots=1), Script()))
        return made[-1]

    pool = make(load)

    async def work() -> None:
        async with pool.lease(A) as model:
            first, second = asyncio.create_task(heard(model, "x")), heard(model, "y")
            with pytest.raises(ZeroDivisionError):
                await first
            with pytest.raises(EngineDiedError):  # which says that asking again helps
                await second
        assert await ask(pool, "again") == "This is a scripted answer."

    play(work())


def test_a_caller_whose_event_loop_is_gone_does_not_end_the_thread(make: Make) -> None:
    pool = make(Script(default=ENDLESS, tokens_per_s=500, load_s=0.2))

    async def begin() -> None:
        lease = pool.lease(A)
        model = await lease.__aenter__()
        await first_text(model.run(Prompt(("go",)), SAMPLING))

    async def go_on() -> None:
        for wanted in (A, B):
            async with pool.lease(wanted) as model:
                answer = model.run(Prompt(("go",)), SAMPLING)
                await first_text(answer)
                await answer.aclose()

    play(begin())
    play(go_on())


def test_closing_while_an_answer_runs_ends_the_thread(make: Make) -> None:
    pool = make(Script(default=ENDLESS, tokens_per_s=500))

    async def work() -> None:
        async with pool.lease(A) as model:
            answer = model.run(Prompt(("go",)), SAMPLING)
            await first_text(answer)
            pool.close()
            with pytest.raises(EngineError, match="closing"):
                async for _ in answer:
                    pass
            with pytest.raises(EngineError, match="closing"):
                await heard(model, "late")

    play(work())
