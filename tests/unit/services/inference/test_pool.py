"""The pool: who holds a model keeps it, memory is never promised twice, nobody waits for ever."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from pools import (
    ENDLESS,
    SAMPLING,
    A,
    B,
    C,
    Crowd,
    Machine,
    Watch,
    ask,
    first_text,
    heard,
    options,
    play,
    said,
    scripted,
    until,
)
from tiny_model import write_tiny_model

from app.bootstrap import open_engine
from app.core.errors import (
    EngineError,
    LoadCancelledError,
    ModelFileError,
    ModelTooLargeError,
)
from app.core.models import LoadOptions, ModelState
from app.core.prompts import Prompt
from app.core.sampling import Sampling
from app.engines.scripted import Answer, Script, Scripted, scripted_info
from app.services.inference.places import PoolStatus
from app.services.inference.pool import Pool

IDLE, WAITING, LOADING, READY, FAILED = ModelState
SLOW = Script(answers={"long": ENDLESS}, tokens_per_s=500)


Make = Callable[..., tuple[Pool, Machine, Watch]]


@pytest.fixture
def make() -> Iterator[Make]:
    made: list[Pool] = []

    def make(
        script: Script | None = None, gigabytes: int = 2, *, keep_alive_s: float = 60.0
    ) -> tuple[Pool, Machine, Watch]:
        machine = Machine(script or Script(), gigabytes)
        pool = Pool(machine, free_bytes=lambda: machine.free, keep_alive_s=keep_alive_s)
        made.append(pool)
        return pool, machine, Watch(pool)

    yield make
    for pool in made:
        pool.close()


@pytest.fixture
def real(tmp_path: Path) -> Iterator[tuple[Pool, LoadOptions, LoadOptions]]:
    """A pool of real engines in processes of their own, in which one of two models fits."""
    first, second = (
        LoadOptions(write_tiny_model(tmp_path / f"{name}.gguf", seed=seed), needed_bytes=3 * 10**9)
        for seed, name in enumerate(("first", "second"))
    )
    pool = Pool(open_engine, free_bytes=lambda: 5 * 10**9)
    yield pool, first, second
    pool.close()


def test_one_streams_while_another_loads_and_answers(make: Make) -> None:
    pool, _, watch = make(replace(SLOW, load_s=0.1))

    async def work() -> None:
        async with pool.lease(A) as model:
            answer = model.run(Prompt(("long",)), SAMPLING)
            await first_text(answer)
            other = asyncio.create_task(ask(pool, "short", B))
            while not other.done():
                await first_text(answer)  # it goes on all the time
            assert other.result() == "This is a scripted answer."
            assert watch.states(A) == [LOADING, READY]
            await answer.aclose()

    play(work())


def test_a_load_that_waits_for_memory_says_so_and_gets_it_next(make: Make) -> None:
    pool, machine, watch = make(SLOW, gigabytes=1)

    async def work() -> None:
        async with pool.lease(A) as model:
            answer = model.run(Prompt(("long",)), SAMPLING)
            await first_text(answer)
            waiting = pool.lease(B)
            news = waiting.news()
            assert (await anext(news)).state is WAITING
            assert pool.status(B).state is WAITING
            # Who asks for A now comes after B, else B could wait for ever.
            behind = asyncio.create_task(ask(pool, "again", A))
            assert pool.lease_loaded(A) is None
            await first_text(answer)
            assert not behind.done()
            assert watch.states(B) == [WAITING]
            await answer.aclose()
        states = [status.state async for status in news]
        assert states[0] is LOADING
        assert said(await heard(waiting.model, "mine")) == "This is a scripted answer."
        assert not behind.done()
        waiting.give_back()
        assert await behind == "This is a scripted answer."
        assert machine.loads == ["a", "b", "a"]
        assert machine.least_free == 0

    play(work())


def test_who_waits_for_memory_holds_up_no_model_that_need_not_go(make: Make) -> None:
    pool, _, watch = make(SLOW, gigabytes=2)

    async def work() -> None:
        a, c = pool.lease(A), pool.lease(C)
        await a.__aenter__()
        await c.__aenter__()
        waiting = asyncio.create_task(ask(pool, "x", B))
        await watch.until(B, WAITING)
        assert await ask(pool, "short", C) == "This is a scripted answer."  # A was used before C
        assert not waiting.done()
        c.give_back()  # it is free sooner, so it goes
        await waiting
        assert watch.states(C)[-1] is IDLE
        assert watch.states(A)[-1] is READY
        a.give_back()

    play(work())


def test_a_model_that_must_go_is_lent_to_nobody_until_it_went(make: Make) -> None:
    pool, machine, watch = make(SLOW, gigabytes=1)

    async def work() -> None:
        first, second = pool.lease(A), pool.lease(A)
        await first.__aenter__()
        await second.__aenter__()
        waiting = asyncio.create_task(ask(pool, "x", B))
        await watch.until(B, WAITING)
        askers = [asyncio.create_task(ask(pool, "x", A)) for _ in range(5)]
        first.give_back()
        await asyncio.sleep(0.02)
        assert not any(task.done() for task in askers)
        second.give_back()
        await asyncio.gather(waiting, *askers)
        assert machine.loads == ["a", "b", "a"]

    play(work())


def test_the_model_that_was_used_least_recently_goes_and_its_going_is_told(make: Make) -> None:
    pool, machine, watch = make(gigabytes=2)

    async def work() -> None:
        await ask(pool, "x", A)
        await ask(pool, "x", B)
        await ask(pool, "x", A)
        await ask(pool, "x", C)
        assert machine.loads == ["a", "b", "c"]
        assert watch.states(B) == [LOADING, READY, IDLE]
        assert pool.status(A).state is READY

    play(work())


def test_a_model_leaves_when_nobody_used_it_for_a_while_but_the_kept_one_stays(make: Make) -> None:
    pool, _, watch = make(keep_alive_s=0.05)

    async def work() -> None:
        pool.keep(A)
        await ask(pool, "x", A)
        await ask(pool, "x", B)
        await watch.until(B, IDLE)
        assert pool.status(A).state is READY
        pool.keep(B)
        await watch.until(A, IDLE)

    play(work())


def test_who_asks_again_in_time_finds_the_model_there(make: Make) -> None:
    pool, machine, _ = make(keep_alive_s=0.3)

    async def work() -> None:
        for _ in range(8):
            await ask(pool, "x", A)
            await asyncio.sleep(0.1)
        assert machine.loads == ["a"]

    play(work())


def test_two_loads_of_one_file_are_one(make: Make) -> None:
    pool, machine, watch = make(Script(load_s=0.2))

    async def work() -> None:
        assert (
            await asyncio.gather(*(ask(pool, "x", A) for _ in range(5)))
            == ["This is a scripted answer."] * 5
        )
        assert machine.loads == ["a"]
        assert watch.states(A) == [LOADING, READY]
        fractions = [status.fraction for status in watch.told if status.state is LOADING]
        assert fractions == sorted(fractions)

    play(work())


def test_the_same_file_loaded_otherwise_takes_the_place_of_the_first(make: Make) -> None:
    pool, machine, watch = make(gigabytes=9)
    larger = options("a", 2, context_tokens=32_768)

    async def work() -> None:
        await ask(pool, "x", A)
        await ask(pool, "x", larger)
        assert watch.states(A) == [LOADING, READY, IDLE]
        await until(lambda: machine.free == 7 * 10**9)

    play(work())


def test_what_never_fits_is_refused_at_once_with_both_numbers(make: Make) -> None:
    pool, machine, _ = make(SLOW, gigabytes=4)
    large = options("large", 5)

    async def work() -> None:
        async with pool.lease(A):
            for attempt in (ask(pool, "x", large), ask(pool, "x", large)):
                with pytest.raises(ModelTooLargeError, match=r"large needs.* 5\.0 GB.* 4\.0 GB is"):
                    await attempt
            pool.check_fits(options("whole", 4))  # once A is given back
            with pytest.raises(ModelTooLargeError):
                pool.check_fits(large)
        assert machine.loads == ["a"]

    play(work())


def test_memory_that_is_gone_meanwhile_ends_the_wait(make: Make) -> None:
    pool, machine, watch = make(SLOW, gigabytes=1)

    async def work() -> None:
        lease = pool.lease(A)
        await lease.__aenter__()
        waiting = asyncio.create_task(ask(pool, "x", B))
        await watch.until(B, WAITING)
        machine.free -= 5 * 10**8  # another program took it
        lease.give_back()
        with pytest.raises(ModelTooLargeError):
            await waiting

    play(work())


def test_pages_of_a_file_that_the_system_calls_free_are_counted(make: Make) -> None:
    """Mapped weights stay in the page cache, which is free to the system; it never shrinks here."""
    pool = Pool(scripted(Script()), free_bytes=lambda: 2 * 10**9)

    async def work() -> None:
        watch = Watch(pool)
        await ask(pool, "x", A)
        await ask(pool, "x", B)
        await ask(pool, "x", C)
        assert watch.states(A) == [LOADING, READY, IDLE]

    try:
        play(work())
    finally:
        pool.close()


class Shared(Scripted):
    """Remembers among how many models it shares the cores."""

    def __init__(self) -> None:
        super().__init__(scripted_info(), SLOW)
        self.among: list[int] = []

    def share_cores(self, among: int) -> None:
        self.among.append(among)


def test_models_that_write_at_once_share_the_cores_and_idle_ones_take_none() -> None:
    engines: list[Shared] = []

    def load(*_: object) -> Shared:
        engines.append(Shared())
        return engines[-1]

    pool = Pool(load, free_bytes=lambda: 10**12)

    async def work() -> None:
        async with pool.lease(A) as a, pool.lease(B) as b, pool.lease(C):
            first = a.run(Prompt(("long",)), SAMPLING)
            await first_text(first)
            assert [engine.among for engine in engines] == [[], [], []]  # it has them all
            second = b.run(Prompt(("long",)), SAMPLING)
            await first_text(second)
            await until(lambda: [engine.among for engine in engines] == [[2], [2], []])
            await second.aclose()
            await until(lambda: engines[0].among == [2, 1])
            await first.aclose()

    try:
        play(work())
    finally:
        pool.close()


# --- taken back, failed, dead, closed ------------------------------------------------------


def test_a_wait_for_memory_can_be_taken_back(make: Make) -> None:
    pool, machine, watch = make(SLOW, gigabytes=1)

    async def work() -> None:
        async with pool.lease(A):
            waiting = asyncio.create_task(ask(pool, "x", B))
            await watch.until(B, WAITING)
            behind = asyncio.create_task(ask(pool, "short", A))
            waiting.cancel()
            assert await behind == "This is a scripted answer."
            assert watch.states(B) == [WAITING, IDLE]
        assert machine.loads == ["a"]

    play(work())


def test_a_load_that_nobody_waits_for_any_more_is_broken_off(make: Make) -> None:
    pool, machine, watch = make(Script(load_s=8))

    async def work() -> None:
        first = asyncio.create_task(ask(pool, "x", A))
        second = asyncio.create_task(ask(pool, "x", A))
        await until(lambda: any(status.fraction for status in watch.told))
        first.cancel()
        await asyncio.sleep(0.05)
        assert pool.status(A).state is LOADING  # the other still waits for it
        second.cancel()
        with pytest.raises(asyncio.CancelledError):
            await second
        assert watch.states(A) == [LOADING, IDLE]
        await until(lambda: machine.free == 2 * 10**9)

    play(work())


def test_who_asks_while_a_load_is_broken_off_gets_a_new_one(make: Make) -> None:
    pool, machine, watch = make(Script(load_s=0.4))

    async def work() -> None:
        first = asyncio.create_task(ask(pool, "x", A))
        await watch.until(A, LOADING)
        first.cancel()
        await asyncio.sleep(0)
        assert await ask(pool, "x", A) == "This is a scripted answer."
        assert machine.loads[-1] == "a"

    play(work())


def test_a_run_that_is_taken_back_frees_the_model(make: Make) -> None:
    pool, _, watch = make(SLOW, gigabytes=1)

    async def work() -> None:
        answering = asyncio.create_task(ask(pool, "long", A))
        await watch.until(A, READY)
        other = asyncio.create_task(ask(pool, "short", B))
        await watch.until(B, WAITING)
        answering.cancel()
        assert await other == "This is a scripted answer."

    play(work())


def test_a_load_that_fails_says_why_to_everyone_and_is_tried_again(make: Make) -> None:
    error = ModelFileError("The engine does not know it.", hint="Get another.")
    pool, machine, watch = make(Script(load_error=error))

    async def work() -> None:
        answers = await asyncio.gather(
            ask(pool, "x", A), ask(pool, "x", A), ask(pool, "x", B), return_exceptions=True
        )
        assert answers == [error] * 3
        assert watch.states(A) == [LOADING, FAILED]
        with pytest.raises(ModelFileError):
            await ask(pool, "x", A)
        assert machine.loads.count("a") == 2

    play(work())


def test_a_dead_engine_is_loaded_again_once_by_the_next_lease(make: Make) -> None:
    mortal = Answer(tuple(b"a " for _ in range(10)), dies_after=5)
    pool, machine, watch = make(Script(answers={"die": mortal}))

    async def work() -> None:
        with pytest.raises(EngineError):
            await ask(pool, "die", A)
        await watch.until(A, IDLE)
        assert (
            await asyncio.gather(*(ask(pool, "live", A) for _ in range(3)))
            == ["This is a scripted answer."] * 3
        )
        assert machine.loads == ["a", "a"]
        assert machine.free == 10**9

    play(work())


@pytest.mark.parametrize("state", [LOADING, READY, IDLE])
def test_a_bug_in_a_listener_holds_up_nobody(make: Make, state: ModelState) -> None:
    pool, machine, _ = make(gigabytes=1)
    bugs = 1

    def strike(status: PoolStatus) -> None:
        nonlocal bugs
        if status.state is state and bugs:
            bugs -= 1
            raise ZeroDivisionError("a bug")

    async def work() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda *_: None)  # it is reported
        pool.listen(strike)
        for wanted in (A, B, A):
            with suppress(ZeroDivisionError):
                assert await ask(pool, "x", wanted) == "This is a scripted answer."
        assert not bugs
        assert await ask(pool, "x", B) == "This is a scripted answer."
        assert machine.least_free == 0

    play(work())


def test_closing_ends_everything_in_flight(make: Make) -> None:
    pool, machine, watch = make(replace(SLOW, load_s=0.05), gigabytes=2)

    async def work() -> None:
        running = asyncio.create_task(ask(pool, "long", A))
        await watch.until(A, READY)
        idle = asyncio.create_task(ask(pool, "short", B))
        await idle
        leased = pool.lease(B)
        await leased.__aenter__()
        waiting = asyncio.create_task(ask(pool, "x", C))
        await watch.until(C, WAITING)
        pool.close()
        for task in (running, waiting):
            with pytest.raises(EngineError, match="closing"):
                await task
        with pytest.raises(EngineError, match="closing"):
            await ask(pool, "late", A)
        leased.give_back()
        assert machine.free == 2 * 10**9

    play(work())


def test_closing_breaks_a_load_off(make: Make) -> None:
    pool, _, watch = make(Script(load_s=8))

    async def work() -> None:
        loading = asyncio.create_task(ask(pool, "x", A))
        behind = asyncio.create_task(ask(pool, "x", B))
        await watch.until(A, LOADING)
        began = time.monotonic()
        await asyncio.to_thread(pool.close)
        with pytest.raises(LoadCancelledError):
            await loading
        with pytest.raises(EngineError, match="closing"):
            await behind
        assert time.monotonic() - began < 6  # of the eight that it would take

    play(work())


def test_three_models_and_sixteen_askers_keep_the_budget() -> None:
    """For a minute and more: `make bench ONLY=pool`."""
    crowd = Crowd(load_s=0.01)
    play(crowd.ask(rounds=12))
    assert min(crowd.answered) > 10
    assert crowd.machine.least_free >= 0


# --- on real engines ------------------------------------------------------------------------


def test_real_engines_take_turns_where_one_fits(
    real: tuple[Pool, LoadOptions, LoadOptions],
) -> None:
    pool, first, second = real
    watch = Watch(pool)
    short = Sampling(seed=1, temperature=0, max_tokens=8)

    async def written(of: LoadOptions) -> str:
        async with pool.lease(of) as model:
            run = model.run(Prompt(("def f",)), short)
            return said([event async for event in run])

    async def work() -> None:
        alone = await written(first)
        asked = (first, second, second)
        one, two, three = await asyncio.gather(*(written(of) for of in asked))
        assert (one, two) == (alone, three)
        assert one != two
        assert watch.states(first) == [LOADING, READY, IDLE]
        assert watch.states(second) == [WAITING, LOADING, READY]

    play(work())


def test_a_real_engine_streams_while_another_loads_and_answers(
    real: tuple[Pool, LoadOptions, LoadOptions],
) -> None:
    pool, first, second = real
    small = replace(second, needed_bytes=10**9)

    async def work() -> None:
        async with pool.lease(first) as model:
            answer = model.run(Prompt(("x",)), Sampling(seed=1, max_tokens=400))
            await first_text(answer)
            async with pool.lease(small) as other:
                assert [len(ids) for ids in await other.tokenize("ab", "")] == [2, 0]
                run = other.run(Prompt(("x",)), Sampling(seed=1, max_tokens=3))
                assert said([event async for event in run])
            rest = [event async for event in answer]
            assert said(rest)

    play(work())
