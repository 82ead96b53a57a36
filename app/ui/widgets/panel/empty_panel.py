"""What the code panel shows while it has no tab: what will be here, and how to begin."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from app.core.commands import NEW_TAB, OPEN_FILE
from app.ui.widgets.controls.button_row import ButtonRow
from app.ui.widgets.controls.buttons import text_button
from app.ui.widgets.controls.keys import tooltip
from app.ui.widgets.look.icons import IconLabel

_EMPTY = "Code from answers appears here."


class EmptyPanel(QFrame):
    """One sentence and two buttons, in the middle."""

    open_requested = Signal()
    new_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("codePanelEmpty")
        words = QLabel(_EMPTY)
        words.setProperty("role", "muted")
        words.setWordWrap(True)
        words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        open_file = text_button(
            "Open file…", "emptyOpenFile", tooltip(OPEN_FILE, "Open a file in a tab")
        )
        new_tab = text_button("New tab", "emptyNewTab", tooltip(NEW_TAB, "Write in a new tab"))
        open_file.clicked.connect(self.open_requested)
        new_tab.clicked.connect(self.new_requested)
        buttons = ButtonRow([open_file], [new_tab], is_centred=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(0)
        column.addStretch(1)
        column.addWidget(IconLabel("code", role="faint", size=28), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(12)
        column.addWidget(words)
        column.addSpacing(16)
        column.addWidget(buttons)
        column.addStretch(1)
