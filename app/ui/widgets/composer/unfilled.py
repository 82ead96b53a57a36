"""Asks what to do with a draft that still has places to fill."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from app.core.commands import NEXT_PLACE
from app.ui.widgets.controls.buttons import text_button
from app.ui.widgets.controls.keys import tooltip
from app.ui.widgets.look.icons import IconLabel


class Unfilled(QFrame):
    """One line above the draft; hidden until `ask`."""

    fill_requested = Signal()
    send_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("unfilled")
        self._words = QLabel()
        self._words.setObjectName("unfilledText")
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setWordWrap(True)
        fill = text_button(
            "Fill in", "fillPlaces", tooltip(NEXT_PLACE, "Go to the first one"), role="tool"
        )
        send = text_button("Send as it is", "sendUnfilled", "Send the «marks» too", role="tool")
        fill.clicked.connect(self.fill_requested)
        send.clicked.connect(self.send_requested)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(IconLabel("info", role="warning"), 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._words, 1)
        row.addWidget(fill)
        row.addWidget(send)
        self.hide()

    def ask(self, places: Sequence[str]) -> None:
        """Name the places that nobody has filled in."""
        shown = ", ".join(places[:3]) + (f" and {len(places) - 3} more" if len(places) > 3 else "")
        verb = "is" if len(places) == 1 else "are"
        self._words.setText(f"{shown} {verb} not filled in.")
        self.setAccessibleName(self._words.text())
        self.show()
