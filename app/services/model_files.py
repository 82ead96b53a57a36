"""The model files there are: the built-in one, and those that the user opened."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from app.core.models import ModelFile
from app.core.paths import builtin_model_path
from app.library.headers import read_header
from app.store.settings import Settings


class ModelFiles:
    """Reads headers and remembers files in the settings. Used on the asyncio thread."""

    def __init__(self, settings: Settings, builtin: Path | None = None) -> None:
        self.builtin = builtin or builtin_model_path()
        self._settings = settings

    def paths(self) -> list[Path]:
        """Return the built-in model and every file the user opened, last opened first."""
        opened = (Path(text) for text in self._settings.opened_models)
        return list(dict.fromkeys([self.builtin, *opened]))

    async def inspect(self, path: Path) -> ModelFile:
        """Read a file's header. Raises `ModelFileError`."""
        model = await asyncio.to_thread(read_header, path)
        return replace(model, is_builtin=path == self.builtin)

    async def remember(self, path: Path) -> None:
        """Put a file at the top of the list. Raises `StoreError`."""
        if path != self.builtin:
            await asyncio.to_thread(self._settings.remember_model, str(path))

    async def forget(self, path: Path) -> None:
        """Take a file off the list; the file itself stays."""
        await asyncio.to_thread(self._settings.forget_model, str(path))
