"""Presets of a chat's settings, with the real chat and real files and no Qt."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from presenter_rig import Rig, play

from app.core.errors import AppError
from app.core.settings import Value
from app.engines.scripted import Script, ScriptedFactory
from app.services.tasks import Tasks
from app.store.presets import Presets
from app.ui.presenters.presets import PresetsPresenter


class Dialog:
    """A view that remembers what it shows."""

    def __init__(self) -> None:
        self.values: dict[str, Value] = {}
        self.names: list[str] = []
        self.current = ""
        self.problem: AppError | None = None
        self.said = ""
        self.undo: Callable[[], None] = lambda: None

    def show_values(self, values: Mapping[str, Value]) -> None:
        self.values = dict(values)

    def show_presets(self, names: Sequence[str], current: str) -> None:
        self.names, self.current = list(names), current

    def show_problem(self, error: AppError) -> None:
        self.problem = error

    def clear_problem(self) -> None:
        self.problem = None

    def offer_undo(self, text: str, undo: Callable[[], None]) -> None:
        self.said, self.undo = text, undo


class Desk:
    def __init__(self, folder: Path, model: Path) -> None:
        self.rig = Rig(folder, ScriptedFactory(Script()), model, 10**12)
        self.folder = folder / "presets"
        tasks = Tasks(self.rig.bugs.append)
        self.presets = PresetsPresenter(self.rig.chat_settings, Presets(self.folder), tasks)
        self.dialog = Dialog()

    async def begin(self) -> None:
        await self.rig.begin()
        await self.rig.ask("first")
        self.presets.use(self.dialog)

    async def until(self, is_so: Callable[[], bool]) -> None:
        await self.rig.until(is_so)

    async def keep(self, name: str, **values: Any) -> None:
        for key, value in values.items():
            self.rig.chat_settings.change(f"chat.{key}", value)
            self.presets.changed()
        self.presets.keep(name)
        await self.until(lambda: self.dialog.current == name)


@pytest.fixture
def desk(tmp_path: Path, tiny_model: Path) -> Iterator[Desk]:
    made = Desk(tmp_path, tiny_model)
    yield made
    made.rig.close()


def test_keep_choose_and_reset(desk: Desk) -> None:
    async def work() -> None:
        await desk.begin()
        await desk.keep("Careful", temperature=0.0, system="Be brief.")
        await desk.keep("Wild", temperature=1.5)
        assert desk.dialog.names == ["Careful", "Wild"]
        desk.presets.choose("Careful")
        assert desk.dialog.current == "Careful"
        assert desk.dialog.values["chat.temperature"] == 0.0
        assert desk.rig.chat_settings.values()["chat.system"] == "Be brief."
        desk.rig.chat_settings.change("chat.top_k", 3)
        desk.presets.changed()
        assert desk.dialog.current == ""
        desk.presets.choose("Wild")
        assert desk.rig.chat_settings.values()["chat.top_k"] == 40
        await desk.until(lambda: desk.rig.history.chat_settings(1).get("chat.temperature") == 1.5)
        desk.presets.reset()
        assert desk.dialog.values["chat.temperature"] == 0.2
        await desk.until(lambda: desk.rig.history.chat_settings(1) == {})
        assert desk.dialog.said == "This chat now uses the global settings."
        desk.dialog.undo()
        assert desk.dialog.values["chat.temperature"] == 1.5
        assert desk.dialog.current == "Wild"
        await desk.until(lambda: desk.rig.history.chat_settings(1).get("chat.temperature") == 1.5)

    play(work())


def test_no_preset_lets_go_of_the_one_that_holds_and_of_nothing_else(desk: Desk) -> None:
    async def work() -> None:
        await desk.begin()
        await desk.keep("Wild", temperature=1.5)
        desk.presets.choose("")
        assert desk.rig.chat_settings.values()["chat.temperature"] == 0.2
        desk.rig.chat_settings.change("chat.temperature", 0.9)
        desk.presets.choose("")
        assert desk.rig.chat_settings.values()["chat.temperature"] == 0.9

    play(work())


def test_replacing_and_deleting_can_be_undone(desk: Desk) -> None:
    async def work() -> None:
        await desk.begin()
        await desk.keep("Mine", temperature=1.5)
        await desk.keep("Mine", temperature=0.5)
        assert desk.dialog.said == "The preset “Mine” was replaced."
        desk.dialog.undo()
        await desk.until(lambda: desk.dialog.current == "")
        desk.presets.choose("Mine")
        assert desk.dialog.values["chat.temperature"] == 1.5
        desk.presets.remove("Mine")
        await desk.until(lambda: desk.dialog.names == [])
        assert desk.dialog.said == "The preset “Mine” was deleted."
        desk.dialog.undo()
        await desk.until(lambda: desk.dialog.names == ["Mine"])

    play(work())


def test_export_and_import_of_what_is_ours_and_of_what_is_not(desk: Desk, tmp_path: Path) -> None:
    async def work() -> None:
        await desk.begin()
        await desk.keep("Mine", temperature=1.5)
        path = tmp_path / "mine.toml"
        desk.presets.export(path)
        await desk.until(path.exists)
        desk.presets.remove("Mine")
        await desk.until(lambda: desk.dialog.names == [])
        desk.presets.reset()
        desk.presets.import_(path)
        await desk.until(lambda: desk.dialog.current == "Mine")
        assert desk.rig.chat_settings.values()["chat.temperature"] == 1.5

        path.write_text(path.read_text().replace("1.5", "15"))
        desk.presets.import_(path)
        await desk.until(lambda: desk.dialog.problem is not None)
        assert "mine.toml: The setting chat.temperature is 15" in str(desk.dialog.problem)
        assert desk.rig.chat_settings.values()["chat.temperature"] == 1.5
        path.write_text("{}")
        desk.presets.import_(path)
        await desk.until(lambda: "has no preset" in str(desk.dialog.problem))
        desk.presets.keep(" ")
        await desk.until(lambda: "not a valid preset name" in str(desk.dialog.problem))

    play(work())


def test_a_broken_file_in_the_folder_is_named_and_the_others_are_offered(desk: Desk) -> None:
    async def work() -> None:
        await desk.begin()
        await desk.keep("Mine", temperature=1.5)
        (desk.folder / "broken.toml").write_text("[")
        desk.presets.use(desk.dialog)
        await desk.until(lambda: "broken.toml" in str(desk.dialog.problem))
        assert desk.dialog.names == ["Mine"]

    play(work())
