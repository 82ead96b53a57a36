"""A conversation in the terminal: lines are edited, remembered, and pasted as one question."""

from __future__ import annotations

import json
import os
import stat
import subprocess
from pathlib import Path

from desktop import PROGRAM
from terminals import ASKS, Open

UP, LEFT, END, NEW_LINE = "\x1b[A", "\x1b[D", "\x05", "\x1b\r"
PASTED = "first\u202e line\nsecond line\n"
ANSWERED = "token limit"


def test_questions_are_edited_pasted_whole_and_remembered(
    terminal: Open, tiny_model: Path, tmp_path: Path
) -> None:
    words = ("chat", "--model", str(tiny_model), "--language", "python", "--max-tokens", "2")
    kept = tmp_path / "home" / "data" / "typed_questions.txt"
    talk = terminal(*words)
    talk.see(ASKS)
    talk.type("\x1b[200~first\u202e line\r\nsecond line\n\x1b[201~")  # as a terminal marks a paste
    assert "\u202e" not in talk.see("second line")
    talk.type("\r")
    talk.see(ANSWERED)
    talk.see(ASKS)
    talk.type("given up")
    talk.see("given up")
    talk.type("\x03")  # leaves the line, not the talk
    talk.type(f"wrd{LEFT}{LEFT}o{END}{NEW_LINE}next\r")
    talk.see(ANSWERED)
    talk.see(ASKS)
    talk.type("\x04")
    assert talk.ended() == 0
    assert questions(kept) == [PASTED, "word\nnext"]
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600

    talk = terminal(*words)
    talk.see(ASKS)
    talk.type(UP)
    talk.see("next")
    talk.type(f"{UP}{UP}")
    talk.see("second line")
    talk.type("\r")
    talk.see(ANSWERED)
    talk.see(ASKS)
    talk.type("\x04")
    assert talk.ended() == 0
    assert questions(kept)[-1] == PASTED


def questions(kept: Path) -> list[str]:
    entries = kept.read_text().split("\n# ")[1:]
    return [
        "\n".join(line.removeprefix("+") for line in entry.splitlines()[1:] if line)
        for entry in entries
    ]


def test_questions_that_come_from_a_pipe_are_one_and_are_not_remembered(
    tiny_model: Path, tmp_path: Path
) -> None:
    done = subprocess.run(
        [PROGRAM, "chat", "--model", tiny_model, "--json", "--max-tokens", "2"],
        input="first line\nsecond line\n",
        env=os.environ | {"STARWRIGHT_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert [event["event"] for event in events].count("finished") == 1
    assert not (tmp_path / "data" / "typed_questions.txt").exists()


def test_a_terminal_whose_output_is_piped_asks_on_standard_error(
    terminal: Open, tiny_model: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.txt"
    command = f"{PROGRAM} chat --model {tiny_model} --language python --max-tokens 2 > {out}"
    talk = terminal("-c", command, program=Path("/bin/sh"))
    talk.see(ASKS)
    talk.type("hello\r")
    talk.see(ANSWERED)
    talk.see(ASKS)
    talk.type("\x04")
    assert talk.ended() == 0
    said = out.read_text()
    assert said.startswith("```python\n")
    assert "\x1b" not in said
    assert "hello" not in said
