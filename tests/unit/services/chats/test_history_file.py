"""The history's file: opened in the background, waited for, rescued, or done without."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Coroutine
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from app.core.chats import MessageState
from app.core.errors import DamagedError
from app.core.messages import Role
from app.services.chats.chats import Chats
from app.services.chats.history_file import HistoryFile
from app.store.history import History


def play(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(work, 60))


def fill(path: Path) -> int:
    with closing(History(path)) as history:
        chat = history.add_chat("kept")
        history.add_message(chat.id, Role.USER, "said", parent_id=None, state=MessageState.DONE)
        return chat.id


def test_what_is_wanted_before_the_file_is_open_waits_and_is_done_in_order(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    chat_id = fill(path)

    async def work() -> None:
        file = HistoryFile(path)
        chats = Chats(file, None)  # type: ignore[arg-type]
        early = [
            asyncio.ensure_future(one)
            for one in (chats.keep_draft(chat_id, "half"), chats.keep_draft(chat_id, "whole"))
        ]
        listed = asyncio.ensure_future(chats.chats())
        await asyncio.sleep(0.05)
        assert not any(task.done() for task in (*early, listed))
        opened = await file.open()
        assert (opened.rescued, opened.problem) == (None, None)
        await asyncio.gather(*early)
        assert [chat.title for chat in await listed] == ["kept"]
        assert await chats.draft(chat_id) == "whole"
        await file.close()

    play(work())


def test_a_damaged_file_is_rescued_while_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    fill(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TABLE messages")

    async def work() -> None:
        file = HistoryFile(path)
        opened = await file.open()
        assert opened.rescued is not None
        assert opened.rescued.kept_as.exists()
        assert [chat.title for chat in await file.use(History.chats)] == ["kept"]
        await file.close()

    play(work())


def test_a_file_that_cannot_be_used_is_done_without(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    path.mkdir()

    async def work() -> None:
        file = HistoryFile(path)
        opened = await file.open()
        assert opened.problem is not None
        assert str(path) in opened.problem.message
        assert opened.problem.hint
        chat = await file.use(History.add_chat, "until the end")
        assert await file.use(History.chats) == [chat]
        await file.close()

    play(work())


def test_damage_that_is_met_later_is_told_on_the_loops_thread(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    fill(path)

    async def work() -> None:
        file = HistoryFile(path)
        await file.open()
        told: asyncio.Queue[DamagedError] = asyncio.Queue()
        await file.tell_damage(told.put_nowait)
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("DROP TABLE drafts")
        with pytest.raises(DamagedError) as raised:
            await file.use(History.draft, 1)
        assert await told.get() is raised.value
        rescued = await file.rescue()
        assert (rescued.chats, rescued.messages) == (1, 1)
        assert await file.use(History.draft, 1) == ""
        await file.close()

    play(work())


def test_a_file_that_was_never_opened_is_closed(tmp_path: Path) -> None:
    play(HistoryFile(tmp_path / "history.sqlite3").close())
