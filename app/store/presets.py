"""Presets as files: each a TOML file of its own, so that a copied file is a shared preset.

    [preset]
    name = "Careful"

    [chat]
    temperature = 0.0

What may stand in `[chat]` is declared in `app.core.settings`. Nothing that is read is trusted.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import tomlkit

from app.core.errors import AppError, SettingsError, StoreError
from app.core.presets import Preset, preset_of
from app.store.files import read_text, write_private

MOST_PRESETS = 500
LARGEST_BYTES = 100_000


class Presets:
    """A folder of presets. Synchronous; called off the asyncio thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def all(self) -> tuple[list[Preset], list[AppError]]:
        """Return the presets by name, and what is wrong with files that hold none."""
        found: dict[str, Preset] = {}
        problems: list[AppError] = []
        for path in self._paths():
            try:
                preset = from_toml(read_preset(path), name=path.name)
            except AppError as error:
                problems.append(error)
            else:
                found.setdefault(preset.name, preset)
        return sorted(found.values(), key=lambda preset: preset.name.casefold()), problems

    def keep(self, preset: Preset) -> None:
        """Save a preset, in place of one of the same name. Raises `StoreError`."""
        path = self._path_of(preset.name) or self._free_path(preset.name)
        write_private(path, to_toml(preset), name="preset")

    def remove(self, name: str) -> None:
        """Take a preset out; `keep` brings it back. Raises `StoreError`."""
        path = self._path_of(name)
        try:
            if path is not None:
                path.unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(
                f"The preset {path} cannot be removed: {error.strerror}.",
                hint="Check the permissions of its folder.",
            ) from error

    def _paths(self) -> list[Path]:
        try:
            return sorted(self._folder.glob("*.toml"))[:MOST_PRESETS]
        except OSError:
            return []

    def _path_of(self, name: str) -> Path | None:
        for path in self._paths():
            try:
                if from_toml(read_preset(path), name=path.name).name == name:
                    return path
            except AppError:
                continue  # no preset, and not ours to change
        return None

    def _free_path(self, name: str) -> Path:
        return next(path for path in self._names(name) if not path.exists())

    def _names(self, name: str) -> Iterator[Path]:
        # No device name of Windows, no hidden file, no way out of the folder.
        slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "preset"
        yield self._folder / f"preset-{slug}.toml"
        number = 2
        while True:
            yield self._folder / f"preset-{slug}-{number}.toml"
            number += 1


def read_preset(path: Path) -> str:
    """Read the text of a preset's file. Raises `StoreError`."""
    return read_text(path, most_bytes=LARGEST_BYTES)


def to_toml(preset: Preset) -> str:
    """Return a preset as the text of its file."""
    document = tomlkit.document()
    document.add(tomlkit.comment("A Starwright preset: import it in Chat settings."))
    document["preset"] = {"name": preset.name}
    document["chat"] = {
        key.removeprefix("chat."): value for key, value in sorted(preset.values.items())
    }
    return tomlkit.dumps(document)


def from_toml(text: str, *, name: str) -> Preset:
    """Read what `to_toml` wrote; `name` is the file's. Raises `StoreError`, `SettingsError`."""
    try:
        found = tomllib.loads(text)
        own_name, values = found["preset"]["name"], found["chat"]
        if not isinstance(own_name, str):
            raise TypeError("the name is not text")
        keyed = {f"chat.{key}": value for key, value in values.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise StoreError(
            f"{name} has no preset that Starwright exported.",
            hint="Choose a .toml file made with Export in Chat settings.",
        ) from error
    try:
        return preset_of(own_name, keyed)
    except SettingsError as error:
        raise SettingsError(f"{name}: {error.message}", hint=_hint(error)) from error


def _hint(error: SettingsError) -> str:
    """Say what must be mended; a file that is not read has no value until then."""
    return error.hint.partition(" Until then")[0]
