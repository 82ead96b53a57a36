"""The whole window and its models: a load is cancelled by mouse, a bad file is one message."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import qasync
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from app.bootstrap import services
from app.core.models import ModelState
from app.engines.scripted import Script, ScriptedFactory
from app.services.chats.chats import Chats
from app.services.chats.history_file import HistoryFile
from app.services.services import Services
from app.services.tasks import Tasks
from app.ui.presenters.ensemble import Ensemble, make_presenters
from app.ui.window import Window
from app.ui.wiring.introduction import introduce


@dataclass
class Rig:
    window: Window
    built: Services
    to: Ensemble

    @property
    def state(self) -> ModelState:
        return self.built.models.status.state

    def words(self) -> str:
        return "\n".join(label.text() for label in self.window.conversation.findChildren(QLabel))


@pytest.fixture
def loop(qapp: QApplication) -> Iterator[qasync.QEventLoop]:
    with qasync.QEventLoop(qapp) as loop:
        yield loop


async def until(is_so: Callable[[], bool]) -> None:
    for _ in range(12_000):
        if is_so():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen within two minutes")


def test_a_load_is_cancelled_and_a_bad_file_is_one_message(
    loop: qasync.QEventLoop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STARWRIGHT_HOME", str(tmp_path))
    failures: list[BaseException] = []

    async def work(built: Services) -> None:
        window, tasks = Window(lambda: None), Tasks(failures.append)
        rig = Rig(
            window,
            built,
            make_presenters(
                window,
                built,
                tasks,
                lambda key, value: None,
                chats=Chats(HistoryFile(None), built.generation),
            ),
        )
        introduce(window, rig.to)
        window.show()
        await rig.to.models.begin(None)
        await until(lambda: rig.state is ModelState.LOADING)
        assert "Loading" in window.model_picker.accessibleName()
        cancel = window.model_picker.findChild(QPushButton, "cancelLoading")
        QTest.mouseClick(cancel, Qt.MouseButton.LeftButton)
        await until(lambda: rig.state is ModelState.IDLE)
        assert not cancel.isVisible()
        assert not window.conversation.findChildren(QLabel, "errorText")

        bad = tmp_path / "bad.gguf"
        bad.write_text("no model")
        window.model_picker.model_chosen.emit(bad)
        await until(lambda: "bad.gguf is not a GGUF model file." in rig.words())
        assert rig.words().count("bad.gguf") == 1
        await tasks.close()
        window.deleteLater()

    with services(ScriptedFactory(Script(load_s=30))) as built:
        loop.run_until_complete(work(built))
    assert failures == []
