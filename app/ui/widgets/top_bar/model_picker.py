"""The pill that says which model answers, how it is doing, and offers others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton, QWidget

from app.core.commands import CHOOSE_MODEL
from app.core.errors import AppError
from app.core.models import ModelFile, ModelState
from app.text.short_paths import short_paths
from app.ui.widgets.controls.buttons import click_at
from app.ui.widgets.controls.elided import Elided
from app.ui.widgets.controls.keys import tooltip
from app.ui.widgets.controls.pill import Pill
from app.ui.widgets.controls.popup import Choice, Popup
from app.ui.widgets.look.amounts import size_text
from app.ui.widgets.look.icons import IconLabel
from app.ui.widgets.look.palette import colours, is_theme_change

_USUAL_CONTEXT_TOKENS = 4_096  # what "fits" is judged by: a file's full context may be huge
_OPEN = "open"
_FORGET = "forget"
_STATE_WORDS = {
    ModelState.IDLE: "loads with the next question",
    ModelState.WAITING: "waiting for memory",
    ModelState.LOADING: "loading",
    ModelState.READY: "ready",
    ModelState.FAILED: "not loaded",
}


class ModelPicker(Pill):
    """Shows the model; opens a list of models, and a file dialog for one that is not listed."""

    model_chosen = Signal(Path)
    cancel_requested = Signal()
    forget_requested = Signal()  # the files that cannot be used

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("modelPicker")
        self.setToolTip(tooltip(CHOOSE_MODEL))
        click_at(self, CHOOSE_MODEL)
        self._models: list[ModelFile] = []
        self._broken: list[tuple[Path, str, str]] = []
        self._files: dict[Path, str] = {}
        self._memory_bytes = 0
        self._state = ModelState.IDLE
        self._file: ModelFile | None = None
        self._fraction = 0.0
        self._left_out = 0
        self._dot = _StateDot()
        self._name, self._detail, self._badge = Elided(), Elided(), QLabel()
        self._name.setProperty("role", "strong")
        self._detail.setProperty("role", "muted")
        self._badge.setProperty("role", "badge")
        self._cancel = _cancel_button()
        self._cancel.clicked.connect(self.cancel_requested)
        self._chevron = IconLabel("chevron-down", role="text", size=13)
        for part in (
            self._dot,
            self._name,
            self._detail,
            self._badge,
            self._cancel,
            self._chevron,
        ):
            self.row.addWidget(part, 0, Qt.AlignmentFlag.AlignVCenter)
        self._popup = Popup(self, width=420)
        self._popup.chosen.connect(self._on_chosen)
        self.clicked.connect(self._open_list)
        self._show()

    def set_models(self, models: Sequence[ModelFile], *, memory_bytes: int) -> None:
        """Offer these files, the built-in first; `memory_bytes` tells which of them fit."""
        self._models = sorted(models, key=lambda file: not file.is_builtin)
        self._files = _files_of_namesakes(models)
        self._memory_bytes = memory_bytes
        self._show()

    def set_broken(self, broken: Sequence[tuple[Path, AppError]]) -> None:
        """Offer these files too, each with why it cannot be used."""
        self._broken = [
            (path, error.message.removeprefix(path.name).strip(), f"{error} {error.hint}")
            for path, error in broken
        ]

    def leave_out(self, parts: int) -> None:
        """Show only what there is room for: without the badge, then without size and kind too."""
        if parts != self._left_out:
            self._left_out = parts
            self._show()
            self.row.invalidate()

    def set_summary(self, text: str) -> None:
        """Say in the tooltip what the chosen model can do."""
        self.setToolTip(f"{tooltip(CHOOSE_MODEL)}. {text}")
        self.setAccessibleDescription(text)

    def show_model(self, file: ModelFile, state: ModelState, fraction: float = 0.0) -> None:
        """Show the chosen model and how it is doing, `fraction` of it loaded so far.

        Why one could not be loaded is the caller's to say.
        """
        self._file, self._state, self._fraction = file, state, fraction
        self._show()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._state is ModelState.LOADING:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours().accent))
            width = (self.width() - 16) * min(max(self._fraction, 0.0), 1.0)
            painter.drawRoundedRect(QRectF(8, self.height() - 3, width, 2), 1, 1)

    def _show(self) -> None:
        is_coming = self._state in (ModelState.WAITING, ModelState.LOADING)
        self._dot.show_state(self._state)
        self._cancel.setVisible(is_coming)
        self._chevron.setVisible(not is_coming)
        if self._file is None:
            self._name.setText("Choose a model")
            self._detail.hide()
            self._badge.hide()
        else:
            self._name.setText(self._file.name)
            self._detail.setVisible(self._left_out < 2)  # a line below shows how far a load is
            self._detail.setText(self._activity() or self._facts(self._file))
            self._show_fit(self._file)
        state = _STATE_WORDS[self._state] if self._file is not None else "no model"
        self.setAccessibleName(f"Model: {self._name.text()}, {self._detail.text()}, {state}")
        self.updateGeometry()
        self.update()

    def _activity(self) -> str:
        if self._state is ModelState.WAITING:
            return "Waiting for memory"
        return f"Loading {self._fraction:.0%}" if self._state is ModelState.LOADING else ""

    def _show_fit(self, file: ModelFile) -> None:
        is_known = self._memory_bytes > 0 and not self._activity()
        fits = self._fits(file)
        self._badge.setVisible(is_known and not self._left_out)
        self._badge.setText("fits" if fits else "too large")
        self._badge.setProperty("tone", "" if fits else "warning")
        self._badge.style().polish(self._badge)
        needed = size_text(file.needed_bytes(_USUAL_CONTEXT_TOKENS))
        self._badge.setToolTip(
            f"Takes about {needed} of {size_text(self._memory_bytes)} memory on this computer"
        )

    def _facts(self, file: ModelFile) -> str:
        """Say what tells a model from others: its file too, where another has its name."""
        facts = (self._files.get(file.path, ""), file.quantization, size_text(file.size_bytes))
        return " · ".join(part for part in facts if part)

    def _fits(self, file: ModelFile) -> bool:
        return file.needed_bytes(_USUAL_CONTEXT_TOKENS) <= self._memory_bytes

    def _open_list(self) -> None:
        chosen = self._file.path if self._file is not None else None
        choices = [
            Choice(
                file.name,
                file.path,
                self._facts(file) + ("" if self._fits(file) else " · too large"),
                is_current=file.path == chosen,
                more=(file.path.name.lower(),),
                tip=str(file.path),
            )
            for file in self._models
        ]
        names = short_paths([path for path, _, _ in self._broken])
        for (path, reason, tip), name in zip(self._broken, names, strict=True):
            choices.append(Choice(name, path, reason, icon="alert", tip=f"{path}\n{tip}"))
        choices.append(Choice("Open a GGUF file…", _OPEN, icon="folder"))
        if self._broken:
            words = "Remove files that can't be used from this list"
            choices.append(Choice(words, _FORGET, icon="trash", tip="The files are not deleted"))
        self._popup.open_below(self, choices)

    def _on_chosen(self, value: object) -> None:
        if isinstance(value, Path):
            self.model_chosen.emit(value)
        elif value == _FORGET:
            self.forget_requested.emit()
        else:
            self.open_dialog()

    def open_dialog(self) -> None:
        """Ask for a model file."""
        dialog = QFileDialog(self.window(), "Open a GGUF file")
        dialog.setObjectName("modelDialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(["Model files (*.gguf *.bin *.ggml)", "All files (*)"])
        dialog.fileSelected.connect(lambda path: self.model_chosen.emit(Path(path)))
        dialog.open()


class _StateDot(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(8, 8)
        self._state = ModelState.IDLE

    def show_state(self, state: ModelState) -> None:
        self._state = state
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if is_theme_change(event):
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        table = colours()
        by_state = {
            ModelState.IDLE: table.faint,
            ModelState.WAITING: table.accent,
            ModelState.LOADING: table.accent,
            ModelState.READY: table.good,
            ModelState.FAILED: table.error,
        }
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(by_state[self._state]))
        painter.drawEllipse(self.rect())


def _cancel_button() -> QPushButton:
    button = QPushButton("Cancel")
    button.setObjectName("cancelLoading")
    button.setProperty("role", "link")
    button.setAccessibleName("Cancel loading the model")
    button.setToolTip("Cancel loading the model")
    return button


def _files_of_namesakes(models: Sequence[ModelFile]) -> dict[Path, str]:
    """Return the files of models that share their name, each as short as tells it apart."""
    count = Counter(file.name for file in models)
    paths = [file.path for file in models if count[file.name] > 1]
    return dict(zip(paths, short_paths(paths), strict=True))
