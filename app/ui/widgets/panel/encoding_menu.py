"""Which encoding a tab's file has: shown below the code, and chosen there.

As in other editors a file can be opened again as another encoding, which changes what is seen, or
saved in another, which changes what is written.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal, SignalInstance
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from app.text.encodings import ENCODINGS, words_of
from app.ui.widgets.controls.popup import Choice, Popup

_WIDTH = 320


class EncodingButton(QPushButton):
    """The name of the encoding; a click offers others."""

    reopen_wanted = Signal(str)  # an encoding's name
    save_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("codeEncoding")
        self.setProperty("role", "link")
        self._shown: tuple[str, bool, bool] | None = None  # encoding, is exact, has a file
        self.clicked.connect(self.open_menu)

    def show_encoding(self, encoding: str, *, is_exact: bool, has_file: bool) -> None:
        """Say which encoding it is, and whether some bytes are nothing in it."""
        shown = (encoding, is_exact, has_file)
        if shown == self._shown:
            return
        self._shown = shown
        words = words_of(encoding)
        self.setText(words if is_exact else f"{words}, damaged")
        self.setAccessibleName(f"Encoding: {self.text()}")
        tip = "Reopen or save with another encoding"
        lost = f"Some bytes are not valid {words} and show as \ufffd. Saving would lose them."
        self.setToolTip(tip if is_exact else f"{lost}\n{tip}")

    def open_menu(self) -> None:
        """Ask whether to reopen or to save."""
        menu = QMenu(self)
        menu.setObjectName("encodingMenu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        reopen = menu.addAction("Reopen with encoding…")
        reopen.setEnabled(self._has_file())
        reopen.triggered.connect(self.choose_to_reopen)
        menu.addAction("Save with encoding…").triggered.connect(self.choose_to_save)
        place = self.mapToGlobal(QPoint(0, 0))
        menu.popup(place - QPoint(0, menu.sizeHint().height()))

    def choose_to_reopen(self) -> None:
        """Ask for the encoding to read the file with."""
        if self._has_file():
            self._choose("Reopen with encoding", self.reopen_wanted)

    def choose_to_save(self) -> None:
        """Ask for the encoding to save in."""
        self._choose("Save with encoding", self.save_wanted)

    def _has_file(self) -> bool:
        return self._shown is not None and self._shown[2]

    def _choose(self, words: str, wanted: SignalInstance) -> None:
        window = self.window()
        chooser = Popup(window, width=_WIDTH, search_words=words)
        chooser.setObjectName("encodingChooser")
        chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chooser.chosen.connect(wanted.emit)
        current = self._shown[0] if self._shown is not None else ""
        choices = [
            Choice(one.words, one.name, is_current=one.name == current, more=(one.name,))
            for one in ENCODINGS
        ]
        corner = self.mapToGlobal(QPoint(self.width() - _WIDTH, 0))
        chooser.open_at(corner, choices)
        chooser.move(corner - QPoint(0, chooser.height() + 4))
