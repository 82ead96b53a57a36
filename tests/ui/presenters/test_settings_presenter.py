"""The program's settings: each change holds at once, and the last one is what is saved."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest

from app.core.errors import SettingsError, StoreError
from app.core.settings import Value
from app.services.tasks import Tasks
from app.store.settings import Settings
from app.ui.presenters.settings import SettingsPresenter


class Desk:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.settings = Settings(path)
        self.problems: list[BaseException] = []
        self.followed: list[tuple[str, Value]] = []
        self.folders: list[Path | None] = []
        self.shown: Mapping[str, Value] = {}
        self.tasks = Tasks(self.problems.append)
        self.presenter = SettingsPresenter(
            self,
            self.settings,
            self.tasks,
            lambda key, value: self.followed.append((key, value)),
            self.folders.append,
        )

    def show_settings(self, values: Mapping[str, Value]) -> None:
        self.shown = values


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "settings.toml")


def test_the_last_value_of_many_is_saved(desk: Desk) -> None:
    async def work() -> None:
        for top_k in range(1, 200):
            desk.presenter.change("chat.top_k", top_k)
            if top_k % 20 == 0:
                await asyncio.sleep(0)
        desk.presenter.change("window.theme", "dark")
        await desk.presenter.keep()

    asyncio.run(work())
    again = Settings(desk.path)
    assert (again.value("chat.top_k"), again.value("window.theme")) == (199, "dark")
    assert desk.followed[-1] == ("window.theme", "dark")
    assert desk.problems == []


def test_what_is_not_saved_yet_is_shown_all_the_same(desk: Desk) -> None:
    async def work() -> None:
        desk.presenter.change("chat.seed", 7)
        desk.presenter.open()
        assert desk.shown["chat.seed"] == 7
        await desk.presenter.keep()
        desk.presenter.open()
        assert desk.shown["chat.seed"] == 7

    asyncio.run(work())


def test_one_value_that_cannot_be_saved_keeps_no_other_from_it(desk: Desk) -> None:
    async def work() -> None:
        desk.path.mkdir()  # where the file should be
        desk.presenter.change("chat.seed", 7)
        await desk.presenter.keep()
        assert [type(problem) for problem in desk.problems] == [StoreError]
        desk.path.rmdir()
        desk.presenter.change("chat.top_k", 9)
        await desk.presenter.keep()

    asyncio.run(work())
    assert Settings(desk.path).value("chat.top_k") == 9
    assert len(desk.problems) == 1


def test_a_wrong_value_is_refused_by_name(desk: Desk) -> None:
    with pytest.raises(SettingsError, match=r"chat\.temperature"):
        desk.presenter.change("chat.temperature", 9.0)


def test_the_folder_is_the_projects_own_matter(desk: Desk, tmp_path: Path) -> None:
    desk.presenter.change("project.folder", str(tmp_path))
    desk.presenter.change("project.folder", "")
    assert desk.folders == [tmp_path, None]
