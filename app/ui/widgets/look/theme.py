"""Puts the look on the application: fonts, palette, style sheet; follows the system's setting."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QStyleFactory

from app.ui.widgets.look.fonts import application_font, load_fonts
from app.ui.widgets.look.palette import DARK, LIGHT, THEMES, Colours, qt_palette
from app.ui.widgets.look.sentence_case import SentenceCase
from app.ui.widgets.look.style_sheet import style_sheet


class Theme(QObject):
    """The application's look. Make one, keep it, call `apply` before the first widget is made."""

    changed = Signal()

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._application = application
        self._chosen = ""
        self._text_percent = 100
        self._words = SentenceCase(self)
        application.installTranslator(self._words)
        application.styleHints().colorSchemeChanged.connect(self._follow)

    def apply(self) -> None:
        """Load the fonts and put on the theme that the system asks for."""
        load_fonts()
        fusion = QStyleFactory.create("Fusion")
        if fusion is not None:
            self._application.setStyle(fusion)
        self._application.setFont(application_font(self._text_percent))
        self._put_on()

    def choose(self, scheme: str) -> None:
        """Use one of `palette.THEMES`; any other word, `system`, follows the system again."""
        self._chosen = scheme
        self._put_on()

    def set_text(self, percent: int) -> None:
        """Show all text larger than designed; 100 is as designed."""
        self._text_percent = percent
        self._application.setFont(application_font(percent))
        self._put_on()

    def _table(self) -> Colours:
        if self._chosen in THEMES:
            return THEMES[self._chosen]
        scheme = self._application.styleHints().colorScheme()
        return DARK if scheme is Qt.ColorScheme.Dark else LIGHT

    def _follow(self) -> None:
        self._put_on()

    def _put_on(self) -> None:
        table = self._table()
        self._application.setPalette(qt_palette(table))
        # Widgets that draw by themselves wait for the style change; the palette is there by then.
        self._application.setStyleSheet(style_sheet(table))
        self.changed.emit()
