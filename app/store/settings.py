"""The settings file: sparse TOML, comments kept, replaced atomically.

Only what differs from the default is written. A wrong value is named and ignored, the rest holds.
What may stand in it is declared in `app.core.settings`; beside that it remembers models.
"""

from __future__ import annotations

import threading
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from app.core.errors import SettingsError, StoreError
from app.core.paths import path_of_text, text_of_path
from app.core.settings import BY_KEY, Value, shortened, unknown_key
from app.store.files import read_text, write_private
from app.text.characters import whole_characters

MAX_OPENED_MODELS = 50
MOST_PROBLEMS = 10
"""How many wrong values are told; who mended these sees the next."""
LARGEST_BYTES = 200_000
"""A system prompt and a schema fit easily; TOML of megabytes takes minutes to change."""
_MODEL_KEYS = {"chosen": "a path", "opened": "a list of paths"}
_PATH_KEYS = ("project.folder",)


class Settings:
    """One settings file. Reading is from memory; setters write, and may be called on any thread.

    `problems` lists what was wrong with the file when it was read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self.problems: list[SettingsError] = []
        self._is_readable = True
        self._text = ""
        self._found = self._read()
        self._values = self._checked()

    def value(self, key: str) -> Value:
        """Return a declared setting, its default where the file says nothing valid."""
        value = self._values.get(key, BY_KEY[key].default)
        return path_of_text(str(value)) if key in _PATH_KEYS else value

    def set_value(self, key: str, value: Value) -> None:
        """Change a declared setting. Raises `SettingsError` for a bad value, `StoreError`."""
        declared = BY_KEY[key]
        if isinstance(value, str):
            value = text_of_path(value) if key in _PATH_KEYS else whole_characters(value)
        checked = declared.check(value)
        table, _, name = key.partition(".")

        def change(document: tomlkit.TOMLDocument) -> None:
            if checked == declared.default:
                _table(document, table).pop(name, None)
            else:
                _table(document, table)[name] = checked

        if checked != self._values.get(key, declared.default):
            self._change(change)
            self._values[key] = checked

    @property
    def chosen_model(self) -> str:
        """Return the path of the model chosen last, empty for the built-in one."""
        chosen = self._models().get("chosen")
        return next(iter(_paths([chosen])), "")

    @property
    def opened_models(self) -> list[str]:
        """Return the paths of the files the user opened, last opened first."""
        paths = self._models().get("opened")
        return _paths(paths)[:MAX_OPENED_MODELS] if isinstance(paths, list) else []

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
            text = text_of_path(path)
            self._change(lambda document: _table(document, "model").update({"chosen": text}))

    def remember_model(self, path: str) -> None:
        """Put a path first in the list of opened models. Raises `StoreError`."""
        paths = [path, *(other for other in self.opened_models if other != path)]
        self._set_opened(paths[:MAX_OPENED_MODELS])

    def forget_model(self, path: str) -> None:
        """Take a path off the list of opened models. Raises `StoreError`."""
        self._set_opened([other for other in self.opened_models if other != path])

    def _set_opened(self, paths: list[str]) -> None:
        if paths != self.opened_models:
            texts = [text_of_path(path) for path in paths]
            self._change(lambda document: _table(document, "model").update({"opened": texts}))

    def _models(self) -> dict[str, Any]:
        table = self._found.get("model")
        return table if isinstance(table, dict) else {}

    def _read(self) -> dict[str, Any]:
        try:
            self._path.lstat()
        except FileNotFoundError:
            return {}
        except (OSError, ValueError):
            pass  # reading says why
        try:
            text = read_text(self._path, most_bytes=LARGEST_BYTES)
            found = tomllib.loads(text)
        except StoreError as error:
            return self._unreadable(f"{error.message} {error.hint}")
        except (ValueError, RecursionError) as error:
            # A number of 5,000 digits is a ValueError, a thousand brackets a RecursionError.
            return self._unreadable(f"{self._path}: {error}.")
        self._text = text
        return found

    def _unreadable(self, reason: str) -> dict[str, Any]:
        self._is_readable = False
        self.problems.append(
            SettingsError(
                f"The settings cannot be read: {reason}",
                hint="Fix or remove the file. Until then, the defaults are used.",
            )
        )
        return {}

    def _checked(self) -> dict[str, Value]:
        """Return the valid values; the others become problems."""
        values: dict[str, Value] = {}
        for table, entries in self._found.items():
            for name, value in entries.items() if isinstance(entries, dict) else ():
                key = f"{table}.{name}"
                try:
                    if table == "model" and name in _MODEL_KEYS:
                        _check_model(name, value)
                        continue
                    if key not in BY_KEY:
                        raise unknown_key(key)
                    values[key] = BY_KEY[key].check(value)
                except SettingsError as problem:
                    if len(self.problems) < MOST_PROBLEMS:
                        self.problems.append(problem)
        return values

    def _change(self, change: Callable[[tomlkit.TOMLDocument], None]) -> None:
        with self._lock:
            if not self._is_readable:
                # Never replace a file the user is in the middle of mending.
                return
            staged = self._editable()
            change(staged)
            text = tomlkit.dumps(staged)
            write_private(self._path, text, name="settings")
            self._text, self._found = text, staged.unwrap()

    def _editable(self) -> tomlkit.TOMLDocument:
        """Return the file as a document that keeps its comments. Raises `StoreError`."""
        try:
            return tomlkit.parse(self._text)
        except (TOMLKitError, ValueError, RecursionError) as error:
            raise StoreError(
                f"The settings file {self._path} cannot be changed: {error}.",
                hint="Fix or remove it.",
            ) from error


def _check_model(name: str, value: object) -> None:
    """Raise `SettingsError` for a remembered model that is none."""
    paths = value if name == "opened" else [value]
    if not isinstance(paths, list) or not all(_is_path(one) for one in paths):
        raise SettingsError(
            f"The setting model.{name} is {shortened(value)}.",
            hint=f"It must be {_MODEL_KEYS[name]}. It is ignored.",
        )


def _paths(values: list[Any]) -> list[str]:
    return [path_of_text(value) for value in values if _is_path(value)]


def _is_path(value: object) -> bool:
    return isinstance(value, str) and "\0" not in value


def _table(document: tomlkit.TOMLDocument, name: str) -> dict[str, Any]:
    if not isinstance(document.get(name), dict):
        document[name] = tomlkit.table()
    table = document[name]
    assert isinstance(table, dict)
    return table
