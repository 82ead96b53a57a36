"""The window's state comes back; a broken file is as none."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pytest

from app.store.window_state import WindowState, load_window_state, save_window_state


def test_it_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "new" / "window.json"
    # Each field something else than on the first start, whichever fields there are.
    by_kind = {bool: True, float: 0.25, int: 7, type(None): -5}
    default = asdict(WindowState())
    state = WindowState(**{name: by_kind[type(value)] for name, value in default.items()})
    save_window_state(path, state)
    assert load_window_state(path) == state


@pytest.mark.parametrize("text", ["", "[]", "{", "\x00", '{"width": "wide", "x": 1.5}'])
def test_a_broken_file_is_as_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "window.json"
    path.write_text(text)
    assert load_window_state(path) == WindowState()
    assert load_window_state(tmp_path / "missing") == WindowState()


@pytest.mark.parametrize("value", ["1e400", "-Infinity", "NaN", "1" + "0" * 400, "true", "[1]"])
def test_numbers_that_no_screen_has_are_as_none(tmp_path: Path, value: str) -> None:
    path = tmp_path / "window.json"
    names = ("width", "x", "zoom_px", "scroll", "panel_share", "chat_id")
    path.write_text("{" + ", ".join(f'"{name}": {value}' for name in names) + "}")
    assert load_window_state(path) == WindowState()


def test_what_makes_sense_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "window.json"
    path.write_text('{"width": 900, "height": null, "zoom_px": 14, "other": 1, "chat_id": true}')
    assert load_window_state(path) == WindowState(width=900, zoom_px=14)
