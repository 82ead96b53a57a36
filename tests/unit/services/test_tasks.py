"""A task's beginner is put back to idle however the task ends, and every bug is told."""

from __future__ import annotations

import asyncio

import pytest

from app.core.errors import AppError
from app.services.tasks import Tasks


def broken() -> None:
    raise ZeroDivisionError


@pytest.mark.parametrize("ending", ["done", "refused", "a bug", "cancelled", "never begun"])
def test_who_began_is_idle_again_whatever_happens(ending: str) -> None:
    told: list[BaseException] = []
    steps: list[str] = []

    async def work() -> None:
        await asyncio.sleep(0)
        if ending == "refused":
            raise AppError("No.")
        if ending == "a bug":
            broken()
        if ending == "cancelled":
            await asyncio.sleep(60)

    async def play() -> None:
        tasks = Tasks(told.append)
        rest = (lambda: steps.append("first"), broken, lambda: steps.append("last"))
        task = tasks.start(work(), name="work", rest=rest)
        if ending == "cancelled":
            await asyncio.sleep(0.01)
        if ending in ("cancelled", "never begun"):
            task.cancel()
        await asyncio.wait({task})

    asyncio.run(play())
    assert steps == ["first", "last"]  # the broken step between them kept neither from being taken
    kinds = {"refused": [AppError, ZeroDivisionError], "a bug": [ZeroDivisionError] * 2}
    assert list(map(type, told)) == kinds.get(ending, [ZeroDivisionError])


def test_nothing_is_put_back_in_a_window_that_is_gone() -> None:
    steps: list[str] = []

    async def play() -> None:
        tasks = Tasks(lambda error: steps.append(str(error)))
        tasks.start(asyncio.sleep(60), name="work", rest=(lambda: steps.append("idle"),))
        await asyncio.sleep(0)
        await tasks.close()

    asyncio.run(play())
    assert steps == []
