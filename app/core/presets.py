"""Presets: a chat's system prompt and sampling under a name, checked as the settings are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.core.errors import SettingsError
from app.core.settings import BY_KEY, CHAT_SETTINGS, Value, nearest_key

LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Preset:
    """Settings of a chat under a name; those it does not name are the program's."""

    name: str
    values: Mapping[str, Value]


def preset_of(name: str, values: Mapping[str, object]) -> Preset:
    """Return a preset whose name and values are checked. Raises `SettingsError` that names one."""
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise SettingsError(
            f"“{name[:LONGEST_NAME]}” is not a valid preset name.",
            hint=f"Use 1 to {LONGEST_NAME} characters.",
        )
    allowed = {declared.key for declared in CHAT_SETTINGS}
    checked: dict[str, Value] = {}
    for key, value in values.items():
        if key not in allowed:
            raise SettingsError(
                f"The preset “{name}” sets {key}, which is not a chat setting.",
                hint=nearest_key(key) or "Remove that line.",
            )
        checked[key] = BY_KEY[key].check(value)
    return Preset(name, checked)
