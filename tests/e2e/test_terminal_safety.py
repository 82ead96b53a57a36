"""Text from outside never commands a terminal: answers, names, files and errors."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
from desktop import PROGRAM
from terminals import ASKS, Open
from tiny_model import write_tiny_model

HOSTILE = "a\x1b]0;title\x07b\x1b]52;c;cm0=\x1b\\c\x1b[6n\u009b31md\rEVIL\u202ee\x7f"
SHOWN = "a^[]0;title^Gb^[]52;c;cm0=^[\\c^[[6n<U+009B>31md^MEVIL<U+202E>e^?"
UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
OURS = re.compile(r"\r\n|\r\x1b\[K")  # the terminal's own line ends, and what clears a line


@pytest.fixture(scope="module")
def hostile_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    template = '{{ raise_exception("\\x1b]0;no\\x07\\nstarwright: forged") }}'
    name = f"{HOSTILE}\nstarwright: forged"
    return write_tiny_model(folder / "hostile.gguf", name=name, chat_template=template)


def unsafe_in(seen: str) -> list[str]:
    return UNSAFE.findall(OURS.sub("", seen))


def grammar_of(text: str, folder: Path) -> Path:
    path = folder / "only.gbnf"
    path.write_text("root ::= " + " ".join(f"[\\U{ord(char):08x}]" for char in text))
    return path


def test_an_answer_is_shown_and_a_pipe_gets_it_raw(
    terminal: Open, tiny_model: Path, tmp_path: Path
) -> None:
    source = tmp_path / "a.txt"
    source.write_text("abc")
    grammar = grammar_of(HOSTILE, tmp_path)
    words = ("complete", "--model", str(tiny_model), "--grammar", str(grammar), str(source))
    shown = terminal(*words)
    assert shown.ended() == 0
    assert unsafe_in(shown.seen) == []
    assert SHOWN in shown.seen
    environment = os.environ | {"STARWRIGHT_HOME": str(tmp_path / "home")}
    done = subprocess.run([PROGRAM, *words], env=environment, capture_output=True, check=True)
    assert done.stdout.decode() == HOSTILE + "\n"


def test_a_model_shows_its_name_and_its_errors(terminal: Open, hostile_model: Path) -> None:
    shown = terminal("models", "show", str(hostile_model))
    assert shown.ended() == 0
    assert f"Name: {SHOWN}^Jstarwright: forged\r\n" in shown.seen
    assert unsafe_in(shown.seen) == []
    asked = terminal("chat", "--model", str(hostile_model), "hello")
    assert asked.ended() == 1
    assert "^[]0;no^G" in asked.seen
    assert unsafe_in(asked.seen) == []
    assert [line for line in asked.seen.splitlines() if line.startswith("starwright: forged")] == []


def test_a_conversation_begins_with_the_name_alone(terminal: Open, hostile_model: Path) -> None:
    talk = terminal("chat", "--model", str(hostile_model))
    told = talk.see(ASKS)
    assert f"{SHOWN}^Jstarwright: forged. Enter sends" in told
    assert [line for line in told.splitlines() if line.startswith("starwright:")] == []


@pytest.mark.parametrize(
    "words",
    [
        ("complete", "no\x1b]0;title\x07\u202e.py"),
        ("chat", "--\x1b]52;c;cm0=\x07"),
        ("chat", "--language", "\x1b[6n", "hello"),
        ("infill", "\x9b6n", "--line", "1"),
    ],
)
def test_an_error_names_what_was_typed_and_no_more(terminal: Open, words: tuple[str, ...]) -> None:
    refused = terminal(*words)
    assert refused.ended() in (1, 2)
    assert "starwright: " in refused.seen
    assert unsafe_in(refused.seen) == []
