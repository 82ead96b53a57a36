"""The settings file: sparse TOML, comments kept, replaced atomically.

Only what differs from the default is written. A wrong value is named and ignored, the rest holds.
What may stand in it is declared in `app.core.settings`; beside that it remembers models.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from app.core.errors import SettingsError
from app.core.settings import BY_KEY, Value, unknown_key
from app.store.files import write_text

MAX_OPENED_MODELS = 50
_MODEL_KEYS = ("chosen", "opened")


class Settings:
    """One settings file. Reading is from memory; setters write, and may be called on any thread.

    `problems` lists what was wrong with the file when it was read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self.problems: list[SettingsError] = []
        self._is_readable = True
        self._document = self._read()
        self._values = self._checked()

    def value(self, key: str) -> Value:
        """Return a declared setting, its default where the file says nothing valid."""
        return self._values.get(key, BY_KEY[key].default)

    def set_value(self, key: str, value: Value) -> None:
        """Change a declared setting. Raises `SettingsError` for a bad value, `StoreError`."""
        declared = BY_KEY[key]
        checked = declared.check(value)
        table, _, name = key.partition(".")

        def change(document: tomlkit.TOMLDocument) -> None:
            if checked == declared.default:
                _table(document, table).pop(name, None)
            else:
                _table(document, table)[name] = checked

        if checked != self.value(key):
            self._change(change)
            self._values[key] = checked

    @property
    def chosen_model(self) -> str:
        """Return the path of the model chosen last, empty for the built-in one."""
        chosen = self._models().get("chosen")
        return str(chosen) if isinstance(chosen, str) else ""

    @property
    def opened_models(self) -> list[str]:
        """Return the paths of the files the user opened, last opened first."""
        paths = self._models().get("opened")
        return [str(path) for path in paths or [] if isinstance(path, str)]

    @property
    def context_tokens(self) -> int:
        """Return the wanted context, 0 for the model's own up to 16,384."""
        return int(self.value("engine.context_tokens"))

    @property
    def threads(self) -> int:
        """Return the wanted number of threads, 0 for the engine's choice."""
        return int(self.value("engine.threads"))

    def set_chosen_model(self, path: str) -> None:
        """Remember the chosen model. Raises `StoreError`."""
        if path != self.chosen_model:
            self._change(lambda document: _table(document, "model").update({"chosen": path}))

    def remember_model(self, path: str) -> None:
        """Put a path first in the list of opened models. Raises `StoreError`."""
        paths = [path, *(other for other in self.opened_models if other != path)]
        self._set_opened(paths[:MAX_OPENED_MODELS])

    def forget_model(self, path: str) -> None:
        """Take a path off the list of opened models. Raises `StoreError`."""
        self._set_opened([other for other in self.opened_models if other != path])

    def _set_opened(self, paths: list[str]) -> None:
        if paths != self.opened_models:
            self._change(lambda document: _table(document, "model").update({"opened": paths}))

    def _models(self) -> dict[str, Any]:
        table = self._document.get("model")
        return table if isinstance(table, dict) else {}

    def _read(self) -> tomlkit.TOMLDocument:
        try:
            text = self._path.read_text(encoding="utf-8")
            return tomlkit.parse(text)
        except FileNotFoundError:
            return tomlkit.document()
        except (OSError, UnicodeError, TOMLKitError) as error:
            self._is_readable = False
            self.problems.append(
                SettingsError(
                    f"The settings file {self._path} cannot be read: {error}",
                    hint="Mend or remove it. Until then the defaults hold and it is kept as it is.",
                )
            )
            return tomlkit.document()

    def _checked(self) -> dict[str, Value]:
        """Return the valid values; the others become problems."""
        values: dict[str, Value] = {}
        for table, entries in self._document.unwrap().items():
            for name, value in entries.items() if isinstance(entries, dict) else ():
                key = f"{table}.{name}"
                if table == "model" and name in _MODEL_KEYS:
                    continue
                try:
                    if key not in BY_KEY:
                        raise unknown_key(key)
                    values[key] = BY_KEY[key].check(value)
                except SettingsError as problem:
                    self.problems.append(problem)
        return values

    def _change(self, change: Callable[[tomlkit.TOMLDocument], None]) -> None:
        with self._lock:
            if not self._is_readable:
                # Never replace a file the user is in the middle of mending.
                return
            staged = tomlkit.parse(tomlkit.dumps(self._document))
            change(staged)
            write_text(self._path, tomlkit.dumps(staged), name="settings")
            self._document = staged


def _table(document: tomlkit.TOMLDocument, name: str) -> dict[str, Any]:
    if not isinstance(document.get(name), dict):
        document[name] = tomlkit.table()
    table = document[name]
    assert isinstance(table, dict)
    return table
