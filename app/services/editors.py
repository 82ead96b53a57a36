"""The user's own editors: found on this machine, opened at a line.

Nothing is waited for: an editor lives on by itself.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.core.errors import RequestError
from app.store.files import write_text
from app.store.settings import Settings

# Each with what says that a command follows, as words of their own.
_TERMINALS = {
    "x-terminal-emulator": "-e",
    "gnome-terminal": "--",
    "konsole": "-e",
    "xfce4-terminal": "-x",
    "xterm": "-e",
}
_IN_TERMINAL = {
    "vim": ("+{line}", "{path}"),
    "nvim": ("+{line}", "{path}"),
    "vi": ("+{line}", "{path}"),
    "emacs": ("-nw", "+{line}", "{path}"),
    "nano": ("+{line}", "{path}"),
    "hx": ("{path}:{line}",),
    "micro": ("+{line}", "{path}"),
}


@dataclass(frozen=True, slots=True)
class Editor:
    """An editor: its name, and its command line with `{path}` and `{line}` in it."""

    name: str
    command: tuple[str, ...]

    def words(self, path: Path, line: int) -> list[str]:
        """Return the command line that opens a file at a line."""
        words = [word.replace("{line}", str(line)) for word in self.command]
        return [word.replace("{path}", str(path)) for word in words]


_KNOWN = (
    Editor("VS Code", ("code", "--goto", "{path}:{line}")),
    Editor("VSCodium", ("codium", "--goto", "{path}:{line}")),
    Editor("PyCharm", ("pycharm", "--line", "{line}", "{path}")),
    Editor("IntelliJ IDEA", ("idea", "--line", "{line}", "{path}")),
    Editor("CLion", ("clion", "--line", "{line}", "{path}")),
    Editor("GoLand", ("goland", "--line", "{line}", "{path}")),
    Editor("WebStorm", ("webstorm", "--line", "{line}", "{path}")),
    Editor("Sublime Text", ("subl", "{path}:{line}")),
    Editor("Zed", ("zed", "{path}:{line}")),
    Editor("Kate", ("kate", "--line", "{line}", "{path}")),
    Editor("gedit", ("gedit", "+{line}", "{path}")),
)


class Editors:
    """Finds editors and opens files in them.

    `scratch` is the folder for copies of code that has no file of its own. `environment` is
    where `PATH` and `VISUAL` are looked up.
    """

    def __init__(
        self, settings: Settings, scratch: Path, environment: Mapping[str, str] | None = None
    ) -> None:
        self._settings = settings
        self._scratch = scratch
        self._environment = os.environ if environment is None else environment
        self._started: list[_Detached] = []

    def found(self) -> list[Editor]:
        """Return the editors of this machine, the user's own choice first."""
        editors: list[Editor] = []
        chosen = str(self._settings.value("editor.command"))
        if chosen:
            editors.append(_custom("your editor", _words(chosen)))
        visual = self._environment.get("VISUAL", "")
        if visual:
            editors += self._from_visual(_words(visual))
        editors += [editor for editor in _KNOWN if self._which(editor.command[0])]
        terminal = self._terminal()
        for name, arguments in _IN_TERMINAL.items():
            if terminal and self._which(name):
                editors.append(Editor(name, (*terminal, name, *arguments)))
        return editors

    def first_name(self) -> str:
        """Return the name of the editor that files are opened in, empty where there is none."""
        try:
            return next((editor.name for editor in self.found()), "")
        except RequestError:  # said where it is opened
            return ""

    async def open(self, title: str, text: str, line: int, *, path: Path | None = None) -> None:
        """Open text at a line (from 1) in the first editor: its own file, else a copy.

        Raises `StoreError` where the copy cannot be written, `RequestError`
        where there is no editor or it does not start.
        """
        editors = await asyncio.to_thread(self.found)
        if not editors:
            raise RequestError(
                "No external editor was found.",
                hint="Enter its command under External editor in Settings, for example: "
                "code --goto {path}:{line}",
            )
        if path is None:
            path = self._scratch / Path(title).name
            await asyncio.to_thread(write_text, path, text)
        self._started = [editor for editor in self._started if editor.poll() is None]
        self._started.append(await asyncio.to_thread(_start, editors[0], path, line))

    async def copy(self, title: str, text: str) -> Path:
        """Write a copy of a text that has the right name, and return its path.

        Other texts of that name have folders of their own. Raises `StoreError`.
        """
        folder = hashlib.sha256(text.encode()).hexdigest()[:12]
        path = self._scratch / folder / (Path(title).name or "code.txt")
        await asyncio.to_thread(write_text, path, text)
        return path

    def _which(self, name: str) -> str | None:
        return shutil.which(name, path=self._environment.get("PATH"))

    def _from_visual(self, words: list[str]) -> list[Editor]:
        name = Path(words[0]).name
        if name not in _IN_TERMINAL:
            known = [editor for editor in _KNOWN if editor.command[0] == name]
            return known or [_custom(name, words)]
        terminal = self._terminal()
        arguments = [word for word in _IN_TERMINAL[name] if word not in words]
        return [Editor(name, (*terminal, *words, *arguments))] if terminal else []

    def _terminal(self) -> tuple[str, ...]:
        """Return how a command is run in a terminal of this machine, empty where there is none."""
        found = [(name, says) for name, says in _TERMINALS.items() if self._which(name)]
        return found[0] if found else ()


def _words(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError as error:
        raise RequestError(
            f"The editor's command cannot be read: {error}.",
            hint="Fix the quotes under External editor in Settings, or in $VISUAL.",
        ) from error


def _custom(name: str, words: list[str]) -> Editor:
    command = tuple(words)
    return Editor(name, command if "{path}" in " ".join(words) else (*command, "{path}"))


class _Detached(subprocess.Popen[bytes]):
    """A program that lives on by itself, so that nothing warns of it."""

    def __del__(self) -> None:
        """Let it go; where it is over already, let the system forget it."""
        self.poll()


def _start(editor: Editor, path: Path, line: int) -> _Detached:
    words = editor.words(path, line)
    try:
        return _Detached(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise RequestError(
            f"The editor {words[0]} could not be started: {error.strerror}.",
            hint="Choose another one under External editor in Settings.",
        ) from error
