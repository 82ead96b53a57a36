"""The lower left of the window: models, snippets, settings."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from app.ui.widgets.icons import ICON_PX, icon
from app.ui.widgets.palette import colours, is_theme_change


class SidebarLinks(QWidget):
    """Three quiet buttons, one below the other."""

    models_requested = Signal()
    snippets_requested = Signal()
    settings_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        for words, icon_name, name, tip, signal in (
            ("Models", "layers", "openModels", "Choose a model (Ctrl+M)", self.models_requested),
            ("Snippets", "code", "openSnippets", "Kept code (Ctrl+B)", self.snippets_requested),
            (
                "Settings",
                "settings",
                "openSettings",
                "Settings of the program (Ctrl+,)",
                self.settings_requested,
            ),
        ):
            button = _Link(words, icon_name)
            button.setObjectName(name)
            button.setToolTip(tip)
            button.clicked.connect(signal)
            column.addWidget(button)


class _Link(QPushButton):
    def __init__(self, words: str, icon_name: str) -> None:
        super().__init__(words)
        self._icon_name = icon_name
        self.setProperty("role", "nav")
        self.setAccessibleName(words)
        self.setIconSize(QSize(ICON_PX, ICON_PX))
        self._tint()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if is_theme_change(event):
            self._tint()

    def _tint(self) -> None:
        self.setIcon(icon(self._icon_name, colours().muted))
