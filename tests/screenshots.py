"""Makes the README's pictures: the real window after the first prompt, in light and in dark.

`make screenshots` runs it; the pictures go to `resources/screenshots/`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from desktop import Program, missing_tools, screen, wait_until

PROMPT = "Write a Python function that checks whether a number is prime"
FOLDER = Path(__file__).parent.parent / "resources" / "screenshots"

_GRAB = """
import sys
from PySide6.QtGui import QGuiApplication
app = QGuiApplication([])
app.primaryScreen().grabWindow(int(sys.argv[1])).save(sys.argv[2])
"""


def main() -> None:
    """Take both pictures."""
    if missing_tools():
        raise SystemExit(f"not installed: {', '.join(missing_tools())}")
    FOLDER.mkdir(parents=True, exist_ok=True)
    for theme in ("light", "dark"):
        with screen() as display, tempfile.TemporaryDirectory() as home:
            take(display, Path(home), theme)


def take(display: str, home: Path, theme: str) -> None:
    """Ask the first question in a new window and take its picture."""
    program = Program(display, home, environment={"STARWRIGHT_THEME": theme}).start()
    try:
        program.type(PROMPT)
        program.key("Return")
        wait_until(lambda: bool(program.answers("done")), what="the answer")
        program.clipboard_code()
        time.sleep(2.5)  # "Copied" goes, the memory line comes
        path = FOLDER / f"window-{theme}.png"
        subprocess.run(
            [sys.executable, "-c", _GRAB, program.window, str(path)],
            env=os.environ | {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"},
            check=True,
        )
    finally:
        program.close()


if __name__ == "__main__":
    main()
