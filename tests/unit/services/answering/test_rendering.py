"""A model file's chat template may do what it likes: the program goes on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

import psutil
import pytest

from app.core.errors import RequestError
from app.core.messages import Message, Role
from app.core.models import ModelInfo
from app.processes.settling import Limits
from app.services.answering.rendering import Rendering

MODEL = ModelInfo(
    name="other",
    architecture="llama",
    context_tokens=4096,
    slots=1,
    vocabulary_size=1000,
    control_tokens={},
)
QUESTION = Message(Role.USER, "Add")
LIMITS = Limits(seconds=20, memory_bytes=400_000_000, cpu_s=0.5)
HELD = "{{ messages[-1].content }}"
# One step in C each: no clock that Python looks at ends it.
NESTING = "{% set ns = namespace(x=[0]) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}"
ENDLESS = (
    "{{ ([[0] * 100000] * 100000) | sum(start=[]) | length }}",
    "{{ 2 | round(-100000000) }}",
    NESTING + "{% endfor %}{{ ns.x }}",
    "{{ 9 ** (9 ** 9) }}",
    "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
)
DOUBLING = "{% set ns = namespace(s='x') %}{% for i in range(60) %}{% set ns.s = ns.s ~ ns.s %}"
GROWING = (
    DOUBLING + "{% endfor %}",
    "{{ 'x' | center(9999999999) }}", "{{ '%9999999999d' % 1 }}", "{{ [0] * 9999999999 }}",
    "{{ '{:9999999999}'.format(1) }}", "{{ 'x' * 300000000 }}",
)  # fmt: skip


def with_rendering(use: Callable[[Rendering], Coroutine[Any, Any, None]]) -> None:
    async def run() -> None:
        rendering = Rendering(LIMITS)
        try:
            await use(rendering)
        finally:
            rendering.close()

    asyncio.run(run())


async def refused(rendering: Rendering, template: str) -> str:
    with pytest.raises(RequestError) as said:
        await rendering.chat((QUESTION,), replace(MODEL, chat_template=template + HELD))
    return said.value.message


def test_templates_that_never_end_or_grow_are_ended_and_the_next_one_works() -> None:
    async def use(rendering: Rendering) -> None:
        before = psutil.Process().memory_info().rss
        for template in (*ENDLESS, *GROWING):
            said = await refused(rendering, template)
            assert said.startswith("The chat template of other does not work: "), template
        whole = await rendering.chat((QUESTION,), replace(MODEL, chat_template=f"<{HELD}>"))
        assert whole.prompt.parts == ("<Add>",)
        assert psutil.Process().memory_info().rss - before < 60_000_000

    with_rendering(use)


def test_the_window_goes_on_meanwhile_and_the_same_template_is_not_tried_twice() -> None:
    async def use(rendering: Rendering) -> None:
        waits: list[float] = []

        async def tick() -> None:
            while True:
                began = time.perf_counter()
                await asyncio.sleep(0.001)
                waits.append(time.perf_counter() - began)

        ticking = asyncio.create_task(tick())
        said = await refused(rendering, ENDLESS[0])
        assert said.endswith("it takes too much time or memory.")
        ticking.cancel()
        assert len(waits) > 20
        await rendering.chat((QUESTION,), replace(MODEL, chat_template=f"<{HELD}>"))
        child = rendering._child.process_id
        assert child
        for _ in range(20):  # as when the tokens are counted at each typed character
            assert await refused(rendering, ENDLESS[0]) == said
        assert rendering._child.process_id == child  # each try would have ended it

    with_rendering(use)


def test_a_template_that_refuses_says_why_through_the_process() -> None:
    async def use(rendering: Rendering) -> None:
        said = await refused(rendering, "{{ raise_exception('Only two turns, please.') }}")
        assert "does not accept this conversation: Only two turns, please." in said
        assert len(await refused(rendering, "{{ raise_exception('x' * 100000) }}")) < 500

    with_rendering(use)
