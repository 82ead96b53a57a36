"""The pill that says which language answers and code are meant to be in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QWidget

from app.core.commands import CHOOSE_LANGUAGE
from app.ui.widgets.controls.buttons import click_at
from app.ui.widgets.controls.keys import tooltip
from app.ui.widgets.controls.pill import Pill
from app.ui.widgets.controls.popup import Choice, Popup

AUTO = "Auto"


class LanguagePicker(Pill):
    """Shows the language; opens a searchable list. The first entry lets the model decide."""

    language_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("languagePicker")
        self.setToolTip(tooltip(CHOOSE_LANGUAGE))
        click_at(self, CHOOSE_LANGUAGE)
        self._source: Callable[[], Sequence[Choice]] = tuple
        self._language = AUTO
        self._label = label = QLabel("Language")
        label.setProperty("role", "muted")
        self._shown = QLabel()
        self._shown.setProperty("role", "strong")
        self.row.addWidget(label)
        self.row.addWidget(self._shown)
        self._popup = Popup(self, width=300, search_words="Name, alias or file extension")
        self._popup.chosen.connect(self._on_chosen)
        self.clicked.connect(self._open)
        self.set_language(AUTO)

    @property
    def language(self) -> str:
        """Return the chosen language, or `Auto`."""
        return self._language

    def set_languages(self, source: Callable[[], Sequence[Choice]]) -> None:
        """Offer after `Auto` what `source` gives; it is asked when the list opens."""
        self._source = source

    def set_language(self, language: str) -> None:
        """Show `language` as chosen, without a signal; an empty string is `Auto`."""
        self._language = language or AUTO
        self._shown.setText(self._language)
        self.setAccessibleName(f"Language: {self._language}")
        self.updateGeometry()

    def set_short(self, *, is_short: bool) -> None:
        """Show the language without the word before it."""
        if self._label.isHidden() != is_short:
            self._label.setVisible(not is_short)
            self.row.invalidate()
            self.updateGeometry()

    def _open(self) -> None:
        auto = Choice(AUTO, AUTO, "Detected from the question", tip="Follows your question")
        choices = [
            replace(choice, is_current=True) if choice.value == self._language else choice
            for choice in (auto, *self._source())
        ]
        self._popup.open_below(self, choices)

    def _on_chosen(self, language: object) -> None:
        self.set_language(str(language))
        self.language_chosen.emit(self._language)
