"""What the terminal says of errors and bugs, for people and for scripts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.cli.screens import fitted
from app.cli.terminal import json_line, show_bug, show_error
from app.core.errors import AppError


def test_an_error_of_several_lines_stays_one_message(capsys: pytest.CaptureFixture[str]) -> None:
    show_error(AppError("One\nstarwright: two", hint="Three\nfour"))
    assert capsys.readouterr().err == (
        "starwright: One\n            starwright: two\n            Three\n            four\n"
    )


@pytest.mark.parametrize("as_json", [False, True])
def test_a_bug_is_said_to_be_one_with_the_place_of_its_details(
    capsys: pytest.CaptureFixture[str], *, as_json: bool
) -> None:
    show_bug(TypeError("secret words"), Path("/home/me/starwright.log"), as_json=as_json)
    said = capsys.readouterr()
    if as_json:
        assert said.err == ""
        assert json.loads(said.out)["event"] == "error"
    told = said.out or said.err
    assert "TypeError" in told
    assert "/home/me/starwright.log" in told
    assert "secret words" not in told


@pytest.mark.parametrize(
    ("encoding", "text"), [("utf-8", "grün 中 😀"), ("latin-1", "grün"), ("utf-8", "caf\udce9")]
)
def test_json_is_read_back_whatever_the_locale_has(encoding: str, text: str) -> None:
    line = json_line({"text": text}, encoding)
    assert json.loads(line.encode(encoding)) == {"text": text}
    assert line.endswith("}\n")
    assert ("\\u" in line) == (text != "grün 中 😀")


@pytest.mark.parametrize("name", ["a" * 5000, "中" * 5000, "a\nb" * 5000, "\x1b" * 5000, ""])
def test_progress_takes_one_row_whatever_a_model_is_called(name: str) -> None:
    words = fitted(f"Loading {name}: 5%", 40)
    wide = sum(2 if char == "中" else 1 for char in words)
    assert wide <= 40
    assert words.isprintable()
    assert fitted("Loading a: 5%", 40) == "Loading a: 5%"
