"""Pools of scripted models for tests, whose memory is a number of the test's own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import aclosing
from pathlib import Path
from typing import Any

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
