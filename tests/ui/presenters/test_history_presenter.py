"""What a window says of its history: that it was rescued, or that nothing is saved."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from presenter_rig import Make, Rig, play

from app.core.errors import AppError, DamagedError
from app.services.chats.history_file import HistoryFile
from app.services.tasks import Tasks
from app.ui.presenters.history import HistoryPresenter


class Screen:
    """Remembers what is said of the history."""

    def __init__(self) -> None:
        self.problems: list[AppError] = []
        self.notices: list[str] = []
        self.offers: list[Callable[[], None]] = []
        self.conversation = self.dialogs = self

    def show_problem(self, error: AppError) -> None:
        self.problems.append(error)

    def show_notice(self, text: str) -> None:
        self.notices.append(text)

    def ask_rescue(self, rescue: Callable[[], None]) -> None:
        self.offers.append(rescue)


def presenter(rig: Rig, screen: Screen, file: HistoryFile) -> HistoryPresenter:
    return HistoryPresenter(screen, file, rig.open_chat, rig.list, Tasks(rig.bugs.append))


def test_without_a_file_the_window_says_that_nothing_is_saved(make: Make, tmp_path: Path) -> None:
    path = tmp_path / "a folder"
    path.mkdir()

    async def work(rig: Rig) -> None:
        screen = Screen()
        await presenter(rig, screen, HistoryFile(path)).begin()
        assert [str(path) in problem.message for problem in screen.problems] == [True]
        assert screen.notices == ["Until this is fixed, chats are not saved."]
        assert screen.offers == []

    play(work(make()))


def test_a_damaged_history_is_rescued_at_the_start_and_later_when_the_user_says_so(
    make: Make, tmp_path: Path
) -> None:
    path = tmp_path / "history.sqlite3"
    rig = make()
    rig.history.add_chat("kept")
    rig.history.close()
    drop(path, "messages")

    async def work() -> None:
        screen = Screen()
        await presenter(rig, screen, rig.file).begin()
        assert "1 chats with 0 messages were rescued" in screen.notices.pop()
        await rig.list.begin()
        assert rig.screen.chats == ["kept"]
        drop(path, "drafts")
        for _ in range(2):
            with pytest.raises(DamagedError):
                await rig.chats.draft(1)
        await rig.until(lambda: bool(screen.offers))
        assert len(screen.offers) == 1  # once, until it is answered
        screen.offers.pop()()
        await rig.until(lambda: bool(screen.notices))
        await rig.chats.keep_draft(1, "works")
        rig.history = await rig.file.history()

    play(work())


def drop(path: Path, table: str) -> None:
    """Take a table away, as a torn page does."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"DROP TABLE {table}")
