"""Uses the whole window at random, seed after seed, and tells what was logged as an error.

    python -m tests.bench --only monkey

Each seed has a window and a home of its own and does the same again, as far as timing allows.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from pathlib import Path
from types import TracebackType

from desk import Desk, at_desk
from PySide6.QtWidgets import QApplication
from screen_hand import Monkey, by_hand, troubles

from app.ui.widgets.look.theme import Theme

SEEDS, ACTIONS = 20, 300
PAUSE_S = 0.02


def seeds_with_trouble(seeds: int = SEEDS, actions: int = ACTIONS, *, first: int = 1) -> int:
    """Play so many seeds; print what went wrong, and return in how many something did."""
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    theme = Theme(application)
    theme.apply()
    return sum(_has_trouble(application, seed, actions) for seed in range(first, first + seeds))


def _has_trouble(application: QApplication, seed: int, actions: int) -> bool:
    monkey = Monkey(seed)
    found: list[str] = []

    async def play(desk: Desk) -> None:
        with troubles() as heard:
            for _ in range(actions):
                await by_hand(monkey.act)
                await asyncio.sleep(PAUSE_S)
                if heard or desk.bugs:
                    break
            found.extend(heard)
            found.extend(map(repr, desk.bugs))

    def hear(_kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        sys.__excepthook__(type(error), error, trace)
        found.append(repr(error))

    before, sys.excepthook = sys.excepthook, hear
    was = os.environ.copy(), Path.cwd()
    try:
        with tempfile.TemporaryDirectory() as home:
            os.environ |= {"STARWRIGHT_HOME": home, "HOME": home}
            os.chdir(home)  # whatever a file dialog does, it does here
            at_desk(application, Path(home), play)
            os.chdir(was[1])
    finally:
        os.chdir(was[1])
        os.environ.update(was[0])
        sys.excepthook = before
    if found:
        print(f"seed {seed}: trouble at action {len(monkey.done)} of {actions}")
        print("\n".join([*found, "the last actions:", *monkey.done[-12:]]), flush=True)
    return bool(found)
