"""The settings of one chat: the form, with presets above it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.core.errors import AppError
from app.core.settings import CHAT_SETTINGS, Value
from app.ui.widgets.cards import NoticePlace
from app.ui.widgets.preset_bar import PresetBar
from app.ui.widgets.settings_form import SettingsDialog
from app.ui.widgets.undo_bar import UndoBar


class ChatSettingsDialog(SettingsDialog):
    """The view of `app.ui.presenters.presets`. Its reset brings the program's settings back."""

    reset_requested = Signal()

    def __init__(self, values: Mapping[str, Value], parent: QWidget | None = None) -> None:
        super().__init__("Settings of this chat", CHAT_SETTINGS, values, parent)
        self.presets = PresetBar()
        self.undo_bar = UndoBar()
        self.column.insertWidget(0, self.presets)
        self.column.addWidget(self.undo_bar)
        self._problem = NoticePlace(self.column, row=1)
        self.reset_button.setToolTip("Let the settings of the program hold for this chat")

    def reset(self) -> None:
        """Ask for the program's settings, which are not always the defaults."""
        self.reset_requested.emit()

    def show_values(self, values: Mapping[str, Value]) -> None:
        """Show values that hold already."""
        self.form.show_values(values)

    def show_presets(self, names: Sequence[str], current: str) -> None:
        """Offer presets; `current` is the one that holds."""
        self.presets.show_presets(names, current)

    def show_problem(self, error: AppError) -> None:
        """Say what went wrong, until something else does or goes well."""
        self._problem.show(str(error))

    def clear_problem(self) -> None:
        """What went wrong is over."""
        self._problem.clear()

    def offer_undo(self, text: str, undo: Callable[[], None]) -> None:
        """Say what was done and offer to undo it."""
        self.undo_bar.offer(text, undo)
