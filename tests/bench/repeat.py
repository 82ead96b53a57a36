"""Whether the same prompt gives the same text again, alone and beside other runs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from app.bootstrap import open_engine
from app.core.events import Finished
from app.core.models import LoadOptions
from app.core.prompts import Prompt
from app.core.sampling import Sampling
from app.services.inference.leases import LeasedModel
from app.services.inference.pool import Pool

NAMES = ("mean", "is_prime", "reverse_words", "flatten", "fib", "load_json", "retry", "clamp")
AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Same:
    """How many of `of` texts came out the same as when the prompt was first asked alone.

    `greedy` are at temperature 0, `seeded` at 0.8 with a seed, both alone; `beside` are greedy
    while three other runs share the batch.
    """

    greedy: int
    seeded: int
    beside: int
    of: int = len(NAMES)


def same_texts(path: Path, *, written: int) -> Same:
    """Ask eight prompts over and over, and compare."""
    options = LoadOptions(path, context_tokens=2048)
    prompts = [f'def {name}(values):\n    """Return' for name in NAMES]
    pool = Pool(open_engine)

    async def said(model: LeasedModel, text: str, temperature: float) -> str:
        sampling = Sampling(temperature=temperature, seed=1, max_tokens=written)
        async with aclosing(model.run(Prompt((text,)), sampling)) as events:
            async for event in events:
                if isinstance(event, Finished):
                    text = event.text
        return text

    async def measure() -> Same:
        async with pool.lease(options) as model:
            return await measure_with(partial(said, model))

    async def measure_with(ask: Callable[[str, float], Awaitable[str]]) -> Same:
        greedy = [await ask(text, 0) for text in prompts]
        seeded = [await ask(text, 0.8) for text in prompts]
        greedy_again = [await ask(text, 0) for text in prompts]
        seeded_again = [await ask(text, 0.8) for text in prompts]
        beside: list[str] = []
        for at in range(0, len(prompts), AT_ONCE):
            beside += await asyncio.gather(*(ask(text, 0) for text in prompts[at : at + AT_ONCE]))
        return Same(
            _equal(greedy, greedy_again), _equal(seeded, seeded_again), _equal(greedy, beside)
        )

    try:
        return asyncio.run(measure())
    finally:
        pool.close()


def _equal(first: list[str], second: list[str]) -> int:
    return sum(a == b for a, b in zip(first, second, strict=True))
