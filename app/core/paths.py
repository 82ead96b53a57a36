"""Where files live: the program's own resources, and the user's data.

`STARWRIGHT_HOME` moves all user data to one folder (tests, portable use).
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote_from_bytes, unquote_to_bytes

import platformdirs

from app.core.privacy import make_private

BUILTIN_MODEL = "starwright-demo-q8_0.gguf"


def resources_path() -> Path:
    """Return the folder of the program's resources, in a clone, a wheel or a frozen bundle."""
    frozen = getattr(sys, "_MEIPASS", None)
    if frozen is not None:
        return Path(frozen) / "resources"
    package = Path(__file__).resolve().parent.parent
    installed = package / "resources"
    return installed if installed.is_dir() else package.parent / "resources"


def builtin_model_path() -> Path:
    """Return the path of the demo model that travels with the program."""
    return resources_path() / "models" / BUILTIN_MODEL


@dataclass(frozen=True, slots=True)
class UserPaths:
    """The folders of one user's data. Nothing is made until `make` is called."""

    data: Path
    config: Path
    state: Path

    @property
    def database(self) -> Path:
        """Return the path of the chat history."""
        return self.data / "history.sqlite3"

    @property
    def scratch(self) -> Path:
        """Return the folder for copies of code that an editor opens."""
        return self.data / "scratch"

    @property
    def open_tabs(self) -> Path:
        """Return the path of the file with the tabs that are open and what is not saved."""
        return self.data / "open_tabs.json"

    @property
    def typed_questions(self) -> Path:
        """Return the path of the questions that were typed in the terminal, for its arrow keys."""
        return self.data / "typed_questions.txt"

    @property
    def models(self) -> Path:
        """Return the folder that downloads and imports go to."""
        return self.data / "models"

    @property
    def settings(self) -> Path:
        """Return the path of the settings file."""
        return self.config / "settings.toml"

    @property
    def presets(self) -> Path:
        """Return the folder of the user's presets."""
        return self.config / "presets"

    @property
    def window_state(self) -> Path:
        """Return the path of the file that says how the window was left."""
        return self.state / "window.json"

    @property
    def load_mark(self) -> Path:
        """Return the path of the file that names a model whose load has not ended well."""
        return self.state / "loading.json"

    @property
    def log(self) -> Path:
        """Return the path of the log file; prompts, answers and secrets never go there."""
        return self.state / "starwright.log"

    def make(self) -> None:
        """Create the folders, private to the user. Raises `OSError`."""
        for folder in (self.data, self.config, self.state, self.models):
            make_private(folder)


def user_paths() -> UserPaths:
    """Return the user's folders: under `STARWRIGHT_HOME`, else where the platform puts them."""
    home = os.environ.get("STARWRIGHT_HOME")
    if home:
        root = Path(home).expanduser().absolute()
        return UserPaths(data=root / "data", config=root / "config", state=root / "state")
    dirs = platformdirs.PlatformDirs("starwright", appauthor=False)
    return UserPaths(
        data=dirs.user_data_path, config=dirs.user_config_path, state=dirs.user_state_path
    )


_ADDRESS = "file://"


def text_of_path(path: Path | str) -> str:
    """Return a path as text that every file can hold, for `path_of_text`.

    A name of bytes that are not UTF-8 becomes a `file:` address; all others stand as they are.
    """
    text = str(path)
    try:
        text.encode()
    except UnicodeEncodeError:
        return _ADDRESS + quote_from_bytes(os.fsencode(text))
    return text


def path_of_text(text: str) -> str:
    """Return the path that `text_of_path` was given."""
    if text.startswith(_ADDRESS):
        return os.fsdecode(unquote_to_bytes(text.removeprefix(_ADDRESS)))
    return text
