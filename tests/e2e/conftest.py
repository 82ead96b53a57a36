"""The program on a screen of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from desktop import Program, missing_tools, screen
from terminals import Open, Terminal


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    """Return the name of an X display that lasts as long as the file's tests."""
    if missing_tools():
        pytest.skip(f"not installed: {', '.join(missing_tools())}")
    with screen() as name:
        yield name


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Open]:
    """Return what starts the program on a terminal of its own."""
    made: list[Terminal] = []

    def open_(*words: str | bytes, **more: Any) -> Terminal:
        made.append(Terminal(tmp_path / "home", *words, **more))
        return made[-1]

    yield open_
    for one in made:
        one.close()


@pytest.fixture
def program(display: str, tmp_path: Path) -> Iterator[Program]:
    """Return the program with a home of its own, not started yet."""
    program = Program(display, tmp_path / "home")
    yield program
    if program.process is not None:
        program.close()
