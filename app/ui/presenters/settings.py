"""The program's settings: shows them, and lets each change hold at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from app.core.errors import AppError
from app.core.settings import BY_KEY, DECLARED, Value
from app.services.tasks import Tasks
from app.store.settings import Settings
from app.ui.presenters.views import SettingsView

FOLDER = "project.folder"


class SettingsPresenter:
    """`apply` is told of a setting that the window itself follows, `choose_folder` of the project.

    Changes are saved one after another, the last value of each setting: typing a number would else
    race with itself.
    """

    def __init__(
        self,
        view: SettingsView,
        settings: Settings,
        tasks: Tasks,
        apply: Callable[[str, Value], None],
        choose_folder: Callable[[Path | None], None],
    ) -> None:
        self._view = view
        self._settings = settings
        self._tasks = tasks
        self._apply = apply
        self._choose_folder = choose_folder
        self._unsaved: dict[str, Value] = {}
        self._saving: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Show all settings."""
        saved = {one.key: self._settings.value(one.key) for one in DECLARED}
        self._view.show_settings(saved | self._unsaved)

    def change(self, key: str, value: Value) -> None:
        """Check, follow and save a changed setting."""
        checked = BY_KEY[key].check(value)
        if key == FOLDER:
            self._choose_folder(Path(str(checked)) if checked else None)
            return
        self._apply(key, checked)
        self._unsaved[key] = checked
        if self._saving is None or self._saving.done():
            self._saving = self._tasks.start(self._save(), name="save settings")

    async def keep(self) -> None:
        """Return once everything is saved; the program ends. Raises `StoreError`."""
        if self._saving is not None:
            await asyncio.wait([self._saving])
        await self._save()

    async def _save(self) -> None:
        problem: AppError | None = None
        while self._unsaved:
            key, value = next(iter(self._unsaved.items()))
            try:
                await asyncio.to_thread(self._settings.set_value, key, value)
            except AppError as error:
                problem = error
            if self._unsaved.get(key) == value:  # and not yet changed again
                del self._unsaved[key]
        if problem is not None:
            raise problem
