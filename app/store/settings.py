"""The settings file: sparse TOML, comments kept, replaced atomically.

Only what differs from the default is written. A wrong value is named and ignored, the rest holds.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from app.core.errors import SettingsError
from app.store.files import write_text

MAX_OPENED_MODELS = 50


class Settings:
    """One settings file. Reading is from memory; setters write, and may be called on any thread.

    `problems` lists what was wrong with the file when it was read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self.problems: list[SettingsError] = []
        self._document = self._read()

    @property
    def chosen_model(self) -> str:
        """Return the path of the model chosen last, empty for the built-in one."""
        return str(self._value("model", "chosen", str, ""))

    @property
    def opened_models(self) -> list[str]:
        """Return the paths of the files the user opened, last opened first."""
        paths = self._value("model", "opened", list, [])
        return [str(path) for path in paths if isinstance(path, str)]

    @property
    def context_tokens(self) -> int:
        """Return the wanted context, 0 for the model's own up to 16,384."""
        return self._whole("context_tokens", least=0)

    @property
    def threads(self) -> int:
        """Return the wanted number of threads, 0 for the engine's choice."""
        return self._whole("threads", least=0)

    @property
    def editor_command(self) -> str:
        """Return the command line of the user's editor, empty for one that is found."""
        return str(self._value("editor", "command", str, ""))

    def set_chosen_model(self, path: str) -> None:
        """Remember the chosen model. Raises `StoreError`."""
        if path != self.chosen_model:
            self._change(lambda document: _table(document, "model").update({"chosen": path}))

    def set_editor_command(self, command: str) -> None:
        """Remember the user's editor. Raises `StoreError`."""
        self._change(lambda document: _table(document, "editor").update({"command": command}))

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

    def _read(self) -> tomlkit.TOMLDocument:
        try:
            text = self._path.read_text(encoding="utf-8")
            return tomlkit.parse(text)
        except FileNotFoundError:
            return tomlkit.document()
        except (OSError, UnicodeError, TOMLKitError) as error:
            self.problems.append(
                SettingsError(
                    f"The settings file {self._path} cannot be read: {error}",
                    hint="Mend or remove it. Until then the defaults hold and it is kept as it is.",
                )
            )
            return tomlkit.document()

    def _value(self, table: str, key: str, kind: type, default: Any) -> Any:  # noqa: ANN401
        values = self._document.get(table)
        value = values.get(key, default) if isinstance(values, dict) else default
        return value if isinstance(value, kind) else default

    def _whole(self, key: str, *, least: int) -> int:
        value = self._value("engine", key, int, 0)
        return int(value) if value >= least else 0

    def _change(self, change: Callable[[tomlkit.TOMLDocument], None]) -> None:
        with self._lock:
            if self.problems:
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
