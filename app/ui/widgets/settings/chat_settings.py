"""The settings of one chat: cards of settings, with presets above them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.core.errors import AppError
from app.core.settings import CHAT_SETTINGS, Value
from app.ui.widgets.controls.buttons import text_button
from app.ui.widgets.controls.cards import NoticePlace
from app.ui.widgets.controls.dialog import Dialog
from app.ui.widgets.controls.questions import ask_reset
from app.ui.widgets.controls.undo_bar import UndoBar
from app.ui.widgets.look.fonts import scaled
from app.ui.widgets.settings.preset_bar import PresetBar
from app.ui.widgets.settings.settings_form import SettingsForm

_WIDTH_PX, _HEIGHT_PX = 660, 680


class ChatSettingsDialog(Dialog):
    """The view of `app.ui.presenters.presets`. Its reset brings the program's settings back."""

    changed = Signal(str, object)  # key, value
    reset_requested = Signal()

    def __init__(self, values: Mapping[str, Value], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("settingsDialog")
        self.setWindowTitle("Chat settings")
        self._area = QScrollArea(self)
        self._inside = QWidget(self._area.viewport())
        self.form = SettingsForm(CHAT_SETTINGS, self._inside)
        self.form.show_only("Chat")
        self.form.show_values(values)
        self.form.changed.connect(self.changed)
        self.form.undo_offered.connect(self.offer_undo)
        self.presets = PresetBar()
        self.undo_bar = UndoBar()
        self._lay_out()
        self.resize(scaled(_WIDTH_PX), scaled(_HEIGHT_PX))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.form.fit(self.width())

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

    def _ask_reset(self) -> None:
        words = "Use the global settings for this chat?"
        ask_reset(self, words, self.reset_requested.emit)

    def _lay_out(self) -> None:
        area = self._area
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = self._inside
        inside.setProperty("role", "page")
        cards = QVBoxLayout(inside)
        cards.setContentsMargins(20, 16, 20, 16)
        cards.addWidget(self.form)
        area.setWidget(inside)
        reset = text_button("Reset all…", "resetSettings", "Use the global settings for this chat")
        reset.clicked.connect(self._ask_reset)
        close = text_button("Close", "closeSettings")
        close.clicked.connect(self.accept)
        below = QHBoxLayout()
        below.setContentsMargins(20, 0, 20, 0)
        below.addWidget(reset)
        below.addStretch()
        below.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 12)
        column.setSpacing(10)
        column.addWidget(self.presets)
        column.addWidget(area, 1)
        column.addWidget(self.undo_bar)
        column.addLayout(below)
        self._problem = NoticePlace(column, row=1)
