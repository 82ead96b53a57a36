"""The whole window with the built-in model: a change is asked for, shown, taken; files are read."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from test_infill_in_window import CODE, CTRL, Rig, play

from app.core.models import ModelState
from app.core.paths import builtin_model_path

__all__ = ["play"]  # the fixture
Play = Callable[[Callable[[Rig], Coroutine[Any, Any, None]]], None]


def test_a_change_is_asked_for_shown_and_taken(play: Play) -> None:
    async def work(rig: Rig) -> None:
        panel = rig.window.code_panel
        bar = panel.code_actions.bar
        rig.key(Qt.Key.Key_I, CTRL)
        if not bar.isVisible():  # without a window manager a shortcut may not arrive
            next(c for c in panel.commands if c.keys == "Ctrl+I").act()
        assert bar.isVisible()
        QTest.keyClicks(bar.field, "Check whether a number is prime")
        QTest.keyClick(bar.field, Qt.Key.Key_Return)
        take_all = rig.window.findChild(QPushButton, "takeAll")
        assert take_all is not None
        await rig.until(take_all.isVisible)
        assert not rig.editor.isVisible()
        assert rig.editor.text() == CODE
        take_all.click()
        await rig.until(rig.editor.isVisible)
        assert rig.editor.text() != CODE
        assert "def is_prime" in rig.editor.text()
        rig.editor.undo()
        assert rig.editor.text() == CODE

    play(work)


def test_near_files_go_before_an_infill_and_can_be_looked_at(play: Play, tmp_path: Path) -> None:
    root = tmp_path / "shop"
    root.mkdir()
    (root / "numbers.py").write_text("def is_prime_number(n): ...\n")
    (root / ".env").write_text("is_prime=hush\n")
    copy = tmp_path / "copy.gguf"
    shutil.copyfile(builtin_model_path(), copy)

    async def work(rig: Rig) -> None:
        # The demo model is never given other files, for it fills worse with them; its copy is.
        rig.to.models.choose(copy)
        await rig.until(lambda: _is_ready(rig, copy))
        rig.to.project.choose(root)
        links = rig.window.sidebar.links
        await rig.until(lambda: links.project.accessibleName() == "Project: shop")
        assert (tmp_path / "config" / "settings.toml").read_text().count(str(root)) == 1
        for _ in range(1200):  # the folder is looked through meanwhile
            files, _ = await rig.to.project.context_for("is_prime.py", CODE)
            if files:
                break
            await asyncio.sleep(0.05)
        rig.editor.setFocus()
        rig.to.suggest.ask()
        await rig.until(lambda: rig.to.suggest.last is not None)
        rig.to.project.show_last(rig.to.suggest.last)
        await rig.until(lambda: hasattr(rig.window.dialogs, "prompt"))
        seen = rig.window.dialogs.prompt.text.toPlainText()
        rig.window.dialogs.prompt.close()
        assert seen.startswith(
            "<repo_name>shop<file_sep>numbers.py\ndef is_prime_number(n): ...\n"
            "<file_sep><fim_prefix>is_prime.py\ndef is_prime(n):\n"
        )
        assert "hush" not in seen

    play(work)


def _is_ready(rig: Rig, path: Path) -> bool:
    status = rig.built.models.status
    return bool(status.model and status.model.path == path and status.state is ModelState.READY)
