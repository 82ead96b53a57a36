"""What came of running a snippet's prompt again: the same text, or what differs."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.core.errors import AppError
from app.core.hunks import Hunk
from app.core.snippets import RanAgain
from app.ui.widgets.code.diff_view import DiffView
from app.ui.widgets.controls.buttons import text_button


class RunAgainCard(QFrame):
    """Hidden until something runs."""

    stop_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runAgain")
        self._words = QLabel()
        self._words.setObjectName("runAgainWords")
        self._words.setAccessibleName("Result of running it again")
        self._words.setWordWrap(True)
        self._stop = text_button("Stop", "stopRunAgain", "Stop running it again")
        self._stop.clicked.connect(self.stop_requested)
        self.difference = DiffView(can_take=False)
        self.difference.closed.connect(self.clear)
        head = QHBoxLayout()
        head.setContentsMargins(12, 8, 8, 8)
        head.addWidget(self._words, 1)
        head.addWidget(self._stop)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.difference, 1)
        self.clear()

    def words(self) -> str:
        """Return what is said."""
        return self._words.text()

    def clear(self) -> None:
        """Say nothing."""
        self.hide()

    def show_activity(self, text: str) -> None:
        """Say how far it is."""
        self._say(text, tone="")
        self._stop.show()

    def show_result(self, result: RanAgain, hunks: Sequence[Hunk]) -> None:
        """Say whether it is the same text; show the lines that differ."""
        if result.is_same:
            words = f"Identical: all {len(result.now):,} characters match."
            if not result.holds_snippet:
                words += " Your snippet was edited and differs from the answer."
        else:
            words = "Different. − then, + now."
        self._say(f"{words} {result.note}".strip(), tone="good" if result.is_same else "warning")
        if not result.is_same:
            self.difference.show_hunks(result.then, hunks)
            self.difference.show()
            self._grow(is_tall=True)

    def show_error(self, error: AppError) -> None:
        """Say why it could not run."""
        self._say(str(error), tone="warning")

    def _say(self, words: str, *, tone: str) -> None:
        self._words.setText(words)
        self.setProperty("tone", tone)
        self.style().polish(self)
        self._stop.hide()
        self.difference.hide()
        self._grow(is_tall=False)
        self.show()

    def _grow(self, *, is_tall: bool) -> None:
        policy = QSizePolicy.Policy
        self.setSizePolicy(policy.Preferred, policy.Expanding if is_tall else policy.Maximum)
