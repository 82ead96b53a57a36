"""One line above a chat's settings: which preset holds, and what can be done with presets."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QWidget

from app.ui.widgets.controls.buttons import text_button
from app.ui.widgets.controls.questions import ask_open, ask_save, ask_text
from app.ui.widgets.look.icons import IconButton
from app.ui.widgets.settings.choice_field import ChoiceField

_NONE = "No preset"
_KIND = "Presets (*.toml)"


class PresetBar(QWidget):
    """Tells what is wanted; shows nothing by itself."""

    chosen = Signal(str)  # the name, empty for none
    kept = Signal(str)  # the name
    removed = Signal(str)
    export_chosen = Signal(Path)
    import_chosen = Signal(Path)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picker = ChoiceField()
        self.picker.setObjectName("presetPicker")
        self.picker.setAccessibleName("Preset")
        self.picker.setToolTip("Saved settings for a chat")
        self.picker.activated.connect(self._choose)
        keep = text_button("Save as preset…", "keepPreset", "Save these settings under a name")
        keep.clicked.connect(self._ask_name)
        more = IconButton("more", "Import, export or delete presets", object_name="morePresets")
        more.setPopupMode(more.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(more)
        menu.addAction("Import a preset…").triggered.connect(self._ask_import)
        menu.addAction("Export these settings…").triggered.connect(self._ask_export)
        self._remove = menu.addAction("Delete this preset")
        self._remove.triggered.connect(lambda: self.removed.emit(self._current()))
        more.setMenu(menu)
        label = QLabel("Preset")
        label.setBuddy(self.picker)
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 0, 20, 0)
        row.setSpacing(8)
        row.addWidget(label)
        row.addWidget(self.picker, 1)
        row.addWidget(keep)
        row.addWidget(more)
        self.show_presets([], "")

    def show_presets(self, names: Sequence[str], current: str) -> None:
        """Offer these; `current` is the one that holds, empty for none."""
        with QSignalBlocker(self.picker):
            self.picker.offer(["", *names], [_NONE])
            self.picker.setCurrentIndex(names.index(current) + 1 if current in names else 0)
        self._remove.setEnabled(self.picker.currentIndex() > 0)

    def _current(self) -> str:
        return self.picker.value()

    def _choose(self, row: int) -> None:
        self.chosen.emit(str(self.picker.itemData(row)))

    def _ask_name(self) -> None:
        ask_text(self, "Save as preset", "Preset name:", self.kept.emit, self._current())

    def _ask_import(self) -> None:
        ask_open(self, "Import a preset", _KIND, self.import_chosen.emit)

    def _ask_export(self) -> None:
        name = "".join(c if c.isalnum() or c in " -_" else "_" for c in self._current()).strip()
        ask_save(self, "Export a preset", f"{name or 'preset'}.toml", self.export_chosen.emit)
