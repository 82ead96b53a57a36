"""A screen of the tests' own, and the real program on it: Xvfb, a window manager, real keys."""

from __future__ import annotations

import os
import select
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

PROGRAM = Path(sys.executable).with_name("starwright")
TOOLS = ("Xvfb", "openbox", "xdotool")


def missing_tools() -> list[str]:
    """Return what the tests need and this machine lacks; `make test` installs all of it."""
    return [tool for tool in TOOLS if shutil.which(tool) is None]


def wait_until(is_so: Callable[[], bool], *, seconds: float = 120, what: str = "it") -> None:
    """Wait until something holds; fail with its name where it never does."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not happen within {seconds} s")
        time.sleep(0.05)


@contextmanager
def screen(width: int = 1440, height: int = 940) -> Iterator[str]:
    """Give a display with a window manager, and end both."""
    read_end, write_end = os.pipe()
    server = subprocess.Popen(
        [
            "Xvfb", "-displayfd", str(write_end), "-screen", "0", f"{width}x{height}x24",
            "-nolisten", "tcp", "-noreset", "-r",  # no key repeats where a release comes late
        ],
        pass_fds=(write_end,),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(write_end)
    try:
        if not select.select([read_end], [], [], 20)[0]:
            raise AssertionError("Xvfb did not start")
        display = ":" + os.read(read_end, 16).decode().strip()
        manager = subprocess.Popen(
            ["openbox"],
            # Without an address openbox starts a stray message bus.
            env=os.environ | {"DISPLAY": display, "DBUS_SESSION_BUS_ADDRESS": "disabled:"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield display
        finally:
            manager.terminate()
            manager.wait(10)
    finally:
        os.close(read_end)
        server.terminate()
        server.wait(10)


@dataclass
class Program:
    """The real program in a process of its own, seen and driven from outside."""

    display: str
    home: Path
    arguments: tuple[str, ...] = ()
    wrapper: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[str] | None = None
    window: str = ""

    def start(self) -> Program:
        """Start it and wait for its window and for a model that is ready."""
        self.process = self.spawn()
        wait_until(self._finds_window, what="the window")
        self.xdotool("windowactivate", "--sync", self.window)
        return self

    def spawn(self) -> subprocess.Popen[str]:
        """Start it without waiting for anything."""
        environment = os.environ | {
            "DISPLAY": self.display,
            "STARWRIGHT_HOME": str(self.home),
            "STARWRIGHT_THEME": "light",
            "QT_QPA_PLATFORM": "xcb",
        }
        return subprocess.Popen(
            [*self.wrapper, str(PROGRAM), *self.arguments],
            env=environment | self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def type(self, text: str) -> None:
        """Type as a person does."""
        self.xdotool("type", "--delay", "8", text)

    def key(self, *keys: str) -> None:
        """Press keys."""
        self.xdotool("key", "--delay", "30", *keys)

    def xdotool(self, *words: str) -> str:
        """Run xdotool on the program's display."""
        done = subprocess.run(
            ["xdotool", *words],
            env=os.environ | {"DISPLAY": self.display},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        return done.stdout.strip()

    def wait_for_dialog(self) -> None:
        """Wait until another window than the main one has the keyboard."""

        def is_there() -> bool:
            return self.xdotool("getactivewindow") not in ("", self.window)

        wait_until(is_there, what="the dialog")

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        """Read the history from outside; empty while it is not there yet."""
        path = self.home / "data" / "history.sqlite3"
        if not path.exists():
            return []
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            try:
                return connection.execute(sql).fetchall()
            except sqlite3.OperationalError:
                return []

    def answers(self, state: str) -> list[str]:
        """Return the texts of the answers in a state."""
        rows = self.rows(
            f"SELECT text FROM messages WHERE role = 'assistant' AND state = '{state}' ORDER BY id"
        )
        return [str(row[0]) for row in rows]

    def clipboard_code(self) -> str:
        """Press the panel's Copy and return what is on the clipboard."""
        self.key("ctrl+shift+c")
        done = subprocess.run(
            [sys.executable, "-c", _READ_CLIPBOARD],
            env=os.environ | {"DISPLAY": self.display, "QT_QPA_PLATFORM": "xcb"},
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
        return done.stdout

    def close(self) -> int:
        """Close the window as a window manager does; return the exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.xdotool("windowclose", self.window)
            self.process.terminate()
        return self._ended()

    def kill(self) -> None:
        """End it as a power cut does."""
        assert self.process is not None
        self.process.kill()
        self._ended()

    def click(self, x: int, y: int) -> None:
        """Click at a place of the window."""
        self.xdotool("mousemove", "--sync", "--window", self.window, str(x), str(y), "click", "1")

    def _ended(self) -> int:
        assert self.process is not None
        code = self.process.wait(120)
        for pipe in (self.process.stdout, self.process.stderr):
            if pipe is not None:
                pipe.close()
        return code

    def _finds_window(self) -> bool:
        assert self.process is not None
        if self.process.poll() is not None:
            assert self.process.stderr is not None
            raise AssertionError(f"the program ended: {self.process.stderr.read()}")
        found = self.xdotool("search", "--onlyvisible", "--name", "^Starwright$").split()
        self.window = found[-1] if found else ""
        return bool(found)


_READ_CLIPBOARD = """
from PySide6.QtGui import QGuiApplication
app = QGuiApplication([])
from PySide6.QtCore import QTimer
def show():
    print(QGuiApplication.clipboard().text(), end="")
    app.quit()
QTimer.singleShot(300, show)
app.exec()
"""
