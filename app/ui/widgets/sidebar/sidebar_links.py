"""The lower left of the window: models, snippets, the project, settings."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QVBoxLayout, QWidget

from app.core.commands import CHOOSE_MODEL, SETTINGS, SNIPPETS
from app.ui.widgets.controls.keys import tooltip
from app.ui.widgets.look.icons import IconLabel

_NO_PROJECT = "Choose a project folder: related files are read before code is suggested"


class SidebarLinks(QWidget):
    """Quiet buttons, one below the other."""

    models_requested = Signal()
    snippets_requested = Signal()
    settings_requested = Signal()
    project_requested = Signal()
    project_left = Signal()
    seen_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._has_project = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        self.project = _link("Project", "folder", "openProject", _NO_PROJECT)
        self.project.clicked.connect(self._open_project)
        models = _link("Models", "layers", "openModels", tooltip(CHOOSE_MODEL))
        models.clicked.connect(self.models_requested)
        snippets = _link("Snippets", "code", "openSnippets", tooltip(SNIPPETS))
        snippets.clicked.connect(self.snippets_requested)
        self._settings = _link("Settings", "settings", "openSettings", tooltip(SETTINGS))
        self._settings.clicked.connect(self.settings_requested)
        for button in (models, snippets, self.project, self._settings):
            column.addWidget(button)

    def mark_settings(self, *, is_marked: bool) -> None:
        """Mark the settings as the page that is shown."""
        self._settings.mark(is_marked=is_marked)

    def show_project(self, folder: Path | None) -> None:
        """Show the project's folder, or that there is none."""
        self._has_project = folder is not None
        words = f"Project: {folder.name}" if folder is not None else "Project"
        self.project.say(words)
        self.project.setToolTip(f"Related files in {folder} are read" if folder else _NO_PROJECT)

    def _open_project(self) -> None:
        if not self._has_project:
            self.project_requested.emit()
            return
        menu = QMenu(self)
        menu.setObjectName("projectMenu")
        menu.addAction("Choose another folder…").triggered.connect(self.project_requested)
        menu.addAction("Close project folder").triggered.connect(self.project_left)
        seen = menu.addAction("Show the last suggestion's prompt")
        seen.triggered.connect(self.seen_requested)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.project.mapToGlobal(QPoint(0, -menu.sizeHint().height())))


def _link(words: str, icon_name: str, name: str, tip: str) -> _Link:
    button = _Link(words, icon_name)
    button.setObjectName(name)
    button.setToolTip(tip)
    return button


class _Link(QPushButton):
    def __init__(self, words: str, icon_name: str) -> None:
        super().__init__()
        self.setProperty("role", "nav")
        self._label = QLabel()
        self._label.setProperty("role", "muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 10, 0)
        row.setSpacing(10)
        row.addWidget(IconLabel(icon_name))
        row.addWidget(self._label, 1)
        self.say(words)

    def mark(self, *, is_marked: bool) -> None:
        """Show that this is what stands beside the sidebar."""
        self.setProperty("current", "true" if is_marked else "false")
        self._label.setProperty("role", "" if is_marked else "muted")
        for widget in (self, self._label):
            widget.style().polish(widget)

    def say(self, words: str) -> None:
        """Show these words."""
        self.setAccessibleName(words)
        shown = self._label.fontMetrics().elidedText(words, Qt.TextElideMode.ElideMiddle, 170)
        self._label.setText(shown)
