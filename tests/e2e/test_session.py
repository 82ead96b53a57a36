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


def open_chat(program: Program) -> object:
    """Return the chat that the next start will open."""
    path = program.home / "state" / "window.json"
    return json.loads(path.read_text())["chat_id"] if path.exists() else None


def choose_file(program: Program, path: Path) -> None:
    """Type a path into the file dialog that opens."""
    program.wait_for_dialog()
    program.key("ctrl+a")
    program.type(str(path))
    program.key("Return")
    wait_until(path.exists, what=str(path))


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

    def is_taken() -> bool:
        program.key("alt+Return")  # does nothing until the change is shown
        return "# mine" not in edits(program)[0]

    wait_until(is_taken, what="the change, taken")

    # Save, and open in the user's own editor.
    saved = tmp_path / "prime.py"
    program.key("ctrl+s")
    choose_file(program, saved)
    assert "def " in saved.read_text()
    program.key("ctrl+shift+o")
    wait_until(heard.exists, what="the editor")
    assert heard.read_text() == f"{saved} 1"

    # Branch at the last answer, and export everything.
    program.key("alt+Up", "Right", "Right", "Right", "space")
    wait_until(lambda: len(program.rows("SELECT id FROM chats")) == 2, what="the branch")
    program.key("ctrl+shift+p")
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

    def is_found() -> bool:
        program.key("ctrl+k", "Down")  # goes nowhere until something is found
        return "def " in program.clipboard_code()

    wait_until(is_found, what="the chat that was found")
    program.key("ctrl+k", "Escape")

    # A thought in a tab of one's own, saved nowhere.
    program.key("ctrl+t")
    program.type("not saved")
    wait_until(lambda: "not saved" in kept_tabs(program), what="the thought, kept")

    # A power cut; then everything is there again, the chat that was found still open.
    newest = max(int(str(row[0])) for row in program.rows("SELECT id FROM chats"))
    wait_until(lambda: open_chat(program) not in (None, newest), what="the open chat, kept")
    time.sleep(6)  # and which tab is shown: it is kept every three seconds
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
    program.wait_for_dialog()
    program.key("Return")
    assert program.process is not None
    assert program.process.wait(120) == 0
    assert "not saved" in kept_tabs(program)
