"""Pools of scripted models for tests, whose memory is a number of the test's own."""

from __future__ import annotations

import asyncio
import math
import random
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import aclosing, suppress
from pathlib import Path
from typing import Any

from app.core.engine import Engine, LoadProgress
from app.core.events import GenerationEvent, TextDelta
from app.core.models import LoadOptions, ModelState
from app.core.prompts import Prompt
from app.core.sampling import Sampling
from app.engines.scripted import Answer, Script, ScriptedFactory, scripted_info
from app.services.inference.leases import LeasedModel
from app.services.inference.places import PoolStatus
from app.services.inference.pool import Pool
from app.services.inference.runs import Urgency

SAMPLING = Sampling(seed=1)
ENDLESS = Answer(tuple(b"x " for _ in range(100_000)))


def options(name: str, gigabytes: int = 1, *, context_tokens: int = 0) -> LoadOptions:
    """Return how a model of that name and size is loaded."""
    return LoadOptions(
        Path(f"{name}.gguf"), context_tokens=context_tokens, needed_bytes=gigabytes * 10**9
    )


A, B, C = options("a"), options("b"), options("c")


def scripted(script: Script, *, slots: int = 4) -> ScriptedFactory:
    """Return what loads models that say what the script tells."""
    return ScriptedFactory(script, scripted_info(slots=slots, context_tokens=200_000))


class Watch:
    """Everything that a pool's listeners are told."""

    def __init__(self, pool: Pool) -> None:
        self.told: list[PoolStatus] = []
        pool.listen(self.told.append)

    def states(self, wanted: LoadOptions) -> list[ModelState]:
        """Return the states of one model, in order, each once in a row."""
        states = [status.state for status in self.told if status.options == wanted]
        return [s for n, s in enumerate(states) if not n or states[n - 1] is not s]

    async def until(self, wanted: LoadOptions, state: ModelState, times: int = 1) -> None:
        """Wait until a model was so often in a state."""
        await until(lambda: self.states(wanted).count(state) >= times)


def play(work: Coroutine[Any, Any, None]) -> None:
    """Run a test's coroutine; one that hangs fails."""
    asyncio.run(asyncio.wait_for(work, 300))


async def until(is_so: Callable[[], bool]) -> None:
    """Wait for what must become true."""
    for _ in range(6000):
        if is_so():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it did not happen within 30 s")


async def ask(
    pool: Pool, question: str, of: LoadOptions = A, *, urgency: Urgency = Urgency.CHAT
) -> str:
    """Return what a model says to a question."""
    async with pool.lease(of) as model:
        return said(await heard(model, question, urgency=urgency))


async def heard(
    model: LeasedModel, question: str, *, urgency: Urgency = Urgency.CHAT
) -> list[GenerationEvent]:
    """Return the events of one run."""
    run = model.run(Prompt((question,)), SAMPLING, urgency=urgency)
    async with aclosing(run) as events:
        return [event async for event in events]


def said(events: list[GenerationEvent]) -> str:
    """Return the text of a run."""
    return "".join(event.text for event in events if isinstance(event, TextDelta))


async def first_text(events: AsyncIterator[GenerationEvent]) -> None:
    """Wait until a run writes."""
    async for event in events:
        if isinstance(event, TextDelta):
            return


class Machine:
    """Loads scripted engines and knows how much memory they hold together, and held at most."""

    def __init__(self, script: Script, gigabytes: int) -> None:
        self._load = scripted(script)
        self._lock = threading.Lock()
        self.free = gigabytes * 10**9
        self.least_free = self.free
        self.loads: list[str] = []

    def __call__(self, wanted: LoadOptions, progress: LoadProgress) -> Engine:
        with self._lock:
            self.loads.append(wanted.path.stem)
        self._take(wanted.needed_bytes)
        try:
            engine = self._load(wanted, progress)
        except BaseException:
            self._take(-wanted.needed_bytes)
            raise
        close = engine.close
        is_open = True

        def give_back() -> None:
            nonlocal is_open
            if is_open:
                is_open = False
                self._take(-wanted.needed_bytes)
            close()

        engine.close = give_back  # type: ignore[method-assign]
        return engine

    def _take(self, size: int) -> None:
        with self._lock:
            self.free -= size
            self.least_free = min(self.least_free, self.free)


class Crowd:
    """Sixteen askers of three models of which two fit at most; some go away while they wait."""

    def __init__(self, *, load_s: float) -> None:
        script = Script(default=Answer.of("a b c"), load_s=load_s)
        self.machine = Machine(script, gigabytes=4)
        self.pool = Pool(self.machine, free_bytes=lambda: self.machine.free)
        self.models = (options("x", 1), options("y", 2), options("z", 3))
        self.answered = [0, 0, 0]
        self.longest_wait_s = 0.0
        self._dice = random.Random(7)

    async def ask(self, *, rounds: int = 1_000_000, seconds: float = math.inf) -> None:
        """Ask so often, or so long; then the pool is closed."""
        end = time.monotonic() + seconds
        try:
            await asyncio.gather(*(self._asker(rounds, end) for _ in range(16)))
        finally:
            await asyncio.to_thread(self.pool.close)

    async def _asker(self, rounds: int, end: float) -> None:
        for _ in range(rounds):
            number = self._dice.randrange(3)
            began = time.monotonic()
            if began > end:
                return
            work = asyncio.create_task(ask(self.pool, "x", self.models[number]))
            if self._dice.random() < 0.2:
                await asyncio.sleep(self._dice.random() / 50)
                work.cancel()
            with suppress(asyncio.CancelledError):
                assert await work == "a b c"
                self.answered[number] += 1
            self.longest_wait_s = max(self.longest_wait_s, time.monotonic() - began)
