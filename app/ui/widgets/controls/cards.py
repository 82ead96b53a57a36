"""Small cards between messages: a notice, and an error with what to do about it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.ui.widgets.controls.parting import part_with
from app.ui.widgets.look.icons import IconButton, IconLabel


class Notice(QFrame):
    """One quiet sentence that is good to know."""

    closed = Signal()

    def __init__(
        self, text: str, *, can_close: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self.setAccessibleName(text)
        words = _words(text)
        words.setProperty("role", "small")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 9, 12, 9)
        row.setSpacing(9)
        row.addWidget(IconLabel("info"), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(words, 1)
        if can_close:
            row.addWidget(_close_button(self.closed), 0, Qt.AlignmentFlag.AlignTop)


class NoticePlace:
    """A place in a column for one notice at a time."""

    def __init__(self, column: QVBoxLayout, row: int) -> None:
        self._column, self._row = column, row
        self._notice: Notice | None = None

    def show(self, text: str) -> None:
        """Say this in place of what was said before."""
        self.clear()
        self._notice = Notice(text)
        self._column.insertWidget(self._row, self._notice)

    def clear(self) -> None:
        """Say nothing."""
        if self._notice is not None:
            part_with(self._notice)
            self._notice = None


class ErrorCard(QFrame):
    """What went wrong, what to do, and a way to try again."""

    retry_requested = Signal()
    closed = Signal()

    def __init__(
        self,
        message: str,
        hint: str,
        *,
        can_retry: bool,
        can_close: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.about = ""
        self.setObjectName("errorCard")
        self.setAccessibleName(f"{message} {hint}".strip())
        text = _words(message)
        text.setObjectName("errorText")
        words = QVBoxLayout()
        words.setSpacing(3)
        words.addWidget(text)
        if hint:
            words.addWidget(_words(hint))
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 11, 12, 11)
        row.setSpacing(10)
        row.addWidget(IconLabel("alert", role="error"), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        if can_retry:
            retry = QPushButton("Try again")
            retry.setObjectName("retry")
            retry.setAccessibleName("Try again")
            retry.setToolTip("Send the same question again")
            retry.clicked.connect(self.retry_requested)
            row.addWidget(retry, 0, Qt.AlignmentFlag.AlignVCenter)
        if can_close:
            row.addWidget(_close_button(self.closed), 0, Qt.AlignmentFlag.AlignTop)


def _close_button(closed: SignalInstance) -> IconButton:
    button = IconButton("close", "Close this message", object_name="closeCard")
    button.setProperty("role", "chipRemove")
    button.clicked.connect(closed)
    return button


def _words(text: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
