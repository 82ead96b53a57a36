"""The real window under a real X server, used as a person does."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import psutil
import pytest
from desktop import PROGRAM, Program, wait_until

from app.core.paths import builtin_model_path

FIRST_CHAT = (120, 184)
"""Where the first chat stands in the list, in pixels from the window's corner."""
PROMPT = "Write a Python function that checks whether a number is prime"


def ask(program: Program, question: str) -> None:
    program.type(question)
    program.key("Return")


def test_a_question_is_answered_with_code_and_is_there_after_a_restart(program: Program) -> None:
    program.start()
    ask(program, PROMPT)
    wait_until(lambda: bool(program.answers("done")), what="the answer")
    assert "```python" in program.answers("done")[0]
    wait_until(lambda: "def " in program.clipboard_code(), what="the code")
    assert program.close() == 0

    program.start()
    assert program.rows("SELECT title FROM chats") == [(PROMPT[:60].rsplit(" ", 1)[0] + "…",)]
    wait_until(lambda: "def " in program.clipboard_code(), what="the chat's code, open again")
    program.key("ctrl+n")
    program.type("another")  # a new chat has no code: the clipboard holds this
    program.key("ctrl+a", "ctrl+c")
    wait_until(lambda: program.clipboard_code() == "another", what="a new chat without code")
    program.click(*FIRST_CHAT)
    wait_until(lambda: "def " in program.clipboard_code(), what="the old chat's code")


def test_grey_text_is_taken_with_tab_undone_at_once_and_refused_with_escape(
    program: Program,
) -> None:
    program.start()
    ask(program, PROMPT)
    wait_until(lambda: bool(program.answers("done")), what="the answer")
    wait_until(lambda: "def " in program.clipboard_code(), what="the code")
    program.key("ctrl+g")
    program.type("4:9")
    program.key("Return", "shift+End", "Delete")  # what is done for numbers below 2
    begun = program.clipboard_code()
    taken = begun
    for patience_s in (1, 5, 25):  # from outside nobody sees when the grey text has come
        program.key("ctrl+space")
        time.sleep(patience_s)
        assert program.clipboard_code() == begun  # it is not in the text
        program.key("Tab")
        taken = program.clipboard_code()
        program.key("ctrl+z")
        assert program.clipboard_code() == begun
        if taken.split() != begun.split():
            break
    assert len("".join(taken.split())) > len("".join(begun.split()))
    program.key("ctrl+space")
    time.sleep(1)
    program.key("Escape", "ctrl+z")
    assert program.clipboard_code() != begun  # it undid what was done before


@pytest.mark.skipif(shutil.which("unshare") is None, reason="no unshare")
def test_it_works_with_the_network_unplugged(program: Program) -> None:
    unplugged = ("unshare", "--user", "--map-root-user", "--net")
    if subprocess.run([*unplugged, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine allows no network namespaces")
    program.wrapper = unplugged
    program.start()
    ask(program, PROMPT)
    wait_until(lambda: bool(program.answers("done")), what="the answer")
    assert "def " in program.answers("done")[0]


READ_ONLY = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"'
"""A script that runs a command where the folder `$0` is on a disk that is read-only."""


@pytest.mark.skipif(shutil.which("unshare") is None, reason="no unshare")
def test_a_read_only_disk_keeps_nobody_from_asking(program: Program) -> None:
    program.home.mkdir()
    on_read_only = ("unshare", "--user", "--map-root-user", "--mount")
    on_read_only += ("sh", "-c", READ_ONLY, str(program.home))
    if subprocess.run([*on_read_only, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine allows no mount namespaces")
    program.wrapper = on_read_only
    program.start()
    ask(program, PROMPT)
    wait_until(lambda: "def " in program.clipboard_code(), what="the code")
    assert list(program.home.iterdir()) == []
    assert program.close() == 0

    home = {"STARWRIGHT_HOME": str(program.home)}
    words = (str(PROGRAM), "chat", "--temperature", "0", PROMPT)
    done = subprocess.run(
        [*on_read_only, *words], env=os.environ | home, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "def " in done.stdout


def test_a_second_start_raises_the_first_window_and_ends(program: Program) -> None:
    program.start()
    other = Program(program.display, program.home).spawn()
    said, errors = other.communicate(timeout=30)
    assert (other.returncode, errors) == (0, "")
    assert said == "Starwright is already open; its window was brought to the front.\n"
    found = program.xdotool("search", "--onlyvisible", "--name", "^Starwright$").split()
    assert len(found) == 1


def test_a_killed_program_keeps_what_was_said_and_starts_again(
    program: Program, tiny_model: Path
) -> None:
    program.arguments = ("window", str(tiny_model))  # it writes nonsense and never ends by itself
    program.start()
    ask(program, "anything")
    wait_until(lambda: any(program.answers("writing")), what="a saved part of the answer")
    program.kill()
    said = program.answers("writing")[0]
    assert said
    program.start()
    wait_until(lambda: bool(program.answers("interrupted")), what="the mark of the interruption")
    assert program.answers("interrupted") == [said]


def test_a_killed_engine_keeps_the_answer_and_the_next_question_works(
    program: Program, tiny_model: Path
) -> None:
    program.arguments = ("window", str(tiny_model))
    program.start()
    ask(program, "anything")
    wait_until(lambda: any(program.answers("writing")), what="a saved part of the answer")
    assert program.process is not None
    for child in psutil.Process(program.process.pid).children(recursive=True):
        if "resource_tracker" not in " ".join(child.cmdline()):
            child.kill()
    wait_until(lambda: any(program.answers("failed")), what="the failed answer, kept")
    ask(program, "once more")
    wait_until(lambda: any(program.answers("writing")), what="the next answer")
    program.key("Escape")
    wait_until(lambda: any(program.answers("stopped")), what="the stopped answer, kept")


def test_without_a_display_it_says_so_and_names_what_works(tmp_path: Path) -> None:
    blind = Program("", tmp_path).spawn()
    _, errors = blind.communicate(timeout=30)
    assert blind.returncode == 3
    assert "No display" in errors
    assert "starwright chat" in errors


def test_the_builtin_model_is_there() -> None:
    assert builtin_model_path().is_file()
