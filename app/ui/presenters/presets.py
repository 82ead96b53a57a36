"""The presets: keep the open chat's settings under a name, choose, share and reset them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

from app.core.errors import AppError
from app.core.presets import Preset, preset_of
from app.core.settings import Value
from app.services.tasks import Tasks
from app.store.files import write_text
from app.store.presets import Presets, from_toml, read_preset, to_toml
from app.ui.presenters.chat_settings import ChatSettings


class PresetsView(Protocol):
    """The settings of a chat; see `app.ui.widgets.settings.chat_settings`."""

    def show_values(self, values: Mapping[str, Value]) -> None: ...
    def show_presets(self, names: Sequence[str], current: str) -> None: ...
    def show_problem(self, error: AppError) -> None: ...
    def clear_problem(self) -> None: ...
    def offer_undo(self, text: str, undo: Callable[[], None]) -> None: ...


class PresetsPresenter:
    """`use` hands it the view, which is made anew each time the settings are opened."""

    def __init__(self, settings: ChatSettings, presets: Presets, tasks: Tasks) -> None:
        self._settings = settings
        self._presets = presets
        self._tasks = tasks
        self._view: PresetsView | None = None
        self._known: list[Preset] = []

    def use(self, view: PresetsView | None) -> None:
        """Show presets there from now on; None once it is closed."""
        self._view = view
        if view is not None:
            self._do(self._list)

    def choose(self, name: str) -> None:
        """Let a preset hold for the open chat; an empty name lets go of the one that holds."""
        if not name and self._current():
            self.reset()
        preset = next((preset for preset in self._known if preset.name == name), None)
        if preset is not None:
            self._let_hold(preset.values)

    def reset(self) -> None:
        """Let the program's settings hold for the open chat again, and offer undo."""
        before = self._settings.values()
        self._let_hold({})
        if self._view is not None and before != self._settings.values():
            self._view.offer_undo(
                "This chat now uses the global settings.", partial(self._let_hold, before)
            )

    def changed(self) -> None:
        """The chat's settings are others now: say whether they are a preset's."""
        self._show_current()

    def keep(self, name: str) -> None:
        """Keep the open chat's settings under a name, in place of what had it."""

        async def keep() -> None:
            preset = preset_of(name, self._settings.values())
            before = next((known for known in self._known if known.name == preset.name), None)
            await asyncio.to_thread(self._presets.keep, preset)
            await self._list()
            if before is not None and before != preset:
                self._offer_back(f"The preset “{preset.name}” was replaced.", before)

        self._do(keep)

    def remove(self, name: str) -> None:
        """Take a preset out and offer undo."""

        async def remove() -> None:
            preset = next((preset for preset in self._known if preset.name == name), None)
            if preset is not None:
                await asyncio.to_thread(self._presets.remove, name)
                await self._list()
                self._offer_back(f"The preset “{name}” was deleted.", preset)

        self._do(remove)

    def export(self, path: Path) -> None:
        """Write the open chat's settings to a file that can be imported anywhere."""

        async def export() -> None:
            name = self._current() or path.stem
            preset = preset_of(name, self._settings.values())
            await asyncio.to_thread(write_text, path, to_toml(preset), name="preset")

        self._do(export)

    def import_(self, path: Path) -> None:
        """Take a preset from a file over, and let it hold for the open chat."""

        async def import_() -> None:
            preset = await asyncio.to_thread(lambda: from_toml(read_preset(path), name=path.name))
            before = next((known for known in self._known if known.name == preset.name), None)
            await asyncio.to_thread(self._presets.keep, preset)
            await self._list()
            self._let_hold(preset.values)
            if before is not None and before != preset:
                self._offer_back(f"The preset “{preset.name}” was replaced.", before)

        self._do(import_)

    def _let_hold(self, values: Mapping[str, Value]) -> None:
        self._settings.use(values)
        if self._view is not None:
            self._view.show_values(self._settings.values())
        self._show_current()

    def _current(self) -> str:
        """Return the name of the preset whose settings hold now, empty for none."""
        now = self._settings.values()
        same = (p.name for p in self._known if self._settings.values_with(p.values) == now)
        return next(same, "")

    def _show_current(self) -> None:
        if self._view is not None:
            self._view.show_presets([preset.name for preset in self._known], self._current())

    def _offer_back(self, text: str, preset: Preset) -> None:
        async def bring_back() -> None:
            await asyncio.to_thread(self._presets.keep, preset)
            await self._list()

        if self._view is not None:
            self._view.offer_undo(text, lambda: self._do(bring_back))

    async def _list(self) -> None:
        self._known, problems = await asyncio.to_thread(self._presets.all)
        self._show_current()
        for problem in problems[:1]:
            raise problem

    def _do(self, work: Callable[[], Coroutine[None, None, None]]) -> None:
        async def do() -> None:
            try:
                await work()
                if self._view is not None:
                    self._view.clear_problem()
            except AppError as error:
                if self._view is None:
                    raise
                self._view.show_problem(error)

        self._tasks.start(do(), name="presets")
