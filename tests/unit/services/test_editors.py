"""Editors are found on the machine and told the file and the line."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from app.core.errors import RequestError
from app.services.editors import Editors
from app.store.settings import Settings


def machine(folder: Path, *names: str, visual: str = "") -> Editors:
    """Return the editors of a machine that has these programs."""
    programs = folder / "bin"
    programs.mkdir()
    for name in names:
        (programs / name).write_text("#!/bin/sh\n")
        (programs / name).chmod(0o755)
    environment = {"PATH": str(programs)} | ({"VISUAL": visual} if visual else {})
    return Editors(Settings(folder / "settings.toml"), folder / "scratch", environment)


def test_what_is_installed_is_found(tmp_path: Path) -> None:
    editors = machine(tmp_path, "kate", "codium", "vim", "x-terminal-emulator")
    found = editors.found()
    assert [editor.name for editor in found] == ["VSCodium", "Kate", "vim"]
    path = Path("/a b/x.py")
    assert found[0].words(path, 3) == ["codium", "--goto", "/a b/x.py:3"]
    assert found[1].words(path, 3) == ["kate", "--line", "3", "/a b/x.py"]
    assert found[2].words(path, 3) == ["x-terminal-emulator", "-e", "vim", "+3", "/a b/x.py"]


def test_the_users_own_choice_comes_first(tmp_path: Path) -> None:
    editors = machine(tmp_path, "code", "xterm", visual="emacs -nw")
    assert [editor.name for editor in editors.found()] == ["emacs", "VS Code"]
    Settings(tmp_path / "settings.toml").set_value("editor.command", "myedit -l {line} {path}")
    again = Editors(Settings(tmp_path / "settings.toml"), tmp_path, {"PATH": "", "VISUAL": "subl"})
    first, second = again.found()
    assert first.words(Path("/x"), 9) == ["myedit", "-l", "9", "/x"]
    assert second.words(Path("/x"), 9) == ["subl", "/x:9"]


def test_no_editor_is_a_message_that_says_where_to_name_one(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="No external editor was found") as caught:
        asyncio.run(machine(tmp_path).open("a.py", "text", 1))
    assert "External editor in Settings" in caught.value.hint


def test_an_editor_that_does_not_exist_is_named(tmp_path: Path) -> None:
    editors = machine(tmp_path)
    Settings(tmp_path / "settings.toml").set_value("editor.command", "/nowhere/edit")
    editors = Editors(Settings(tmp_path / "settings.toml"), tmp_path / "scratch", {"PATH": ""})
    with pytest.raises(RequestError, match="/nowhere/edit could not be started"):
        asyncio.run(editors.open("a.py", "text", 1))
    assert (tmp_path / "scratch" / "a.py").read_text() == "text"


@pytest.mark.parametrize(
    ("program", "name", "words"),
    [
        ("code", "VS Code", ["code", "--goto", "/a b/x.py:3"]),
        ("codium", "VSCodium", ["codium", "--goto", "/a b/x.py:3"]),
        ("pycharm", "PyCharm", ["pycharm", "--line", "3", "/a b/x.py"]),
        ("idea", "IntelliJ IDEA", ["idea", "--line", "3", "/a b/x.py"]),
        ("subl", "Sublime Text", ["subl", "/a b/x.py:3"]),
        ("kate", "Kate", ["kate", "--line", "3", "/a b/x.py"]),
        ("gedit", "gedit", ["gedit", "+3", "/a b/x.py"]),
        ("vim", "vim", ["xterm", "-e", "vim", "+3", "/a b/x.py"]),
        ("emacs", "emacs", ["xterm", "-e", "emacs", "-nw", "+3", "/a b/x.py"]),
        ("hx", "hx", ["xterm", "-e", "hx", "/a b/x.py:3"]),
    ],
)
def test_each_is_told_the_line_in_its_own_way(
    tmp_path: Path, program: str, name: str, words: list[str]
) -> None:
    (found,) = machine(tmp_path, program, "xterm").found()
    assert found.name == name
    assert found.words(Path("/a b/x.py"), 3) == words


@pytest.mark.parametrize(
    ("terminal", "says"), [("gnome-terminal", "--"), ("xfce4-terminal", "-x"), ("konsole", "-e")]
)
def test_each_terminal_is_told_the_command_in_its_own_way(
    tmp_path: Path, terminal: str, says: str
) -> None:
    (found,) = machine(tmp_path, "vim", terminal).found()
    assert found.words(Path("/x"), 1) == [terminal, says, "vim", "+1", "/x"]


def test_a_command_that_cannot_be_read_is_one_message(tmp_path: Path) -> None:
    editors = machine(tmp_path)
    Settings(tmp_path / "settings.toml").set_value("editor.command", 'code "{path}')
    editors = Editors(Settings(tmp_path / "settings.toml"), tmp_path / "scratch", {"PATH": ""})
    assert editors.first_name() == ""
    with pytest.raises(RequestError, match="command cannot be read"):
        asyncio.run(editors.open("a.py", "text", 1))
