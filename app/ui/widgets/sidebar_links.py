"""The lower left of the window: models, snippets, settings."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.ui.widgets.icons import IconLabel


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
        super().__init__()
        self.setProperty("role", "nav")
        self.setAccessibleName(words)
        label = QLabel(words)
        label.setProperty("role", "muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 10, 0)
        row.setSpacing(10)
        row.addWidget(IconLabel(icon_name))
        row.addWidget(label, 1)
