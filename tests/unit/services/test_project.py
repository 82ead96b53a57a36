"""What of a project goes before an infill: near, within the budget, never secret, never late."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest

from app.core.errors import RequestError
from app.generation.infill.repository import SourceFile
from app.services import project as module
from app.services.project import Project
from app.services.tasks import Tasks
from app.store.settings import Settings

LEDGER = "class Ledger:\n    def open_account(self, name): ...\n"
WRITTEN = "from shop.ledger import Ledger\n\nledger = Ledger()\nledger.open_"


class Rig:
    def __init__(self, folder: Path) -> None:
        self.root = folder / "shop-project"
        self.root.mkdir()
        self.settings = Settings(folder / "settings.toml")
        self.bugs: list[BaseException] = []
        self.project = Project(self.settings, Tasks(self.bugs.append))

    def put(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    async def paths(
        self, path: str = "shop/main.py", text: str = WRITTEN, **more: Any
    ) -> list[str]:
        files, _ = await self.project.context_for(path, text, patience_s=30, **more)
        return [file.path for file in files]


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    rig = Rig(tmp_path)
    rig.put("shop/ledger.py", LEDGER)
    rig.put("shop/main.py", "the file itself\n")
    rig.put("shop/.env", "KEY=1\n")
    rig.put("shop/keys.py", "KEY = '" + "AKIA" + "ABCDEFGHIJKLMNOP'\nLedger\n")
    rig.put("shop/ignored.py", LEDGER)
    rig.put(".gitignore", "ignored.py\n")
    rig.put("docs/notes.txt", "Ledger\n")
    return rig


def play(rig: Rig, work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(work, 300))
    assert not rig.bugs


def test_near_files_come_with_their_way_from_the_root(rig: Rig) -> None:
    async def work() -> None:
        assert await rig.project.context_for("shop/main.py", WRITTEN) == ((), "")
        await rig.project.choose(rig.root)
        files, repository = await rig.project.context_for(
            str(rig.root / "shop" / "main.py"), WRITTEN, patience_s=30
        )
        assert repository == "shop-project"
        assert files == (SourceFile("shop/ledger.py", LEDGER),)
        assert Settings(rig.root.parent / "settings.toml").value("project.folder") == str(rig.root)
        await rig.project.choose(None)
        assert await rig.project.context_for("shop/main.py", WRITTEN, patience_s=30) == ((), "")

    play(rig, work())


def test_open_tabs_come_too_as_they_are_now(rig: Rig) -> None:
    ledger = str(rig.root / "shop" / "ledger.py")
    opened = [
        SourceFile("order.py", "class Order:\n    ledger: Ledger\n"),
        SourceFile(ledger, LEDGER + "# not saved yet\n"),
        SourceFile("shop/main.py", WRITTEN),
        SourceFile(".env", "KEY=1"),
        SourceFile("key.py", "-----BEGIN " + "PRIVATE KEY-----"),
    ]

    async def work() -> None:
        assert await rig.paths(opened=opened) == ["order.py", "ledger.py"]
        await rig.project.choose(rig.root)
        files, _ = await rig.project.context_for(
            "shop/main.py", WRITTEN, opened=opened, patience_s=30
        )
        texts = {file.path: file.text for file in files}
        assert sorted(texts) == ["order.py", "shop/ledger.py"]
        assert texts["shop/ledger.py"].endswith("# not saved yet\n")

    play(rig, work())


def test_the_budget_holds_and_nothing_is_sent_without_one(rig: Rig) -> None:
    long = "".join(f"def thing_{n}(ledger):\n    return ledger[{n}]\n\n" for n in range(400))
    rig.put("shop/long.py", long + "\n\ndef open_account(name):\n    return name\n")
    rig.put("shop/other.py", long)

    async def work() -> None:
        await rig.project.choose(rig.root)
        for tokens in (30, 200, 1024):
            rig.settings.set_value("project.context_tokens", tokens)
            files, _ = await rig.project.context_for("shop/main.py", WRITTEN, patience_s=30)
            assert files
            assert sum(len(file.text) for file in files) <= tokens * 3
        assert len(files) == 3
        rig.settings.set_value("project.context_tokens", 0)
        assert await rig.project.context_for("shop/main.py", WRITTEN, patience_s=30) == ((), "")

    play(rig, work())


def test_the_same_files_come_key_after_key(rig: Rig) -> None:
    for number in range(20):
        rig.put(f"shop/m{number}.py", f"class Thing{number}:\n    ledger = Ledger()\n")

    async def work() -> None:
        await rig.project.choose(rig.root)
        first = await rig.paths()
        for end in range(1, 20):
            assert await rig.paths(text=WRITTEN + f"thing_{end}"[:end]) == first

    play(rig, work())


def test_what_changes_on_the_disk_is_seen(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REFRESH_AFTER_S", 0.0)

    async def work() -> None:
        await rig.project.choose(rig.root)
        assert await rig.paths() == ["shop/ledger.py"]
        path = rig.put("shop/ledger.py", LEDGER + "# new\n")
        os.utime(path, ns=(1, 1))
        files, _ = await rig.project.context_for("shop/main.py", WRITTEN, patience_s=30)
        assert files[0].text.endswith("# new\n")
        rig.put("shop/order.py", "class Order(Ledger): ...\n")
        assert sorted(await rig.paths()) == ["shop/ledger.py", "shop/order.py"]
        shutil.rmtree(rig.root)
        assert await rig.paths() == []

    play(rig, work())


def test_no_folder_can_be_chosen_that_is_none(rig: Rig) -> None:
    async def work() -> None:
        with pytest.raises(RequestError, match="is not a folder"):
            await rig.project.choose(rig.root / "shop" / "main.py")
        assert rig.project.folder is None

    play(rig, work())


def test_ten_thousand_files_do_not_hold_up_the_keys(rig: Rig) -> None:
    for folder in range(100):
        (rig.root / f"p{folder}").mkdir()
        for number in range(100):
            (rig.root / f"p{folder}" / f"m{number}.py").write_text("class Ledger: ...\n")

    async def work() -> None:
        await rig.project.choose(rig.root)
        began_s = time.thread_time()
        for number in range(40):
            await rig.project.context_for("shop/main.py", WRITTEN + "x" * number)
            await asyncio.sleep(0.005)
        used_s = time.thread_time() - began_s
        assert (await rig.paths())[0] == "shop/ledger.py"
        assert used_s < 0.2  # what the keys' own thread worked for forty of them

    play(rig, work())
