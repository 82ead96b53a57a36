"""One line that says that the model does not know the language, and offers one that does."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from app.ui.widgets.controls.buttons import text_button
from app.ui.widgets.look.icons import IconButton, IconLabel
from app.ui.widgets.look.measures import COLUMN_PX, MARGIN_PX


class LanguageHint(QWidget):
    """Hidden while there is nothing to say; can be sent away."""

    model_chosen = Signal(Path)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("languageHint")
        self._path = Path()
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._choose = text_button("Choose model", "chooseLarge", "Choose this model", role="link")
        self._choose.clicked.connect(self._on_choose)
        close = IconButton("close", "Hide this hint", object_name="hideLanguageHint")
        close.clicked.connect(self.hide)
        card = QFrame()
        card.setObjectName("languageHintCard")
        card.setMaximumWidth(COLUMN_PX)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(MARGIN_PX, 4, MARGIN_PX, 4)
        whole.addStretch(1)
        whole.addWidget(card, 1000)
        whole.addStretch(1)
        row = QHBoxLayout(card)
        row.setContentsMargins(12, 4, 8, 4)
        row.setSpacing(8)
        row.addWidget(IconLabel("info", role="warning"))
        row.addWidget(self._text, 1)
        row.addWidget(self._choose)
        row.addWidget(close)
        self.hide()

    def text(self) -> str:
        """Return what is said, empty where nothing is."""
        return "" if self.isHidden() else self._text.text()

    def show_hint(self, text: str, model: str, path: Path | None) -> None:
        """Say it; offer the model where there is one. An empty text hides the line."""
        self._text.setText(text)
        self.setAccessibleName(text or "Language hint")
        self._choose.setText(f"Choose {model}")
        self._choose.setAccessibleName(f"Choose {model}")
        self._choose.setVisible(path is not None)
        self._path = path or Path()
        self.setVisible(bool(text))

    def _on_choose(self) -> None:
        self.hide()
        self.model_chosen.emit(self._path)
