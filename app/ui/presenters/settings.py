"""The program's settings: shows them, and lets each change hold at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Protocol

from app.core.settings import BY_KEY, DECLARED, Value
from app.services.tasks import Tasks
from app.store.settings import Settings


class SettingsView(Protocol):
    """What the window does for this presenter."""

    def show_settings(self, values: Mapping[str, Value]) -> None: ...  # noqa: D102


class SettingsPresenter:
    """`apply` is told of a setting that the window itself follows."""

    def __init__(
        self,
        view: SettingsView,
        settings: Settings,
        tasks: Tasks,
        apply: Callable[[str, Value], None],
    ) -> None:
        self._view = view
        self._settings = settings
        self._tasks = tasks
        self._apply = apply

    def open(self) -> None:
        """Show all settings."""
        self._view.show_settings({one.key: self._settings.value(one.key) for one in DECLARED})

    def change(self, key: str, value: Value) -> None:
        """Check, follow and save a changed setting."""
        checked = BY_KEY[key].check(value)
        self._apply(key, checked)
        self._tasks.start(self._save(key, checked), name="save setting")

    async def _save(self, key: str, value: Value) -> None:
        await asyncio.to_thread(self._settings.set_value, key, value)
