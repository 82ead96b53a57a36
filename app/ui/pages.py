"""The pages that stand in the place of the chat: made when first wanted, left as one came."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.core.errors import AppError
from app.core.settings import DECLARED, Value
from app.ui.reach import Reach
from app.ui.widgets.frame.window_body import WindowBody
from app.ui.widgets.settings.settings_page import SettingsPage


class Pages(QObject):
    """The pages of one window."""

    setting_changed = Signal(str, object)  # its key, its value

    def __init__(self, body: WindowBody, reach: Reach) -> None:
        super().__init__(body)
        self._body = body
        self._reach = reach

    @cached_property
    def settings(self) -> SettingsPage:
        """Return the page of settings, made when it is first wanted."""
        page = SettingsPage(DECLARED, self._body)
        page.changed.connect(self.setting_changed)
        page.left.connect(self._reach.leave_page)
        return page

    def show_settings(self, values: Mapping[str, Value]) -> None:
        """Show all settings of the program."""
        self.settings.show_values(values)
        if self._reach.show_page(self.settings):
            self.settings.open()

    def show_project(self, folder: Path | None) -> None:
        """Show which folder's files are read, where the settings are in sight."""
        if self._body.page is not None:
            self.settings.show_values({"project.folder": str(folder or "")})

    def show_problem(self, error: AppError) -> None:
        """Show an error on the page that is in sight, as the conversation is behind it."""
        if self._body.page is not None:
            self.settings.show_problem(error)
