"""The middle of the window: the messages of the open chat, from the first to the one being written.

Text of an answer is gathered and shown about thirty times a second. The view follows the end
only while the user is looking at the end.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget
from shiboken6 import isValid

from app.core.events import FinishReason
from app.core.messages import Message, Role
from app.ui.widgets.cards import ErrorCard, Notice
from app.ui.widgets.empty_state import EmptyState
from app.ui.widgets.message_view import AnswerMessage, UserMessage
from app.ui.widgets.prose_block import ProseBlock

COLUMN_PX = 760
MARGIN_PX = 28
SCROLL_BAR_PX = 10
_FLUSH_MS = 33
_FLUSH_SHARE = 4  # the window rests this many times as long as a flush took
_FIRST_MESSAGES = 12  # more than fill a screen
_NEAR_END_PX = 24
_SLICE_S = 0.005

_NOTES = {
    FinishReason.CANCELLED: "Stopped.",
    FinishReason.LENGTH: "The answer ends here because it reached its limit of tokens.",
    FinishReason.CONTEXT: "The answer ends here because the context is full.",
}


class Conversation(QScrollArea):
    """Shows messages; an answer is written between `begin_answer` and `finish`."""

    example_chosen = Signal(str)
    retry_requested = Signal()
    link_activated = Signal(str)
    panel_requested = Signal(str, str)  # code, language

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("conversation")
        self.setAccessibleName("Conversation")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Always there, unseen while there is nothing to scroll, so that the column never jumps.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self._pending: list[str] = []
        self._answer: AnswerMessage | None = None
        self._earlier: list[Message] = []
        self._follows_end = True
        self._height = 0
        self._grown_above = 0
        self.empty = EmptyState()
        self.empty.example_chosen.connect(self.example_chosen)
        self._page = QWidget()
        self._column = self._make_column()
        self._flush_timer = QTimer(self, singleShot=True)
        self._flush_timer.timeout.connect(self.flush)
        self._earlier_timer = QTimer(self, interval=0)
        self._earlier_timer.timeout.connect(self._show_one_earlier)
        self._stale: deque[ProseBlock] = deque()
        self._stale_timer = QTimer(self, interval=0)
        self._stale_timer.timeout.connect(self._fit_stale)
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        self.verticalScrollBar().rangeChanged.connect(self._on_range)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            blocks = self._page.findChildren(ProseBlock)
            self._stale = deque(block for block in blocks if block.is_stale)
            self._stale_timer.start()

    def load(self, messages: Sequence[Message]) -> None:
        """Show a chat: its last messages at once, the earlier ones when the window has time."""
        self.clear()
        spoken = [message for message in messages if message.role is not Role.SYSTEM]
        self._earlier = spoken[:-_FIRST_MESSAGES]
        for message in spoken[-_FIRST_MESSAGES:]:
            self._add(self._view_of(message))
        if self._earlier:
            self._earlier_timer.start()

    def clear(self) -> None:
        """Show the empty state; an answer being written is dropped from view."""
        self._flush_timer.stop()
        self._earlier_timer.stop()
        self._stale_timer.stop()
        self._stale.clear()
        self._pending.clear()
        self._earlier, self._answer, self._follows_end = [], None, True
        for view in self.messages():
            self._column.removeWidget(view)
            view.hide()
            view.deleteLater()
        self.empty.show()

    def messages(self) -> list[QWidget]:
        """Return the messages and cards shown, first to last."""
        items = [self._column.itemAt(n) for n in range(self._column.count())]
        views = [item.widget() for item in items if item is not None]
        return [view for view in views if view is not None and view is not self.empty]

    def add_user(self, text: str) -> None:
        """Show what the user said, and go to the end."""
        self._follows_end = True
        self._add(UserMessage(text))

    def begin_answer(self) -> None:
        """Start an answer at the end; `append` fills it."""
        answer = self._new_answer()
        self._add(answer)
        answer.begin()
        self._answer = answer

    def show_activity(self, text: str) -> None:
        """Say what happens before the first text: loading, waiting, reading."""
        if self._answer is not None:
            self._answer.show_activity(text)

    def append(self, text: str) -> None:
        """Add text to the answer; it is on the screen within about 33 ms.

        Text that comes when no answer is being written, say after `clear`, is dropped.
        """
        if self._answer is None:
            return
        self._pending.append(text)
        if not self._flush_timer.isActive():
            self._flush_timer.start(_FLUSH_MS)

    def flush(self) -> None:
        """Show all text that was gathered."""
        if self._answer is None or not self._pending:
            return
        began = time.perf_counter()
        text = "".join(self._pending)
        self._pending.clear()
        self._answer.append(text)
        cost_ms = (time.perf_counter() - began) * 1000
        self._flush_timer.start(max(_FLUSH_MS, int(cost_ms * _FLUSH_SHARE)))

    def finish(self, reason: FinishReason = FinishReason.STOP) -> None:
        """End the answer and say why, where that is not plain to see."""
        self.flush()
        self._flush_timer.stop()
        if self._answer is None:
            return
        self._answer.finish()
        if reason in _NOTES:
            self._answer.show_note(_NOTES[reason])
        self._answer = None

    def fail(self, message: str, hint: str = "", *, can_retry: bool = True) -> None:
        """End the answer, or what should have become one, with an error."""
        if self._answer is None:
            card = ErrorCard(message, hint, can_retry=can_retry)
            card.retry_requested.connect(self.retry_requested)
            self._add(card)
            return
        answer = self._answer
        self.finish(FinishReason.ERROR)
        answer.show_error(message, hint, can_retry=can_retry)

    def show_notice(self, text: str) -> None:
        """Show one quiet sentence at the end."""
        self._add(Notice(text))

    def scroll_to_end(self) -> None:
        self._follows_end = True
        self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())

    def _make_column(self) -> QVBoxLayout:
        column = QWidget()
        column.setMaximumWidth(COLUMN_PX)
        layout = QVBoxLayout(column)
        layout.setContentsMargins(0, 16, 0, 16)
        layout.setSpacing(12)
        layout.addWidget(self.empty, 1000)
        # Room that is left goes below the messages; before the first it is the empty state's.
        layout.addStretch(1)
        self._page.setProperty("role", "page")
        row = QHBoxLayout(self._page)
        row.setContentsMargins(MARGIN_PX, 0, MARGIN_PX - SCROLL_BAR_PX, 0)
        row.addStretch(1)
        row.addWidget(column, 1000)
        row.addStretch(1)
        self.setWidget(self._page)
        return layout

    def _view_of(self, message: Message) -> QWidget:
        if message.role is Role.USER:
            return UserMessage(message.text)
        answer = self._new_answer()
        answer.append(message.text, is_live=False)
        answer.finish()
        return answer

    def _new_answer(self) -> AnswerMessage:
        answer = AnswerMessage()
        answer.panel_requested.connect(self.panel_requested)
        answer.link_activated.connect(self.link_activated)
        answer.retry_requested.connect(self.retry_requested)
        return answer

    def _add(self, view: QWidget) -> None:
        self.empty.hide()
        self._column.insertWidget(self._column.count() - 1, view)

    def _show_one_earlier(self) -> None:
        if self._earlier:
            self._column.insertWidget(1, self._view_of(self._earlier.pop()))
        else:
            self._earlier_timer.stop()

    def _fit_stale(self) -> None:
        """Let blocks out of sight take their new heights, a slice at a time."""
        ends_at = time.perf_counter() + _SLICE_S
        top = self.verticalScrollBar().value()
        while self._stale and time.perf_counter() < ends_at:
            block = self._stale.popleft()
            if not isValid(block) or not block.is_stale:
                continue
            before = block.height()
            is_above = block.mapTo(self._page, block.rect().bottomLeft()).y() <= top
            block.fit()
            if is_above:
                self._grown_above += block.height() - before
        if not self._stale:
            self._stale_timer.stop()

    def _on_scrolled(self, value: int) -> None:
        self._follows_end = value >= self.verticalScrollBar().maximum() - _NEAR_END_PX

    def _on_range(self, _low: int, high: int) -> None:
        bar = self.verticalScrollBar()
        grown, self._height = high - self._height, high
        if self._follows_end:
            bar.setValue(high)
        elif self._earlier_timer.isActive():  # what grew is above what the user reads
            bar.setValue(bar.value() + grown)
        elif self._grown_above:
            bar.setValue(bar.value() + self._grown_above)
        self._grown_above = 0
