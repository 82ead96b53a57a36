"""The bar at the top: where it is narrow, what matters least goes first."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout

from app.core.commands import CHAT_SETTINGS, TOGGLE_PANEL, TOGGLE_SIDEBAR
from app.ui.widgets.controls.keys import tooltip
from app.ui.widgets.look.icons import IconButton
from app.ui.widgets.top_bar.language_picker import LanguagePicker
from app.ui.widgets.top_bar.model_picker import ModelPicker

_HEIGHT_PX = 52
_ROOM = ((0, False, True), (1, False, True), (1, True, True), (2, True, True), (2, True, False))
"""How many parts of the model picker go, whether the word Language does, and whether there is
still room for the code panel's button, in this order."""


class TopBar(QFrame):
    """Model and language at the left; its buttons tell what is wanted."""

    chat_settings_requested = Signal()
    sidebar_toggled = Signal()
    panel_toggled = Signal()

    def __init__(self, models: ModelPicker, languages: LanguagePicker) -> None:
        super().__init__()
        self.setObjectName("topBar")
        self.setMinimumHeight(_HEIGHT_PX)
        self._models, self._languages = models, languages
        self._fitted: tuple[object, ...] = ()
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(16, 6, 16, 6)
        row.setSpacing(8)
        row.addWidget(models)
        row.addWidget(languages)
        row.addStretch(1)

        self._show_sidebar = IconButton(
            "panel-left",
            tooltip(TOGGLE_SIDEBAR, "Show sidebar"),
            object_name="showSidebar",
            parent=self,
        )
        self._show_sidebar.clicked.connect(self.sidebar_toggled)
        row.insertWidget(0, self._show_sidebar)
        chat_settings = IconButton("sliders", tooltip(CHAT_SETTINGS), object_name="chatSettings")
        chat_settings.clicked.connect(self.chat_settings_requested)
        row.addWidget(chat_settings)
        self._panel = IconButton("panel-right", "", object_name="toggleCodePanel")
        self._panel.clicked.connect(self.panel_toggled)
        row.addWidget(self._panel)
        self.offer(is_sidebar_hidden=False, is_panel_hidden=False)

    def offer(self, *, is_sidebar_hidden: bool, is_panel_hidden: bool) -> None:
        """Offer to show what is hidden, and to hide the code panel."""
        self._show_sidebar.setVisible(is_sidebar_hidden)
        words = f"{'Show' if is_panel_hidden else 'Hide'} code panel"
        words = tooltip(TOGGLE_PANEL, words)
        self._panel.setToolTip(words)
        self._panel.setAccessibleName(words)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.LayoutRequest:
            self._fit()
        return super().event(event)

    def _fit(self) -> None:
        """Leave out so much that the model's name fits whole, as far as that can be.

        Trying what fits asks for a new layout each time, which comes back here: so nothing is
        tried while all is as it was.
        """
        if self._fitted == self._state():
            return
        for left_out, is_short, has_panel_button in _ROOM:
            self._models.leave_out(left_out)
            self._languages.set_short(is_short=is_short)
            self._panel.setVisible(has_panel_button)
            self._row.invalidate()
            if self._row.sizeHint().width() <= self.width():
                break
        self._row.activate()
        self._fitted = self._state()

    def _state(self) -> tuple[object, ...]:
        """Return what decides how much fits."""
        words = (self._models.accessibleName(), self._languages.accessibleName())
        return self.width(), self._row.sizeHint().width(), *words
