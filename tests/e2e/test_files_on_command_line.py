"""`starwright FILE`: models, text and folders open in the window that is open, or in a new one."""

from __future__ import annotations

import json
from pathlib import Path

from desktop import Program, wait_until
from tiny_model import write_tiny_model

from app.store.settings import Settings


def test_files_open_in_the_window_and_later_ones_in_the_same(
    program: Program, tmp_path: Path
) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    text, other = folder / "prime.py", tmp_path / "notes.txt"
    text.write_text("def is_prime(n: int) -> bool:\n    return n > 1\n")
    other.write_bytes("Grüße\n".encode("latin-1"))
    model = write_tiny_model(tmp_path / "tiny.gguf").rename(tmp_path / "tiny-model")
    program.arguments = (str(text), str(folder))
    program.start()
    wait_until(lambda: opened(program) == [str(text)], what="the first file")
    wait_until(lambda: settings(program).value("project.folder") == str(folder), what="the folder")

    later = Program(program.display, program.home, (str(other), str(model))).spawn()
    said, _ = later.communicate(timeout=60)
    assert later.returncode == 0
    assert said == "Starwright is already open; its window was brought to the front.\n"
    wait_until(lambda: opened(program) == [str(text), str(other)], what="the other file")
    wait_until(lambda: settings(program).chosen_model == str(model), what="the model")


def test_a_file_that_is_not_there_is_named_before_a_window_opens(program: Program) -> None:
    missing = Program(program.display, program.home, ("src/missing.py",)).spawn()
    _, said = missing.communicate(timeout=60)
    assert missing.returncode == 1
    assert said.splitlines()[0] == (
        "starwright: src/missing.py cannot be opened: No such file or directory."
    )


def opened(program: Program) -> list[str]:
    path = program.home / "data" / "open_tabs.json"
    tabs = json.loads(path.read_text())["tabs"] if path.exists() else []
    return [tab["path"] for tab in tabs]


def settings(program: Program) -> Settings:
    return Settings(program.home / "config" / "settings.toml")


def test_names_are_the_same_bytes_in_a_locale_that_is_not_utf_8(
    program: Program, tmp_path: Path
) -> None:
    model = write_tiny_model(tmp_path / "tiny.gguf").rename(tmp_path / "größe.gguf")
    program.environment = {"LC_ALL": "de_DE.ISO-8859-1"}
    program.arguments = (str(model),)
    program.start()
    # As UTF-8 in the file, so that a start in another locale finds it.
    wait_until(lambda: settings(program).chosen_model == str(model), what="the model")
