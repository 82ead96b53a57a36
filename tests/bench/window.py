# ruff: noqa: RUF001 - letters of several scripts are searched
"""The window's own figures: gaps of its thread while text streams, first paint, memory."""

from __future__ import annotations

import asyncio
import re
import statistics
import tempfile
import time
from collections.abc import Callable, Coroutine
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil
import qasync
from desktop import Program, screen, wait_until
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.bootstrap import services
from app.core.chats import MessageState
from app.core.messages import Role
from app.engines.scripted import Answer, Script, ScriptedFactory, scripted_info
from app.services.chats.chats import Chats
from app.services.chats.history_file import HistoryFile
from app.services.services import Services
from app.services.tasks import Tasks
from app.store.history import History
from app.store.window_state import WindowState, save_window_state
from app.ui.presenters.chat import ChatPresenter
from app.ui.presenters.ensemble import make_presenters
from app.ui.presenters.models import ModelPresenter
from app.ui.presenters.open_chat import OpenChat
from app.ui.start.garbage import collect_here
from app.ui.widgets.look.theme import Theme
from app.ui.window import Window
from app.ui.wiring.introduction import introduce

PARAGRAPH = "A sentence of plain prose with a `name` in it, and **strong** words. " * 3 + "\n\n"
CODE = (
    "```python\n"
    + "".join(f"def f{n}(x):\n    return x + {n}\n\n\n" for n in range(20))
    + "```\n\n"
)
TEXT = (PARAGRAPH * 4 + CODE) * 3
TOKEN_CHARACTERS = 4
PANEL_LINE = "value = compute(first, second)  # a line of code\n"


@dataclass(frozen=True, slots=True)
class Stream:
    """What is streamed into what: an answer into a chat with so many earlier messages."""

    tokens_per_s: int
    tokens: int
    earlier_messages: int
    earlier_tokens: int
    panel_lines: int = 0


SHORT = Stream(500, 5_000, 40, 20_000)
LONG = Stream(1_000, 50_000, 500, 50_000, panel_lines=20_000)


