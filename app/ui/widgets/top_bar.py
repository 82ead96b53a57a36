"""The bar at the top: where it is narrow, what matters least goes first."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from app.ui.widgets.language_picker import LanguagePicker
from app.ui.widgets.model_picker import ModelPicker

_HEIGHT_PX = 52
_ROOM = ((0, False), (1, False), (1, True), (2, True))
"""Parts of the model picker that go, and whether the word Language does, in this order."""


class TopBar(QFrame):
    """Model and language at the left, further widgets at the right."""

    def __init__(self, models: ModelPicker, languages: LanguagePicker) -> None:
        super().__init__()
        self.setObjectName("topBar")
        self.setMinimumHeight(_HEIGHT_PX)
        self._models, self._languages = models, languages
        self._is_fitting = False
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(16, 6, 16, 6)
        row.setSpacing(8)
        row.addWidget(models)
        row.addWidget(languages)
        row.addStretch(1)

    def add(self, widget: QWidget) -> None:
        """Put a widget at the right end."""
        self._row.addWidget(widget)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.LayoutRequest and not self._is_fitting:
            self._fit()
        return super().event(event)

    def _fit(self) -> None:
        """Leave out so much that the model's name fits whole, as far as that can be."""
        self._is_fitting = True
        for left_out, is_short in _ROOM:
            self._models.leave_out(left_out)
            self._languages.set_short(is_short=is_short)
            self._row.invalidate()
            if self._row.sizeHint().width() <= self.width():
                break
        self._row.activate()
        self._is_fitting = False
