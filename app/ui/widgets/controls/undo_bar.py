"""One line that says what was done and offers to undo it; and all that can still be undone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from app.ui.widgets.controls.elided import Elided

SHOWN_MS = 30_000
SHOWN_AFTER_MS = 5_000
"""At least so long after the pointer left it."""
MOST_KEPT = 20


@dataclass(frozen=True, slots=True, eq=False)
class Undoable:
    """Something that was done, in a sentence, and what undoes it."""

    text: str
    undo: Callable[[], None]


class UndoBar(QFrame):
    """Hidden until `offer`; hides after a while, unless it is pointed at, and after Undo.

    What is out of sight can still be undone: `kept` has it, the newest first.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self._text = Elided(is_file_name=True)  # its end tells what was done
        self._kept: list[Undoable] = []
        self._shown: Undoable | None = None
        undo = QPushButton("Undo")
        undo.setObjectName("undo")
        undo.setProperty("role", "link")
        undo.setAccessibleName("Undo")
        undo.setToolTip("Undo this")
        undo.clicked.connect(self._undo_shown)
        self._button = undo
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 8, 4)
        row.addWidget(self._text)
        row.addStretch()
        row.addWidget(undo)
        self._rest_ms = SHOWN_MS
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._leave)
        self.hide()

    @property
    def kept(self) -> tuple[Undoable, ...]:
        """Return what can still be undone, the newest first."""
        return tuple(reversed(self._kept))

    def offer(self, text: str, undo: Callable[[], None]) -> None:
        """Show what was done; `undo` is called where the user wants it undone."""
        self._shown = Undoable(text, undo)
        self._kept = [*self._kept, self._shown][-MOST_KEPT:]
        self._text.setText(text)
        self.show()
        if not self.underMouse():
            self._timer.start(SHOWN_MS)

    def undo(self, done: Undoable) -> None:
        """Undo one of those that are kept."""
        if done in self._kept:
            self._kept.remove(done)
            if done is self._shown:
                self.hide()
            done.undo()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Wait while it is pointed at."""
        super().enterEvent(event)
        self._rest_ms = max(self._timer.remainingTime(), SHOWN_AFTER_MS)
        self._timer.stop()

    def leaveEvent(self, event: QEvent) -> None:
        """Go on where the waiting began."""
        super().leaveEvent(event)
        if self.isVisible():
            self._timer.start(self._rest_ms)

    def _leave(self) -> None:
        if self._button.hasFocus():  # somebody walks to it with the keyboard
            self._timer.start(SHOWN_AFTER_MS)
        else:
            self.hide()

    def _undo_shown(self) -> None:
        if self._shown is not None:
            self.undo(self._shown)
