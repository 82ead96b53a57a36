"""Keys of commands are written in one place, and what the README says of them is true."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

import app
from app.core import commands
from app.core.commands import Command

ROOT = Path(app.__file__).parent
ROOMS = ("core", "services", "ui")  # the terminal has keys of its own
KEYS = re.compile(
    r"\b(?:Ctrl|Alt|Shift|Meta|Cmd)\+\S|\bF(?:[1-9]|1[0-2])\b|\((?:Esc|Enter|Tab|Del)\)"
    r"|^(?:Esc|Return|Enter|Tab|Del)$"
)
DECLARED = [one for one in vars(commands).values() if isinstance(one, Command)]


def said_in(path: Path) -> list[str]:
    """Return the texts in a module's code, those that explain it left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    explains = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in explains
    ]


def test_a_key_is_written_nowhere_but_with_its_command() -> None:
    written = {
        f"{path.relative_to(ROOT)}: {text!r}"
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if path != Path(commands.__file__)
        for text in said_in(path)
        if KEYS.search(text)
    }
    assert written == set()


def test_the_search_for_keys_finds_them() -> None:
    wrong = ["Copy (Ctrl+C)", "Press F1", "Close (Esc)", "Alt+[", "Tab"]
    assert all(map(KEYS.search, wrong))
    assert not any(map(KEYS.search, ["Esc closes", "F16", "New tab", "a + b"]))


def test_no_key_means_two_commands() -> None:
    offered = Counter(one.keys for one in DECLARED if one.keys and one.group != "Here")
    assert [keys for keys, count in offered.items() if count > 1] == []


def test_no_two_commands_are_called_the_same() -> None:
    called = Counter((one.group, one.words) for one in DECLARED)
    assert [words for words, count in called.items() if count > 1] == []


def test_the_keys_in_the_readme_are_those_of_commands() -> None:
    readme = ROOT.parent / "README.md"
    text = readme.read_text(encoding="utf-8")
    known = {one.named_keys for one in DECLARED} | {"Ctrl+C", "Ctrl+D", "Alt+Enter"}  # a terminal's
    named = set(re.findall(r"\b(?:(?:Ctrl|Alt|Shift)\+)+[^\s,;.)]+|\bF(?:[1-9]|1[0-2])\b", text))
    assert named - known == set()
    assert len(named) > 8
