"""What goes wrong is shown: the world's faults with their hint, bugs of ours as bugs."""

from __future__ import annotations

import asyncio
from contextlib import closing
from pathlib import Path

import pytest

from app.core.errors import AppError
from app.services.chats.chats import Chats
from app.services.chats.history_file import HistoryFile
from app.services.tasks import Tasks
from app.store.history import History
from app.ui.start.trouble import Trouble

LOG = Path("starwright.log")


class Screen:
    """Remembers what is shown."""

    def __init__(self) -> None:
        self.problems: list[AppError] = []

    def show_problem(self, error: AppError) -> None:
        self.problems.append(error)


def test_a_wrong_statement_of_ours_is_shown_as_a_bug_and_logged_whole(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    screen = Screen()

    async def work() -> None:
        tasks = Tasks(Trouble(screen, LOG).report)
        with closing(History(tmp_path / "history.sqlite3")) as history:
            file = HistoryFile.of(history)
            chats = Chats(file, None)  # type: ignore[arg-type]
            wrong = file.use(lambda known: known.database.read("SELECT titel FROM chats"))
            tasks.start(_through(wrong), name="wrong statement")
            tasks.start(_through(chats.import_(tmp_path / "gone.json")), name="no such file")
            while len(screen.problems) < 2:  # noqa: ASYNC110 - the screen knows no event
                await asyncio.sleep(0.01)

    asyncio.run(asyncio.wait_for(work(), 60))
    shown = sorted(problem.message for problem in screen.problems)
    assert "gone.json" in str(shown)
    assert "Something went wrong inside Starwright: StatementError." in shown
    bug = next(problem for problem in screen.problems if "StatementError" in problem.message)
    assert str(LOG) in bug.hint
    assert "SELECT titel FROM chats" in caplog.text


async def _through(work: object) -> None:
    await work  # type: ignore[misc]
