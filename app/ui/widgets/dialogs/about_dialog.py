"""What the program is, what it is made of, and the licences, to be read offline."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtWidgets import (
    QListWidget,
    QPlainTextEdit,
    QWidget,
)

from app.ui.widgets.controls.buttons import text_button
from app.ui.widgets.controls.dialog import Dialog

ROW_PX = 30


class AboutDialog(Dialog):
    """Pages of plain text, chosen at the left."""

    def __init__(self, pages: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("aboutDialog")
        self.setWindowTitle("About Starwright")
        self.resize(760, 520)
        self._texts = [text for _, text in pages]
        self.list = QListWidget()
        self.list.setObjectName("aboutPages")
        self.list.setAccessibleName("Pages")
        self.list.setFixedWidth(150)
        self.list.addItems([title for title, _ in pages])
        for row in range(self.list.count()):
            self.list.item(row).setSizeHint(QSize(0, ROW_PX))
        self.text = QPlainTextEdit()
        self.text.setObjectName("aboutText")
        self.text.setAccessibleName("About")
        self.text.setReadOnly(True)
        self.list.currentRowChanged.connect(lambda row: self.text.setPlainText(self._texts[row]))
        close = text_button("Close", "closeAbout", "Close")
        close.clicked.connect(self.accept)
        self.show_beside(self.list, self.text, close)
        self.list.setCurrentRow(0)
