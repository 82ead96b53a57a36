"""Which tabs of the code panel were open, with what was not saved, and where each was scrolled.

A small file beside the history; what cannot be read of it is left out, never a reason to fail.
"""

from __future__ import annotations

import codecs
import json
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from app.core.errors import StoreError
from app.core.tab_places import AT_START, TabPlace
from app.store.files import read_json, write_private
from app.text.characters import whole_characters

MOST_PLACES = 500
MOST_TABS = 500
LARGEST_BYTES = 512_000_000
"""Texts that are in no file are kept in it: a hundred tabs of the largest files that open."""
_LARGEST_NUMBER = 2**31 - 1


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
    """Read the file; what makes no sense in it is left out.

    A file that is damaged is put aside, as it may hold text that is in no other.
    """
    if not path.exists():
        return OpenTabs()
    try:
        found = read_json(path, most_bytes=LARGEST_BYTES)
    except StoreError:
        found = None
    if not isinstance(found, dict):
        stamp = time.strftime("%Y-%m-%d-%H%M%S")
        with suppress(OSError):
            path.rename(path.with_name(f"{path.stem}.damaged-{stamp}{path.suffix}"))
        return OpenTabs()
    tabs = [_tab(one) for one in _list(found.get("tabs"))[:MOST_TABS] if isinstance(one, dict)]
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
    write_private(path, json.dumps(whole), name="list of open tabs")


def _tab(found: dict[str, Any]) -> OpenTab:
    text = found.get("text")
    return OpenTab(
        title=_text(found.get("title")),
        path=_path(found.get("path")),
        text=text if isinstance(text, str) else None,
        language=_text(found.get("language")),
        encoding=_encoding(found.get("encoding")),
        line_end=found["line_end"] if found.get("line_end") in ("\r\n", "\r") else "\n",
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
    return whole_characters(found) if isinstance(found, str) else ""


def _path(found: object) -> str:
    # The bytes of a name that is not UTF-8 are halves of characters here, and stay.
    return found if isinstance(found, str) and "\0" not in found else ""


def _encoding(found: object) -> str:
    """Return the name of a codec of text, UTF-8's where it is none."""
    try:
        codec = codecs.lookup(_text(found) or "utf-8")
        "".encode(codec.name)  # raises for codecs that are not of text, such as zip
    except (LookupError, ValueError):
        return "utf-8"
    return _text(found) or "utf-8"


def _number(found: object, default: int) -> int:
    if isinstance(found, bool) or not isinstance(found, int):
        return default
    return found if -1 <= found <= _LARGEST_NUMBER else default
