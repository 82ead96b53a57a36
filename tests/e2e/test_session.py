"""A whole working session on the real window, with keys and mouse, and a power cut at its end."""

from __future__ import annotations

import json
import shlex
import sys
import time
from pathlib import Path

from desktop import Program, wait_until

PROMPT = "Write a Python function that checks whether a number is prime"
IN_THE_CODE = (1100, 230)


def ask(program: Program, number: int, prompt: str = PROMPT) -> None:
    """Ask, and wait for so many answers in all."""
    program.key("ctrl+j")
    program.type(prompt)
    program.key("Return")
    wait_until(lambda: len(program.answers("done")) == number, what=f"answer {number}")


def edits(program: Program) -> list[str]:
    return [str(row[0]) for row in program.rows("SELECT text FROM edits ORDER BY message_id")]


def kept_tabs(program: Program) -> str:
    path = program.home / "data" / "open_tabs.json"
    return path.read_text() if path.exists() else ""


def choose_file(program: Program, path: Path) -> None:
    """Type a path into the file dialog that is open."""
    time.sleep(1)
    program.key("ctrl+a")
    program.type(str(path))
    program.key("Return")
    wait_until(path.exists, seconds=20, what=str(path))


def test_a_working_session(program: Program, tmp_path: Path) -> None:
    heard = tmp_path / "heard"
    stand_in = tmp_path / "edit.py"
    stand_in.write_text(
        "import pathlib, sys\n"
        f"new = pathlib.Path({str(heard)!r} + '.new')\n"
        "new.write_text(' '.join(sys.argv[1:]))\n"
        f"new.rename({str(heard)!r})\n"
    )
    command = f"{shlex.quote(sys.executable)} {shlex.quote(str(stand_in))} {{path}} {{line}}"
    settings = program.home / "config" / "settings.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text(f"[editor]\ncommand = {json.dumps(command)}\n")
    program.start()

    # Ask, and edit the answer's code.
    ask(program, 1)
    program.click(*IN_THE_CODE)
    program.key("ctrl+Home", "End")
    program.type("  # mine")
    wait_until(lambda: len(edits(program)) == 1, what="the edit in the history")
    assert "# mine" in edits(program)[0]

    # Ask again: the new code is version 2, the edited one stays; take the change over.
    ask(program, 2)
    assert "# mine" not in program.clipboard_code()
    assert "# mine" in edits(program)[0]
    program.key("ctrl+d")
    time.sleep(1)
    program.key("alt+Return")
    wait_until(lambda: "# mine" not in edits(program)[0], seconds=20, what="the change, taken")

    # Save, and open in the user's own editor.
    saved = tmp_path / "prime.py"
    program.key("ctrl+s")
    choose_file(program, saved)
    assert "def " in saved.read_text()
    program.key("ctrl+shift+o")
    wait_until(heard.exists, seconds=20, what="the editor")
    assert heard.read_text() == f"{saved} 1"

    # Branch at the last answer, and export everything.
    program.key("alt+Up", "Right", "Right", "Right", "space")
    wait_until(lambda: len(program.rows("SELECT id FROM chats")) == 2, what="the branch")
    program.key("ctrl+shift+p")
    time.sleep(0.5)
    program.type("export all")
    program.key("Return")
    exported = tmp_path / "all.json"
    choose_file(program, exported)
    chats = json.loads(exported.read_text())["chats"]
    assert sorted(len(chat["messages"]) for chat in chats) == [4, 4]

    # A new chat about something else; search finds what was said in the others.
    program.key("ctrl+n")
    ask(program, 5, "Write a Dockerfile for a Python application")
    wait_until(lambda: "FROM " in program.clipboard_code(), what="the new chat's code")
    program.key("ctrl+k")
    program.type("divides it")
    time.sleep(1)
    program.key("Down")
    wait_until(lambda: "def " in program.clipboard_code(), what="the chat that was found")
    program.key("ctrl+k", "Escape")

    # A thought in a tab of one's own, saved nowhere.
    program.key("ctrl+t")
    program.type("not saved")
    wait_until(lambda: "not saved" in kept_tabs(program), what="the thought, kept")

    # A power cut; then everything is there again, the chat that was found still open.
    time.sleep(4)  # the window's state is kept every three seconds
    before = edits(program)
    program.kill()
    program.start()
    wait_until(lambda: program.clipboard_code() == "not saved", what="the thought, there again")
    program.key("ctrl+Next")
    wait_until(lambda: "def " in program.clipboard_code(), what="the code, open again")
    assert edits(program) == before
    assert len(program.rows("SELECT id FROM chats")) == 3
    titles = [str(row[0]) for row in program.rows("SELECT title FROM chats ORDER BY id")]
    assert titles[1].startswith("Branch of ")

    # Closing asks once what becomes of the thought; it is kept.
    program.key("ctrl+q")
    time.sleep(1)
    program.key("Return")
    assert program.process is not None
    assert program.process.wait(20) == 0
    assert "not saved" in kept_tabs(program)