def gaps(stream: Stream) -> tuple[float, float]:
    """Stream into a full chat; return the 99th percentile and the worst gap in milliseconds."""
    text = TEXT * (stream.tokens * TOKEN_CHARACTERS // len(TEXT) + 1)
    pieces = tuple(
        text[at : at + TOKEN_CHARACTERS].encode()
        for at in range(0, stream.tokens * TOKEN_CHARACTERS, TOKEN_CHARACTERS)
    )
    script = Script(default=Answer(pieces), tokens_per_s=stream.tokens_per_s)
    ticks: list[float] = run_in_window(script, partial(_stream, stream=stream))
    waits = sorted((b - a) * 1000 for a, b in pairwise(ticks))
    return waits[int(len(waits) * 0.99)], waits[-1]


def open_long_chat_ms() -> float:
    """Return how long a chat of 500 messages takes from the wish to its first readable screen."""
    return run_in_window(Script(), _open_long)


def typing_ms() -> tuple[float, float]:
    """Type into 50,000 lines of code; return median and worst milliseconds of a key press."""
    return run_in_window(Script(), _type)


@dataclass(slots=True)
class Rig:
    """A window with its presenters on a scripted engine."""

    window: Window
    chat: ChatPresenter
    open_chat: OpenChat
    models: ModelPresenter
    file: HistoryFile
    built: Services
    tasks: Tasks
    failures: list[BaseException]


def run_in_window(script: Script, work: Callable[[Rig], Coroutine[None, None, Any]]) -> Any:
    """Open a window on a scripted engine, do the work in it, close it and return the result."""
    return in_window(services(ScriptedFactory(script, scripted_info(context_tokens=10**7))), work)


def in_window(
    opened: AbstractContextManager[Services], work: Callable[[Rig], Coroutine[None, None, Any]]
) -> Any:
    """Do the same on whatever engine the services have."""
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    theme = Theme(application)
    theme.apply()
    loop = qasync.QEventLoop(application)
    with loop, opened as built:
        return loop.run_until_complete(_in_window(built, work))


async def _in_window(built: Services, work: Callable[[Rig], Coroutine[None, None, Any]]) -> Any:
    failures: list[BaseException] = []
    tasks = Tasks(failures.append)
    window = Window(lambda: None)
    file = HistoryFile(None)
    to = make_presenters(
        window, built, tasks, lambda key, value: None, chats=Chats(file, built.generation)
    )
    introduce(window, to)
    window.resize(1440, 900)
    window.show()
    found = await work(Rig(window, to.chat, to.open_chat, to.models, file, built, tasks, failures))
    await tasks.close()
    window.hide()
    assert not failures, failures
    return found


def fill(history: History, messages: int, tokens: int) -> int:
    """Add a chat of so many messages, whose answers have so many tokens in all; return its id."""
    stored = history.add_chat("Long")
    last_id: int | None = None
    length = tokens * TOKEN_CHARACTERS * 2 // messages
    for number in range(messages // 2):
        said = (TEXT * (length // len(TEXT) + 1))[:length]
        for role, text in ((Role.USER, f"More, please. {number}"), (Role.ASSISTANT, said)):
            last_id = history.add_message(
                stored.id, role, text, parent_id=last_id, state=MessageState.DONE
            ).id
    return stored.id


async def _stream(rig: Rig, stream: Stream) -> list[float]:
    await rig.file.open()
    history = await rig.file.history()
    chat_id = fill(history, stream.earlier_messages, stream.earlier_tokens)
    await rig.models.begin(None)
    rig.open_chat.open_chat(chat_id)
    await asyncio.sleep(8 + stream.earlier_messages / 50)  # drawn when there is time
    if stream.panel_lines:
        lines = PANEL_LINE * stream.panel_lines
        key = rig.window.code_panel.add_tab("long.py", "python", ("#", ""), [(lines, None)])
        rig.window.code_panel.show_tab(key)
        await asyncio.sleep(4)
    collector = collect_here(rig.window)
    ticks: list[float] = []
    ticker = QTimer(rig.window, interval=1, timerType=Qt.TimerType.PreciseTimer)
    ticker.timeout.connect(lambda: ticks.append(time.perf_counter()))
    rig.chat.send("Stream.")
    await asyncio.sleep(1)
    ticker.start()
    while rig.chat.is_busy:  # noqa: ASYNC110 - the window knows no event for it
        await asyncio.sleep(0.1)
    ticker.stop()
    collector.stop()
    return ticks


async def _open_long(rig: Rig) -> float:
    await rig.file.open()
    history = await rig.file.history()
    chat_id = fill(history, 500, 50_000)
    await asyncio.sleep(1)
    began = time.perf_counter()
    rig.open_chat.open_chat(chat_id)
    bar = rig.window.conversation.verticalScrollBar()
    while not (bar.maximum() and bar.value() == bar.maximum()):  # noqa: ASYNC110
        await asyncio.sleep(0.001)
    rig.window.conversation.repaint()
    return (time.perf_counter() - began) * 1000


async def _type(rig: Rig) -> tuple[float, float]:
    panel = rig.window.code_panel
    key = panel.add_tab("long.py", "python", ("#", ""), [(PANEL_LINE * 50_000, None)])
    panel.show_tab(key)
    await asyncio.sleep(8)
    editor = panel.editor()
    assert editor is not None
    editor.go_to_line(25_000)
    times = []
    for letter in "value = other_value  # typed " * 4:
        began = time.perf_counter()
        QTest.keyClicks(editor, letter)
        editor.viewport().repaint()
        times.append((time.perf_counter() - began) * 1000)
        await asyncio.sleep(0.02)
    return statistics.median(times), max(times)


FOREIGN = (
    "Что такое простое число? Это число, у которого нет делителей. ",
    "素数とは何ですか。一と自分自身だけで割り切れる数のことです。",
    "质数是什么？只能被一和它自己整除的数。",
    "소수란 무엇인가요? 자기 자신으로만 나누어지는 수입니다. ",
)
SEARCHED = (
    "needle", "sentence", "plain prose", "return", "nothing like it",
    "a ne", "zq", "the zq", "¿", "C#", "Число что", "数", "質", "自分自身", "一 的", "수", "소수란",
    "x ж", "e a ¿",
)  # fmt: skip


def search_ms(messages: int) -> tuple[float, float]:
    """Search so many messages as one types a word; return median and worst milliseconds.

    Of three tries each the middle one counts, and the time of the processor: what else runs on
    the machine is no matter of the search.
    """
    times = []
    with tempfile.TemporaryDirectory() as folder:
        history = History(Path(folder) / "history.sqlite3")
        for number in range(messages // 500):
            fill(history, 500 - len(FOREIGN) - 1, 20_000)
            found = history.add_chat(f"Chat {number}")
            for text in (f"needle {number}", *(one * 20 for one in FOREIGN)):
                history.add_message(
                    found.id, Role.USER, text, parent_id=None, state=MessageState.DONE
                )
        for word in SEARCHED:
            for end in range(1, len(word) + 1):
                times.append(statistics.median(_searched_ms(history, word[:end]) for _ in range(3)))
        history.close()
    return statistics.median(times), max(times)


def _searched_ms(history: History, words: str) -> float:
    began = time.thread_time()
    history.search(words)
    return (time.thread_time() - began) * 1000


def resident_with_chat_mb() -> float:
    """Return the window process's resident memory with a chat of 500 messages open."""
    with screen() as display, tempfile.TemporaryDirectory() as home:
        path = Path(home) / "data" / "history.sqlite3"
        history = History(path)
        chat_id = fill(history, 500, 50_000)
        history.close()
        save_window_state(Path(home) / "state" / "window.json", WindowState(chat_id=chat_id))
        program = Program(display, Path(home)).start()
        time.sleep(20)  # messages out of sight are laid out when there is time
        assert program.process is not None
        resident = psutil.Process(program.process.pid).memory_info().rss / 1e6
        program.close()
    return resident


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
