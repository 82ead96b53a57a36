"""What changed between two versions of a code tab, and taking changes over one by one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtGui import QColor, QTextBlockFormat, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.core.commands import ACCEPT_CHANGE, NEXT_CHANGE, PREVIOUS_CHANGE
from app.core.hunks import Hunk, lines_of
from app.ui.widgets.controls.buttons import click_at, text_button
from app.ui.widgets.controls.keys import tooltip
from app.ui.widgets.look.fonts import code_font
from app.ui.widgets.look.icons import IconButton
from app.ui.widgets.look.palette import colours

_CONTEXT_LINES = 3


class DiffView(QFrame):
    """Shows the older text's lines with what goes and what comes; one hunk is the current one."""

    hunk_accepted = Signal(object)
    hunk_rejected = Signal(object)  # only where a change is proposed
    all_accepted = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget | None = None, *, can_take: bool = True) -> None:
        super().__init__(parent)
        self.setObjectName("diffView")
        self._hunks: list[Hunk] = []
        self._places: list[int] = []
        self._current = 0
        self.text = QPlainTextEdit()
        self.text.setObjectName("diffText")
        self.text.setAccessibleName("Changes")
        self.text.setReadOnly(True)
        self.text.setFrameShape(QFrame.Shape.NoFrame)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(code_font())
        self._where = QLabel()
        self._where.setProperty("role", "small")
        before = IconButton("chevron-left", tooltip(PREVIOUS_CHANGE), object_name="hunkBefore")
        after = IconButton("chevron-right", tooltip(NEXT_CHANGE), object_name="hunkNext")
        before.clicked.connect(partial(self.step, -1))
        after.clicked.connect(partial(self.step, 1))
        click_at(before, PREVIOUS_CHANGE)
        click_at(after, NEXT_CHANGE)
        self._take = _short("Accept", tooltip(ACCEPT_CHANGE), "takeHunk")
        click_at(self._take, ACCEPT_CHANGE)
        self._take.clicked.connect(partial(self._decide, self.hunk_accepted))
        self._leave = _short("Reject", "Reject this change", "leaveHunk")
        self._leave.clicked.connect(partial(self._decide, self.hunk_rejected))
        self._leave.hide()
        self._take_all = text_button("Accept all", "takeAll")
        self._take_all.clicked.connect(self.all_accepted)
        close = text_button("Close", "closeDiff")
        close.clicked.connect(self.closed)
        bar = QHBoxLayout()
        bar.setContentsMargins(12, 6, 12, 6)
        bar.setSpacing(6)
        for widget in (before, after, self._where):
            bar.addWidget(widget)
        bar.addStretch()
        for button in (self._leave, self._take, self._take_all, close):
            bar.addWidget(button)
        if not can_take:  # `setVisible(True)` before there is a parent would open a window
            self._take.hide()
            self._take_all.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self.text, 1)

    def show_hunks(self, old: str, hunks: Sequence[Hunk], *, is_proposal: bool = False) -> None:
        """Show what turns `old` into the newer version, or into what is proposed."""
        self._hunks = list(hunks)
        self._leave.setVisible(is_proposal)
        self._write(lines_of(old))
        self._current = min(self._current, max(len(self._hunks) - 1, 0))
        self._take.setEnabled(bool(self._hunks))
        self._take_all.setEnabled(bool(self._hunks))
        self.step(0)

    def step(self, by: int) -> None:
        """Go to another change."""
        if not self._hunks:
            self._where.setText("No differences")
            return
        self._current = (self._current + by) % len(self._hunks)
        self._where.setText(f"Change {self._current + 1} of {len(self._hunks)}")
        block = self.text.document().findBlockByNumber(self._places[self._current])
        self.text.setTextCursor(QTextCursor(block))
        self.text.centerCursor()

    def _decide(self, decided: SignalInstance) -> None:
        if self._hunks:
            decided.emit(self._hunks[self._current])

    def _write(self, old: list[str]) -> None:
        self.text.clear()
        self._places = []
        writer = _Writer(self.text)
        at = 0
        for hunk in self._hunks:
            first = max(hunk.old_start - _CONTEXT_LINES, at)
            if first > at:
                writer.add("gap", f"    line {first + 1}")
            writer.add_all("same", old[first : hunk.old_start])
            self._places.append(writer.count)
            writer.add_all("gone", hunk.old_lines)
            writer.add_all("new", hunk.new_lines)
            at = hunk.old_end
            following = (
                self._hunks[len(self._places)].old_start
                if len(self._places) < len(self._hunks)
                else len(old)
            )
            last = min(at + _CONTEXT_LINES, following)
            writer.add_all("same", old[at:last])
            at = last


def _short(words: str, tip: str, name: str) -> QPushButton:
    """Return a button that says more to those who do not see the change beside it."""
    button = text_button(words, name, tip)
    button.setAccessibleName(tip)
    return button


class _Writer:
    """Writes lines with a mark at their left and a colour behind them."""

    def __init__(self, view: QPlainTextEdit) -> None:
        table = colours()
        self._cursor = QTextCursor(view.document())
        self.count = 0
        self._looks = {
            "same": ("  ", None, table.text),
            "gone": ("- ", table.error_soft, table.text),
            "new": ("+ ", table.good_soft, table.text),
            "gap": ("", table.hover, table.muted),
        }

    def add_all(self, kind: str, lines: Sequence[str]) -> None:
        for line in lines:
            self.add(kind, line.rstrip("\n"))

    def add(self, kind: str, line: str) -> None:
        mark, behind, colour = self._looks[kind]
        look = QTextBlockFormat()
        if behind is not None:
            look.setBackground(QColor(behind))
        letters = QTextCharFormat()
        letters.setForeground(QColor(colour))
        if self.count:
            self._cursor.insertBlock()
        self._cursor.setBlockFormat(look)
        self._cursor.insertText(mark + line, letters)
        self.count += 1
