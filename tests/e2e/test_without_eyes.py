"""A screen reader's way through the window: every control has a name, an answer can be read."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from desktop import missing_tools, screen

READER = Path(__file__).parent / "without_eyes.py"
SYSTEM_PYTHON = "/usr/bin/python3"
PROMPT = "Write a Python function that checks whether a number is prime"
_CAN_READ = "import gi; gi.require_version('Atspi', '2.0'); from gi.repository import Atspi"


def lacking() -> str:
    """Return what this machine lacks for it; `make test` installs all of it."""
    if missing_tools() or shutil.which("dbus-run-session") is None:
        return ", ".join([*missing_tools(), "dbus-run-session"])
    can_read = (
        Path(SYSTEM_PYTHON).exists()
        and not subprocess.run(
            [SYSTEM_PYTHON, "-c", _CAN_READ], capture_output=True, check=False, timeout=30
        ).returncode
    )
    return "" if can_read else "AT-SPI for the system's Python"


@pytest.mark.skipif(bool(lacking()), reason=f"not installed: {lacking()}")
def test_a_prompt_is_sent_and_the_answer_read_without_eyes(tmp_path: Path) -> None:
    program = [sys.executable, "-m", "app"]
    with screen() as display:
        environment = os.environ | {
            "DISPLAY": display,
            "STARWRIGHT_HOME": str(tmp_path),
            "QT_QPA_PLATFORM": "xcb",
            "XDG_RUNTIME_DIR": str(tmp_path),  # the accessibility bus has its socket there
            "PYTHONPATH": str(Path(__file__).parents[2]),
        }
        for name in ("DBUS_SESSION_BUS_ADDRESS", "AT_SPI_BUS_ADDRESS", "WAYLAND_DISPLAY"):
            environment.pop(name, None)
        tmp_path.chmod(0o700)
        done = subprocess.run(
            ["dbus-run-session", "--", SYSTEM_PYTHON, str(READER), PROMPT, *program],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
    assert done.returncode == 0, done.stderr
    heard = json.loads(done.stdout.splitlines()[-1])
    assert heard["nameless"] == []
    assert {"New chat", "Send", "Models", "Settings", "Open a file (Ctrl+O)"} <= set(
        heard["buttons"]
    )
    assert heard["asked"] == [PROMPT]
    assert any("def is_prime" in text for text in heard["answer"])
    assert heard["tabs"] == ["is_prime.py"]
