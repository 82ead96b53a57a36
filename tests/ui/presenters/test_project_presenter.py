"""The project of the window: chosen, shown, read before an infill, and looked at."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from presenter_rig import Rig, play

from app.engines.scripted import Answer, Script, ScriptedFactory
from app.generation.infill.holes import Hole
from app.services.answering.generation import InfillRequest
from app.services.project import Project
from app.services.tasks import Tasks
from app.ui.presenters.project import ProjectPresenter

ANSWER = "```python\ndef other_ledger(): ...\n```\n"


class ProjectRig(Rig):
    def __init__(self, folder: Path, tiny: Path) -> None:
        super().__init__(folder, ScriptedFactory(Script(default=Answer.of(ANSWER))), tiny, 10**12)
        self.folders: list[Path | None] = []
        self.screen.show_project = self.folders.append  # type: ignore[attr-defined]
        tasks = Tasks(self.bugs.append)
        self.service = Project(self.settings, tasks)
        self.project = ProjectPresenter(
            [self.screen],  # type: ignore[list-item]
            self.screen,
            self.service,
            self.code,
            self.generation,
            tasks,
        )

    async def context(self, name: str, text: str, count: int) -> tuple[list[str], str]:
        for _ in range(3000):
            files, repository = await self.project.context_for(name, text)
            if len(files) == count:
                break
            await asyncio.sleep(0.02)
        return [file.path for file in files], repository


@pytest.fixture
def rig(tmp_path: Path, tiny_model: Path) -> Iterator[ProjectRig]:
    made = ProjectRig(tmp_path, tiny_model)
    yield made
    made.close()


def test_folder_and_open_tabs_are_read_before_an_infill(rig: ProjectRig, tmp_path: Path) -> None:
    root = tmp_path / "shop"
    root.mkdir()
    (root / "ledger.py").write_text("class Ledger: ...\n")
    (root / "main.py").write_text("from ledger import Ledger\n" + "\n" * 400 + "Ledger()\n")

    async def work() -> None:
        await rig.begin()
        await rig.ask("one")
        name = rig.panel.titles[0]
        assert await rig.context("x.py", "ledger", 1) == ([name], "project")
        rig.project.choose(root)
        await rig.until(lambda: rig.folders == [root])
        rig.own_tabs.open([root / "main.py"])
        await rig.until(lambda: "main.py" in rig.panel.titles)
        # The tab's own imports count, though the text at the cursor is far from them.
        assert await rig.context("main.py", "Ledger()", 2) == (["ledger.py", name], "shop")
        rig.project.choose(root / "none")
        await rig.until(lambda: bool(rig.bugs))
        assert "is not a folder" in str(rig.bugs.pop())
        rig.project.choose(None)
        await rig.until(lambda: rig.folders[-1] is None)
        paths, repository = await rig.context("x.py", "main_ledger", 2)
        assert (sorted(paths), repository) == (["main.py", name], "project")

    play(work())


def test_what_was_sent_can_be_looked_at(rig: ProjectRig) -> None:
    async def work() -> None:
        await rig.begin()
        rig.project.show_last(None)
        await rig.until(lambda: bool(rig.bugs))
        assert "There is no suggestion yet" in str(rig.bugs.pop())
        model = rig.models_service.status.model
        assert model is not None
        rig.project.show_last((model, InfillRequest(Hole("a = 1\n", "\n"))))
        await rig.until(lambda: bool(rig.screen.prompt))
        assert rig.screen.prompt == "<fim_prefix>a = 1\n<fim_suffix>\n<fim_middle>"

    play(work())


def test_a_file_of_the_users_stays_when_the_chat_changes(rig: ProjectRig, tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_bytes(b"x = 1\r\n")

    async def work() -> None:
        await rig.begin()
        await rig.ask("one")
        rig.own_tabs.open([path])
        await rig.until(lambda: "mine.py" in rig.panel.titles)
        key = next(key for key, name in rig.panel.names.items() if name == "mine.py")
        rig.code.edited(key, 0, "x = 2\n")
        rig.open_chat.new_chat()
        await rig.until(lambda: rig.panel.titles == ["mine.py"])
        assert [file.text for file in rig.code.files()] == ["x = 2\n"]
        (key,) = rig.panel.tabs
        rig.code_files.save(key, "mine.py", "x = 3\n")
        await rig.until(lambda: rig.panel.saved == [path])
        assert path.read_bytes() == b"x = 3\r\n"
        rig.own_tabs.open([path])
        await asyncio.sleep(0.05)
        assert rig.panel.titles == ["mine.py"]

    play(work())
