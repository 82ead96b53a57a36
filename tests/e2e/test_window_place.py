"""The real window under a window manager, left and opened again."""

from __future__ import annotations

import json

from desktop import Program, wait_until


def place_of(program: Program) -> dict[str, int]:
    """Return where the window stands, by the window manager."""
    words = program.xdotool("getwindowgeometry", "--shell", program.window).split()
    found = dict(word.split("=") for word in words)
    return {key: int(found[key]) for key in ("X", "Y", "WIDTH", "HEIGHT")}


def left(program: Program) -> dict[str, int]:
    """Close the window when its place is kept; return the place."""
    place = place_of(program)
    kept = program.home / "state" / "window.json"

    def is_kept() -> bool:
        found = json.loads(kept.read_text()) if kept.exists() else {}
        return (found.get("width"), found.get("height")) == (place["WIDTH"], place["HEIGHT"])

    wait_until(is_kept, what="the place in the file")
    assert program.close() == 0
    return place


def test_it_comes_back_where_it_stood(program: Program) -> None:
    program.start()
    program.xdotool("windowsize", "--sync", program.window, "1000", "640")
    program.xdotool("windowmove", "--sync", program.window, "300", "180")
    before = left(program)
    program.start()
    assert place_of(program) == before
    assert left(program) == before
