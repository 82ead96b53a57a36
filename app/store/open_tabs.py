"""Which tabs of the code panel were open, with what was not saved, and where each was scrolled.

A small file beside the history; what cannot be read of it is left out, never a reason to fail.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from app.core.tab_places import AT_START, TabPlace
from app.store.files import write_text

MOST_PLACES = 500


@dataclass(frozen=True, slots=True)
class OpenTab:
    """A tab of the user's own. `text` is what is not saved, None where the file holds it all."""

    title: str
    path: str = ""
    text: str | None = None
    language: str = ""
    encoding: str = "utf-8"
    line_end: str = "\n"
    place: TabPlace = AT_START


@dataclass(frozen=True, slots=True)
class OpenTabs:
    """What is open. Code of answers is named `message:block`.

    `shown` is the number of the tab in front, or `shown_code` where that shows an answer's code;
    `places` are where such code stands, and `hidden` is what the user closed of it.
    """

    tabs: tuple[OpenTab, ...] = ()
    shown: int = -1
    shown_code: str = ""
    places: Mapping[str, TabPlace] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()


def load_open_tabs(path: Path) -> OpenTabs:
    """Read the file; what makes no sense in it is left out."""
    try:
        found: Any = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return OpenTabs()
    if not isinstance(found, dict):
        return OpenTabs()
    tabs = [_tab(one) for one in _list(found.get("tabs")) if isinstance(one, dict)]
    places = found.get("places")
    return OpenTabs(
        tuple(tab for tab in tabs if tab.title),
        _number(found.get("shown"), -1),
        _text(found.get("shown_code")),
        {key: _place(one) for key, one in places.items()} if isinstance(places, dict) else {},
        tuple(one for one in _list(found.get("hidden")) if isinstance(one, str)),
    )


def save_open_tabs(path: Path, tabs: OpenTabs) -> None:
    """Replace the file. Raises `StoreError`."""
    places = dict(list(tabs.places.items())[-MOST_PLACES:])
    whole = asdict(replace(tabs, places=places, hidden=tabs.hidden[-MOST_PLACES:]))
    write_text(path, json.dumps(whole), name="list of open tabs")


def _tab(found: dict[str, Any]) -> OpenTab:
    text = found.get("text")
    return OpenTab(
        title=_text(found.get("title")),
        path=_text(found.get("path")),
        text=text if isinstance(text, str) else None,
        language=_text(found.get("language")),
        encoding=_text(found.get("encoding")) or "utf-8",
        line_end=_text(found.get("line_end")) or "\n",
        place=_place(found.get("place")),
    )


def _place(found: object) -> TabPlace:
    if not isinstance(found, dict):
        return TabPlace()
    return TabPlace(
        _number(found.get("version"), -1),
        _number(found.get("cursor"), 0),
        _number(found.get("top"), 0),
    )


def _list(found: object) -> list[Any]:
    return found if isinstance(found, list) else []


def _text(found: object) -> str:
    return found if isinstance(found, str) else ""


def _number(found: object, default: int) -> int:
    is_whole = isinstance(found, int) and not isinstance(found, bool)
    return found if is_whole and isinstance(found, int) else default
