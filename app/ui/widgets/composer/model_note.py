"""One line below the composer: what a person must know of the model, and a link to another."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QLabel, QWidget

from app.ui.widgets.look.palette import colours, is_theme_change


class ModelNote(QLabel):
    """Hidden while there is nothing to say. Names in it are text, never markup."""

    open_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words, self._link = "", ""
        self.setObjectName("modelNote")
        self.setAccessibleName("About this model")
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.setContentsMargins(16, 0, 16, 8)
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.RichText)
        flags = Qt.TextInteractionFlag
        self.setTextInteractionFlags(flags.LinksAccessibleByMouse | flags.LinksAccessibleByKeyboard)
        self.linkActivated.connect(lambda _: self.open_requested.emit())
        self.hide()

    def say(self, words: str, link: str = "") -> None:
        """Show words and, after them, a link that asks for another model."""
        self._words, self._link = words, link
        colour = colours().accent
        anchor = f' <a href="#" style="color: {colour}">{escape(link)}</a>' if link else ""
        self.setText(escape(words) + anchor)
        self.setAccessibleDescription(f"{words} {link}".strip())
        self.setVisible(bool(words))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if is_theme_change(event) and self._link:
            self.say(self._words, self._link)
