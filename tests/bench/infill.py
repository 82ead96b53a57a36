"""How long grey text takes in the real window with the built-in model, and what is read anew."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

import app
from app.bootstrap import services
from app.core.events import Finished
from app.core.sampling import Sampling
from app.generation.infill.begun import continued
from app.generation.infill.holes import Hole
from app.services.answering.generation import InfillRequest
from app.ui.widgets.code.code_editor import CodeEditor
from bench.window import Rig, in_window

TYPED = "for number in values:\n    total += number\n"
_WORDS = TYPED.partition("\n")[0]
ROUNDS = 30
LINE = 60
"""A line in the middle of the file, behind which the cursor stands."""


@dataclass(frozen=True, slots=True)
class Latency:
    """Median milliseconds from a key to grey text that is painted."""

    asked: float
    typed: float


@dataclass(frozen=True, slots=True)
class Reread:
    """Medians, and the most, over characters typed one after another."""

    tokens: float
    worst_tokens: float
    prompt_tokens: float


def source() -> str:
    """Return a file of the program's own, of some 130 lines."""
    return (Path(app.__file__).parent / "text" / "fences.py").read_text("utf-8")


def latency() -> Latency:
    """Ask by Ctrl+Space, and let a typed character ask by itself with no pause set."""
    measured: Latency = in_window(services(), _latency)
    return measured


def reread() -> Reread:
    """Fill the same hole again and again, one more character typed before it each time."""
    measured: Reread = in_window(services(), _reread)
    return measured


async def _latency(rig: Rig) -> Latency:
    await rig.models.begin(None)
    model = rig.built.models.status.model
    assert model is not None
    await rig.built.models.load(model)
    panel = rig.window.code_panel
    key = panel.add_tab("fences.py", "python", ("#", ""), [(source(), None)])
    panel.show_tab(key)
    editor = panel.editor()
    assert editor is not None
    editor.go_to_line(LINE)
    QTest.keyClick(editor, Qt.Key.Key_Return)
    QTest.keyClick(editor, Qt.Key.Key_Up)
    asked, typed = [], []
    for number in range(ROUNDS):
        QTest.keyClicks(editor, _WORDS[number % len(_WORDS)])
        asked.append(await _seen_ms(editor, _press_ctrl_space))
    rig.built.settings.set_value("code.suggest_delay_ms", 0)
    rig.built.settings.set_value("code.suggest_on_pause", True)
    for number in range(ROUNDS):
        letter = _WORDS[number % len(_WORDS)]
        typed.append(await _seen_ms(editor, lambda e, letter=letter: QTest.keyClicks(e, letter)))
    return Latency(_median(asked), _median(typed))


def _press_ctrl_space(editor: CodeEditor) -> None:
    QTest.keyClick(editor, Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier)


async def _seen_ms(editor: CodeEditor, act: Callable[[CodeEditor], object]) -> float | None:
    """Press a key and return when grey text was painted; None where nothing was suggested."""
    began = time.perf_counter()
    act(editor)
    while not editor.ghost.text:
        if time.perf_counter() - began > 2:
            return None
        await asyncio.sleep(0.001)
    editor.viewport().repaint()
    seen = time.perf_counter()
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    await asyncio.sleep(0.05)
    return (seen - began) * 1000


def _median(times: list[float | None]) -> float:
    return statistics.median(one if one is not None else float("inf") for one in times)


async def _reread(rig: Rig) -> Reread:
    await rig.built.models.restore_choice()
    model = rig.built.models.status.model
    assert model is not None
    hole = Hole.at(source(), LINE, 1)
    sampling = Sampling(temperature=0, seed=1, max_tokens=16)
    read, prompts = [], []
    last: Hole | None = None
    for length in range(len(TYPED) + 1):
        last = continued(Hole(hole.prefix + TYPED[:length], "\n" + hole.suffix), last)
        request = InfillRequest(last, sampling=sampling)
        async with aclosing(rig.built.generation.infill(model, request)) as events:
            async for event in events:
                if isinstance(event, Finished) and length:
                    times = event.timings
                    read.append(times.prompt_tokens - times.reused_tokens)
                    prompts.append(times.prompt_tokens)
    return Reread(statistics.median(read), max(read), statistics.median(prompts))
