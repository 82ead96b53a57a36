"""Uses the whole window at random, seed after seed, and tells what was logged as an error.

    python -m tests.bench --only monkey

Each seed has a window and a home of its own and does the same again, as far as timing allows. A
seed takes 15 s on an idle machine and a minute on a busy one: after four minutes none is begun.
One that crashes or hangs tells where, and counts as one that found an error.
"""

from __future__ import annotations

import asyncio
import faulthandler
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType

from desk import Desk, at_desk
from PySide6.QtWidgets import QApplication
from screen_hand import Monkey, by_hand, troubles

from app.ui.widgets.look.theme import Theme

SEEDS, ACTIONS = 20, 300
NONE_BEGUN_AFTER_S = 240
HANGS_AFTER_S = 300
PAUSE_S = 0.02


def seeds_with_trouble(
    seeds: int = SEEDS, actions: int = ACTIONS, *, first: int = 1
) -> tuple[int, int]:
    """Play seeds while there is time, each in a process of its own; print what went wrong.

    Returns in how many something did, and how many were played.
    """
    began, troubled, played = time.monotonic(), 0, 0
    while played < seeds and time.monotonic() - began < NONE_BEGUN_AFTER_S:
        seed = first + played
        code = _play_apart(seed, actions)
        if code not in (0, 1):
            print(f"seed {seed}: the process ended with {code}", flush=True)
        troubled += code != 0
        played += 1
    return troubled, played


def _play_apart(seed: int, actions: int) -> int:
    command = [sys.executable, "-m", "bench.monkey", str(seed), str(actions)]
    paths = os.pathsep.join([str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
    return subprocess.run(command, env=os.environ | {"PYTHONPATH": paths}, check=False).returncode


def _play(seed: int, actions: int) -> int:
    faulthandler.enable()
    faulthandler.dump_traceback_later(HANGS_AFTER_S, exit=True)
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    Theme(application).apply()
    return int(_has_trouble(application, seed, actions))


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


if __name__ == "__main__":
    sys.exit(_play(int(sys.argv[1]), int(sys.argv[2])))
