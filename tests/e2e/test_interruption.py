"""What interrupts the program in a terminal: Ctrl-C, a dying engine, a reader that goes away."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import psutil
import pytest
from desktop import PROGRAM
from terminals import ASKS, Open, Terminal


def test_ctrl_c_while_a_question_is_typed_ends_the_talk(terminal: Open) -> None:
    talk = terminal("chat")
    talk.see(ASKS)
    talk.interrupt()
    assert talk.ended() == 0


def test_ctrl_c_while_standard_input_is_read_ends_the_command(terminal: Open) -> None:
    command = terminal("complete")
    wait_for_read(command)
    command.interrupt()
    assert command.ended() == 130


def wait_for_read(command: Terminal) -> None:
    command.type("abc\n")
    command.see("abc")  # the terminal echoes it
    command.wait_until_idle()  # and the program has begun to read


def test_ctrl_c_ends_one_answer_and_the_talk_goes_on(terminal: Open, tiny_model: Path) -> None:
    talk = terminal("chat", "--model", str(tiny_model), "--language", "python")
    talk.see(ASKS)
    talk.type("hello\n")
    talk.see("```python")
    talk.interrupt()
    talk.see("Stopped.")
    talk.see(ASKS)
    talk.type("\x04")
    assert talk.ended() == 0


def test_a_killed_engine_is_told_on_a_line_of_its_own_and_what_was_said_counts(
    terminal: Open, tiny_model: Path
) -> None:
    talk = terminal("chat", "--model", str(tiny_model), "--language", "python")
    talk.see(ASKS)
    talk.type("hello\n")
    talk.see("```python\r\n")
    talk.kill_engine()
    assert talk.see("starwright: The engine was killed").endswith("\n")
    talk.see(ASKS)
    talk.type("again\n")
    # The fresh engine reads what was said before the death, too.
    talk.see("```python")


def test_a_killed_engine_is_an_error_for_scripts_after_what_was_said(
    tmp_path: Path, tiny_model: Path
) -> None:
    words = ("complete", "--json", "--max-tokens", "100000", "--model", str(tiny_model))
    process = subprocess.Popen(
        [str(PROGRAM), *words],
        env=os.environ | {"STARWRIGHT_HOME": str(tmp_path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("abc")
        process.stdin.close()
        events, is_killed = [], False
        for line in process.stdout:
            events.append(json.loads(line))
            if events[-1]["event"] == "text" and not is_killed:
                is_killed = True
                for child in psutil.Process(process.pid).children(recursive=True):
                    if "resource_tracker" not in " ".join(child.cmdline()):
                        child.kill()
        assert process.wait(120) == 1
    assert [event["event"] for event in events][-1] == "error"
    assert "The engine was killed" in events[-1]["message"]
    assert events[-1]["hint"]


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_a_reader_that_goes_away_ends_the_command_without_a_word(
    tmp_path: Path, tiny_model: Path, form: tuple[str, ...]
) -> None:
    process = subprocess.Popen(
        [str(PROGRAM), "complete", *form, "--model", str(tiny_model), "--max-tokens", "100000"],
        env=os.environ | {"STARWRIGHT_HOME": str(tmp_path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write("abc")
        process.stdin.close()
        process.stdout.read(1)
        process.stdout.close()
        assert process.wait(120) == 141
        assert process.stderr.read() == ""
