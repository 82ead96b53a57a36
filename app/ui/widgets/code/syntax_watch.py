"""Asks for a code view's text to be checked whenever it has changed, and keeps what was found."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QPlainTextEdit
from shiboken6 import isValid

from app.core.syntax import UNKNOWN, Syntax

_AFTER_MS = 400
"""How long a text must rest; while it streams, how often it is looked at."""

MOST_CHECKED = 1_000_000
"""Characters; a longer text is not checked, as handing it on would hold the window up."""


class SyntaxWatch(QObject):
    """Belongs to one view. Whoever streams into the view calls `grow` and `finish`.

    `syntax` is what was found last, once anything `is_known`.
    """

    wanted = Signal(object, str, str, bool)  # itself, the language, the text, whether it is whole
    found = Signal()
    told = Signal(str)  # the language, where the view was not told any

    def __init__(self, view: QPlainTextEdit) -> None:
        super().__init__(view)
        self.language = ""
        self.syntax = UNKNOWN
        self.is_known = False
        self._view = view
        self._is_whole = True
        self._checked = -1
        self._timer = QTimer(self, singleShot=True, interval=_AFTER_MS)
        self._timer.timeout.connect(self._ask)
        view.document().contentsChange.connect(self._on_change)

    @property
    def is_whole(self) -> bool:
        """Tell whether nothing is being written into the view."""
        return self._is_whole

    def use(self, language: str) -> None:
        """Take what is there as code of this language from now on."""
        self.language = language
        self._checked = -1
        if not self._view.document().isEmpty():
            self._ask()

    def grow(self) -> None:
        """Say that the text is being written, and not whole until `finish`."""
        self._is_whole = False

    def finish(self) -> None:
        """Say that the text is whole; it is looked at now."""
        self._is_whole = True
        self._checked = -1
        self._ask()

    def show(self, syntax: Syntax) -> None:
        """Keep what was found. While the text is written only what is wrong is of interest.

        Nothing is kept where the view is gone meanwhile.
        """
        if not isValid(self):
            return
        self.is_known = True
        self.syntax = syntax if self._is_whole or syntax.is_error else UNKNOWN
        self.found.emit()

    def tell(self, language: str) -> None:
        """Say in which language the text is, and have it checked as that, where it still stands."""
        if not isValid(self):
            return
        self.told.emit(language)
        self._checked = -1
        self._ask()

    def _on_change(self, _position: int, _removed: int, _added: int) -> None:
        # Restarted by each key, but not by each piece of an answer, which would put it off.
        if self._is_whole or not self._timer.isActive():
            self._timer.start()

    def _ask(self) -> None:
        self._timer.stop()
        revision = self._view.document().revision()  # colours leave it as it is
        if revision != self._checked:
            self._checked = revision
            if self._view.document().characterCount() > MOST_CHECKED:
                self.show(UNKNOWN)
                return
            self.wanted.emit(self, self.language, self._view.toPlainText(), self._is_whole)
