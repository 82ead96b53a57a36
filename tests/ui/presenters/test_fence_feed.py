"""Code is read in order, however much comes at once."""

from __future__ import annotations

import asyncio
import random

import pytest

from app.services.tasks import Tasks
from app.text.fences import CodeClosed, CodeOpened, CodeText, FenceEvent, FenceReader
from app.ui.presenters.fence_feed import FenceFeed

LINE = "x = 1\n"
TEXT = "".join(f"Words {n}.\n\n```py\n{LINE * (n % 40)}```\n" for n in range(200))
OPEN = "```py\nlast = 1\n"


def shown(events: list[FenceEvent]) -> str:
    """Return what events say, however code was cut."""
    said = {CodeOpened: "<", CodeClosed: ">"}
    return "".join(e.text if isinstance(e, CodeText) else said[type(e)] for e in events)


def whole(*texts: str, finished: bool = True) -> str:
    reader = FenceReader()
    events = [event for text in texts for event in reader.feed(text)]
    return shown([*events, *(reader.finish() if finished else ())])


async def read(feed: FenceFeed) -> None:
    for _ in range(50_000):
        if not feed.is_reading:
            break
        await asyncio.sleep(0.001)
    await asyncio.sleep(0)
    assert not feed.is_reading


def run(work) -> None:
    problems: list[BaseException] = []

    async def guarded() -> None:
        tasks = Tasks(problems.append)
        await work(tasks)
        await tasks.close()

    asyncio.run(guarded())
    assert problems == []


@pytest.mark.parametrize("seed", range(5))
def test_pieces_of_any_size_come_in_order(seed: int) -> None:
    chance = random.Random(seed)
    text = TEXT + OPEN

    async def work(tasks: Tasks) -> None:
        found: list[FenceEvent] = []
        feed, at = FenceFeed(tasks, found.extend), 0
        while at < len(text):
            size = chance.choice((1, 20, 300, 5000))
            feed.feed(text[at : at + size])
            at += size
            if chance.random() < 0.3:
                await asyncio.sleep(0)
        feed.finish()
        await read(feed)
        assert shown(found) == whole(text)

    run(work)


@pytest.mark.parametrize("before", [OPEN, TEXT + OPEN])
def test_what_goes_on_waits_for_what_is_there(before: str) -> None:
    async def work(tasks: Tasks) -> None:
        found: list[FenceEvent] = []
        known: list[FenceEvent] = []
        feed = FenceFeed(tasks, found.extend)
        feed.resume(before, known.extend)
        feed.feed("more = 2\n")
        feed.feed("```\n")
        feed.finish()
        await read(feed)
        assert shown(known) == whole(before, finished=False)
        assert shown(found) == "more = 2\n>"

    run(work)


def test_a_new_text_leaves_the_last_one_unread() -> None:
    async def work(tasks: Tasks) -> None:
        found: list[FenceEvent] = []
        feed = FenceFeed(tasks, found.extend)
        feed.feed(TEXT)
        feed.finish()
        feed.begin()
        feed.feed("```py\nnew\n```\n")
        feed.finish()
        await asyncio.sleep(0.01)
        assert shown(found) == "<new\n>"

    run(work)
