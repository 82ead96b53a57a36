"""Asks what to do with a chat that does not fit the context, and shows what would be left out."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.core.commands import CHAT_SETTINGS, LEAVE
from app.core.context import Fit, OverflowChoice
from app.ui.widgets.controls.buttons import text_button
from app.ui.widgets.controls.dialog import Dialog
from app.ui.widgets.controls.keys import tooltip
from app.ui.widgets.look.amounts import tokens_text

_WIDTH_PX = 560
_ROW_PX = 28
_MOST_ROWS = 8


class OverflowDialog(Dialog):
    """One button for each thing that can be done. Closing it is the same as cancelling."""

    chosen = Signal(OverflowChoice, bool)  # what, and whether for this chat from now on

    def __init__(self, fit: Fit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("overflowDialog")
        self.setWindowTitle("This does not fit the context")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._fit = fit
        self._first: QPushButton | None = None
        self.remember = QCheckBox("Always do this in this chat")
        self.remember.setObjectName("rememberOverflow")
        self.remember.setAccessibleName("Always do this in this chat")
        self.remember.setToolTip(tooltip(CHAT_SETTINGS, "You can change this in the chat settings"))
        self.list = _list_of(fit)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(12)
        column.addWidget(_numbers(fit))
        if fit.can_trim:
            column.addWidget(_label("To make room, this will be left out:", role="strong"))
            column.addWidget(self.list)
        else:
            column.addWidget(_label("Leaving out all earlier messages would not be enough."))
        column.addWidget(_label(_why_not(fit), role="small"))
        column.addWidget(self.remember)
        column.addLayout(self._buttons())
        column.addStretch(1)
        if self._first is not None:
            self._first.setFocus()
        self.setMinimumWidth(_WIDTH_PX)
        self.resize(_WIDTH_PX, column.totalHeightForWidth(_WIDTH_PX))
        self.rejected.connect(lambda: self.chosen.emit(OverflowChoice.CANCEL, False))  # noqa: FBT003

    def _buttons(self) -> QHBoxLayout:
        fit, row = self._fit, QHBoxLayout()
        row.setSpacing(8)
        cancel = text_button(
            "Cancel", "overflowCancel", tooltip(LEAVE, "Send nothing and keep the draft")
        )
        cancel.clicked.connect(self.reject)
        row.addWidget(cancel)
        row.addStretch(1)
        offers: list[QPushButton] = []
        if fit.raised_tokens:
            words = f"Increase the context to {fit.raised_tokens:,}"
            tip = "Reload the model with a context large enough for everything"
            offers.append(self._offer(words, "overflowRaise", tip, OverflowChoice.RAISE))
        if fit.can_summarise:
            tip = "Replace the messages that are left out with the model's summary"
            offers.append(self._offer("Sum up", "overflowSummarise", tip, OverflowChoice.SUMMARISE))
        if fit.can_trim:
            tip = "Send the rest; nothing is deleted from the chat"
            offers.append(self._offer("Leave out", "overflowTrim", tip, OverflowChoice.TRIM))
        for offer in offers:
            row.addWidget(offer)
        if offers:
            self.set_enter_button(offers[-1])
            self._first = offers[-1]
        return row

    def _offer(self, words: str, name: str, tip: str, choice: OverflowChoice) -> QPushButton:
        button = text_button(words, name, tip)
        button.clicked.connect(lambda: self._choose(choice))
        return button

    def _choose(self, choice: OverflowChoice) -> None:
        self.chosen.emit(choice, self.remember.isChecked())
        self.accept()


def _numbers(fit: Fit) -> QLabel:
    room = fit.context_tokens - fit.answer_tokens
    return _label(
        f"This needs {tokens_text(fit.prompt_tokens)}; {room:,} fit. The context holds "
        f"{fit.context_tokens:,}, and {fit.answer_tokens:,} of them are reserved for the answer."
    )


def _why_not(fit: Fit) -> str:
    """Say why something that one might look for is not offered."""
    words = []
    if not fit.raised_tokens:
        if fit.trained_tokens and fit.prompt_tokens + fit.answer_tokens > fit.trained_tokens:
            reason = f"this model was trained for {tokens_text(fit.trained_tokens)}"
        else:
            reason = "not enough free memory"
        words.append(f"The context cannot be increased enough: {reason}.")
    if fit.can_trim and fit.leaves_messages and not fit.can_summarise:
        words.append("A base model cannot summarise a chat.")
    if fit.can_trim:
        words.append("Nothing is deleted: the chat stays as it is.")
    if fit.can_trim and fit.leaves_messages:
        words.append("Slightly more is left out, so that the chat need not be reread each time.")
    return " ".join(words)


def _list_of(fit: Fit) -> QTreeWidget:
    view = QTreeWidget()
    view.setObjectName("overflowLosses")
    view.setAccessibleName("What would be left out")
    view.setToolTip("What would be left out")
    view.setColumnCount(2)
    view.setHeaderHidden(True)
    view.setRootIsDecorated(False)
    view.setUniformRowHeights(True)
    view.setSelectionMode(QTreeWidget.SelectionMode.NoSelection)
    view.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    for loss in fit.losses:
        row = QTreeWidgetItem(view, [loss.name, tokens_text(loss.tokens)])
        row.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.setToolTip(0, loss.name)
    view.header().setStretchLastSection(False)
    view.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    view.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
    view.setFixedHeight(_ROW_PX * min(max(len(fit.losses), 2), _MOST_ROWS) + 12)
    return view


def _label(text: str, *, role: str = "") -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setProperty("role", role)
    label.setVisible(bool(text))
    return label
