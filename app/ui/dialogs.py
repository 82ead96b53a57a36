"""The dialogs of the window: each is made when it is wanted, and stands over the window.

The view of whoever has something to ask or to show that has no place of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from app.core.context import Fit, OverflowChoice
from app.core.prompts import Prompt
from app.core.settings import Value
from app.ui.widgets.controls.questions import Leaving, ask_leave
from app.ui.widgets.dialogs.about_dialog import AboutDialog
from app.ui.widgets.dialogs.overflow_dialog import OverflowDialog
from app.ui.widgets.dialogs.prompt_dialog import PromptDialog
from app.ui.widgets.dialogs.rescue_question import ask_rescue
from app.ui.widgets.settings.chat_settings import ChatSettingsDialog


class Dialogs(QObject):
    """The dialogs over one window."""

    chat_settings_opened = Signal(object)  # the `ChatSettingsDialog`

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._overflow: OverflowDialog | None = None

    def show_prompt(self, prompt: Prompt) -> None:
        """Show what the model reads."""
        self.prompt = PromptDialog(prompt, self._window)
        self.prompt.open()

    def show_about(self, pages: Sequence[tuple[str, str]]) -> None:
        """Show what the program and the model are: pages with their titles."""
        self.about = AboutDialog(pages, self._window)
        self.about.open()

    def show_chat_settings(self, values: Mapping[str, Value]) -> None:
        """Show the settings that may differ in each chat."""
        self.chat_settings = ChatSettingsDialog(values, self._window)
        self.chat_settings_opened.emit(self.chat_settings)
        self.chat_settings.open()

    def ask_overflow(self, fit: Fit, chosen: Callable[[OverflowChoice, bool], None]) -> None:
        """Ask what to do with a chat that does not fit the context."""
        self._overflow = OverflowDialog(fit, self._window)
        self._overflow.chosen.connect(chosen)
        self._overflow.open()

    def close_overflow(self) -> None:
        """Nobody waits for that answer any more."""
        if self._overflow is not None:
            self._overflow.reject()

    def ask_rescue(self, rescue: Callable[[], None]) -> None:
        """Ask whether a damaged history is rescued now."""
        ask_rescue(self._window, rescue)

    def ask_leave(
        self, titles: Sequence[str], answered: Callable[[Leaving], None], *, can_save: bool
    ) -> None:
        """Ask once what becomes of all tabs that are not saved."""
        boxes = self._window.findChildren(QMessageBox, "leaveQuestion")
        if not any(box.isVisible() for box in boxes):
            ask_leave(self._window, titles, answered, can_save=can_save)
