"""The window's own figures: gaps of its thread while text streams, first paint, memory."""

from __future__ import annotations

import asyncio
import re
import statistics
import tempfile
import time
from itertools import pairwise
from pathlib import Path

import psutil
import qasync
from desktop import Program, screen, wait_until
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from app.bootstrap import services
from app.core.messages import Role
from app.engines.scripted import Answer, Script, ScriptedFactory, scripted_info
from app.services.chats import Chats
from app.services.editors import Editors
from app.services.tasks import Tasks
from app.store.history import History, MessageState
from app.ui.presenters.chat import ChatPresenter
from app.ui.presenters.chat_list import ChatListPresenter
from app.ui.presenters.code import CodePresenter
from app.ui.presenters.models import ModelPresenter
from app.ui.presenters.settings import SettingsPresenter
from app.ui.run import collect_here
from app.ui.widgets.theme import Theme
from app.ui.window import Window

PARAGRAPH = "A sentence of plain prose with a `name` in it, and **strong** words. " * 3 + "\n\n"
CODE = (
    "```python\n"
    + "".join(f"def f{n}(x):\n    return x + {n}\n\n\n" for n in range(20))
    + "```\n\n"
)
TEXT = (PARAGRAPH * 4 + CODE) * 3
TOKEN_CHARACTERS = 4
EARLIER_TOKENS = 20_000
TOKENS_PER_S = 500
STREAM_TOKENS = 5_000


def gaps() -> tuple[float, float]:
    """Stream into a full chat; return the 99th percentile and the worst gap in milliseconds."""
    text = TEXT * (STREAM_TOKENS * TOKEN_CHARACTERS // len(TEXT) + 1)
    pieces = tuple(
        text[at : at + TOKEN_CHARACTERS].encode()
        for at in range(0, STREAM_TOKENS * TOKEN_CHARACTERS, TOKEN_CHARACTERS)
    )
    script = Script(default=Answer(pieces), tokens_per_s=TOKENS_PER_S)
    application = QApplication.instance() or QApplication([])
    theme = Theme(application)
    theme.apply()
    loop = qasync.QEventLoop(application)
    with loop, services(ScriptedFactory(script, scripted_info(context_tokens=10**7))) as built:
        ticks: list[float] = loop.run_until_complete(_stream(built))
    waits = sorted((b - a) * 1000 for a, b in pairwise(ticks))
    return waits[int(len(waits) * 0.99)], waits[-1]


async def _stream(built) -> list[float]:
    failures: list[BaseException] = []
    tasks = Tasks(failures.append)
    window = Window(lambda: None)
    code = CodePresenter(window.code_panel, tasks, Editors(built.settings, built.paths.scratch))
    models = ModelPresenter(window, built.models, tasks)
    chat = ChatPresenter(window, code, built.models, built.generation, tasks, built.settings)
    window.introduce(
        chat,
        ChatListPresenter(window, chat, tasks),
        code,
        models,
        SettingsPresenter(window, built.settings, tasks, lambda key, value: None),
    )
    window.resize(1440, 900)
    window.show()
    history = History(None)
    stored = history.add_chat("Long")
    last_id: int | None = None
    length = EARLIER_TOKENS * TOKEN_CHARACTERS // 20
    for _ in range(20):
        said = (TEXT * (length // len(TEXT) + 1))[:length]
        for role, text in ((Role.USER, "More, please."), (Role.ASSISTANT, said)):
            last_id = history.add_message(
                stored.id, role, text, parent_id=last_id, state=MessageState.DONE
            ).id
    await chat.begin(Chats(history, built.generation))
    await models.begin(None)
    chat.open_chat(stored.id)
    await asyncio.sleep(8)  # earlier messages are drawn when there is time
    collector = collect_here(window)
    ticks: list[float] = []
    ticker = QTimer(window, interval=1, timerType=Qt.TimerType.PreciseTimer)
    ticker.timeout.connect(lambda: ticks.append(time.perf_counter()))
    chat.send("Stream.")
    await asyncio.sleep(1)
    ticker.start()
    while chat.is_busy:  # noqa: ASYNC110 - the window knows no event for it
        await asyncio.sleep(0.1)
    ticker.stop()
    collector.stop()
    await tasks.close()
    window.hide()
    assert not failures, failures
    return ticks


def first_paint_ms(rounds: int) -> float:
    """Return the median time from the process's beginning to the first paint, warm."""
    times = []
    with screen() as display:
        for _ in range(rounds + 1):
            with tempfile.TemporaryDirectory() as home:
                program = Program(display, Path(home)).start()
                log = Path(home) / "state" / "starwright.log"
                wait_until(lambda log=log: "First paint" in log.read_text(), what="the paint")
                times.append(float(re.findall(r"First paint (\d+) ms", log.read_text())[0]))
                program.close()
    return statistics.median(times[1:])


def resident_mb() -> float:
    """Return the window process's resident memory, its model being in another process."""
    with screen() as display, tempfile.TemporaryDirectory() as home:
        program = Program(display, Path(home)).start()
        time.sleep(4)
        assert program.process is not None
        resident = psutil.Process(program.process.pid).memory_info().rss / 1e6
        program.close()
    return resident
