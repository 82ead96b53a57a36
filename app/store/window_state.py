"""How the window was left: a small file that may be lost without harm."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from app.core.errors import StoreError
from app.store.files import read_json, write_private

LARGEST_BYTES = 100_000
MOST = 2**31 - 1
"""The largest number that stands for anything here."""


@dataclass(frozen=True, slots=True)
class WindowState:
    """Places and sizes in device-independent pixels; 0 and None mean: as on the first start.

    They are of the window itself; the window manager's frame reaches `frame_left` and so on around.
    `panel_share` is the code panel's share of the room that it has together with the
    conversation, `sidebar_px` the sidebar's width. `chat_id` is the open chat, `scroll` how far it
    is scrolled, from 0 to 1.
    """

    width: int = 0
    height: int = 0
    x: int | None = None
    y: int | None = None
    frame_left: int = 0
    frame_top: int = 0
    frame_right: int = 0
    frame_bottom: int = 0
    is_maximized: bool = False
    panel_share: float = 0.0
    sidebar_px: int = 0
    is_sidebar_hidden: bool = False
    is_panel_hidden: bool = False
    zoom_px: float = 0.0
    is_wrapped: bool = False
    chat_id: int | None = None
    scroll: float = 1.0


def load_window_state(path: Path) -> WindowState:
    """Read the file; what is missing or makes no sense is as on the first start."""
    try:
        found = read_json(path, most_bytes=LARGEST_BYTES)
    except StoreError:
        return WindowState()
    if not isinstance(found, dict):
        return WindowState()
    default = asdict(WindowState())
    values = {
        field.name: found[field.name]
        for field in fields(WindowState)
        if _is_like(found.get(field.name), default[field.name])
    }
    return WindowState(**values)


def save_window_state(path: Path, state: WindowState) -> None:
    """Replace the file. Raises `StoreError`."""
    write_private(path, json.dumps(asdict(state)), name="window's state")


def _is_like(value: object, default: object) -> bool:
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(default, bool) and isinstance(value, bool)
    is_kind = isinstance(value, int | float if isinstance(default, float) else int)
    # Qt keeps places in 32 bits, and SQLite ids in 64. No comparison with NaN is true.
    return is_kind and isinstance(value, int | float) and -MOST <= value <= MOST
