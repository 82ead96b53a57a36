"""The middle of the window: the messages of the open chat, from the first to the one being written.

Text of an answer is gathered and shown about thirty times a second. The view follows the end
only while the user is looking at the end.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.core.chats import StoredMessage
from app.core.commands import NEXT_MESSAGE, PREVIOUS_MESSAGE
from app.core.errors import AppError
from app.core.events import FinishReason
from app.core.messages import Role
from app.text.event_words import CUT
from app.ui.widgets.controls.cards import ErrorCard, Notice
from app.ui.widgets.controls.hover import HoverAfterScroll
from app.ui.widgets.controls.keys import answer_to
from app.ui.widgets.controls.parting import living, part_with_all
from app.ui.widgets.conversation.answer_parts import first_shown
from app.ui.widgets.conversation.code_block import CodeAction, CodeBlock
from app.ui.widgets.conversation.empty_state import EmptyState
from app.ui.widgets.conversation.message import MessageView
from app.ui.widgets.conversation.message_actions import MessageAction
from app.ui.widgets.conversation.message_tools import MessageTools
from app.ui.widgets.conversation.message_view import AnswerMessage, UserMessage, given_up, words_of
from app.ui.widgets.conversation.prose_block import ProseBlock
from app.ui.widgets.conversation.reading import Spoken, Undrawn
from app.ui.widgets.conversation.stale_blocks import StaleBlocks
from app.ui.widgets.conversation.still_place import StillPlace
from app.ui.widgets.conversation.whole_column import WholeColumn
from app.ui.widgets.look.measures import COLUMN_PX, MARGIN_PX

SCROLL_BAR_PX = 10
_FLUSH_MS = 33
_FLUSH_SHARE = 4  # the window rests this many times as long as a flush took
_NEAR_END_PX = 24
_AROUND_PX = 120
"""What is seen above and below a place that was looked for."""


class Conversation(QScrollArea):
    """Shows messages; an answer is written between `begin_answer` and `finish`."""

    example_chosen = Signal(str)
    retry_requested = Signal()
    link_activated = Signal(str)
    code_requested = Signal(CodeAction, str, str, object)  # what, code, language, message's id
    check_requested = Signal(object, str, str, bool)  # see `SyntaxWatch`
    action_requested = Signal(MessageAction, object)  # what, the message's id
    step_requested = Signal(object, int)  # the message's id, by how many alternatives
    left = Signal()  # the keyboard leaves the messages
    problem_shown = Signal(object)  # an `AppError` that belongs to no answer
    edited = Signal(object, str, bool)  # the message's id, its new text, whether to go on

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
        self._editor_name = ""
        self._earlier: list[StoredMessage] = []
        self._follows_end = True
        self._sought: MessageView | None = None
        self._sought_id: object = None  # of a message that is not drawn yet
        self.empty = EmptyState()
        self.empty.example_chosen.connect(self.example_chosen)
        self._page = QWidget()
        column = QWidget()
        self._column = self._make_column(column)
        self._still = StillPlace(self, self._page, column)
        self._hover = HoverAfterScroll(self)
        self._tools = MessageTools(self, self._page, self._spoken)
        self._tools.wished.connect(self.action_requested)
        self._tools.left.connect(self.left)
        self._tools.editor_opened.connect(self._show_editor)
        for command, step in ((PREVIOUS_MESSAGE, -1), (NEXT_MESSAGE, 1)):
            answer_to(command, self, partial(self.walk, step))
        self._flush_timer = QTimer(self, singleShot=True)
        self._flush_timer.timeout.connect(self.flush)
        self._earlier_timer = QTimer(self, interval=0)
        self._earlier_timer.timeout.connect(self._show_one_earlier)
        self._stale = StaleBlocks(self)
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        self.verticalScrollBar().rangeChanged.connect(self._on_range)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._stale.fit(self._page.findChildren(ProseBlock))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        if not self._tools.bar.has_focus:
            self._tools.rest()

    def load(self, messages: Sequence[StoredMessage]) -> None:
        """Show a chat: its last messages at once, the earlier ones when the window has time."""
        self.clear()
        spoken = [one for one in messages if one.text and one.role is not Role.SYSTEM]
        first = first_shown([message.text for message in spoken])
        self._earlier = spoken[:first]
        for message in spoken[first:]:
            self._add(self._view_of(message))
        if self._earlier:
            self._earlier_timer.start()
        QTimer.singleShot(0, self, self._begin_at_end)

    def show_message(self, message_id: object) -> None:
        """Bring a message into sight, as soon as all behind it are drawn."""
        self._sought_id = message_id
        self._look_for_sought()

    def _look_for_sought(self) -> None:
        view = self._view_with(self._sought_id) if self._sought_id is not None else None
        if view is not None:
            self._sought_id = None
            self._follows_end = False
            self._sought = view
            QTimer.singleShot(0, self, self._seek)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._sought = self._sought_id = None
        super().wheelEvent(event)

    def _seek(self) -> None:
        """Keep the sought message in sight while those above it take their heights."""
        sought = living(self._sought)
        if sought is not None:
            self.ensureWidgetVisible(sought, 0, 60)

    def _view_with(self, message_id: object) -> MessageView | None:
        views = (view for view in self.messages() if isinstance(view, MessageView))
        return next((view for view in views if view.message.id == message_id), None)

    def clear(self) -> None:
        """Show the empty state; an answer being written is dropped from view."""
        self._flush_timer.stop()
        self._earlier_timer.stop()
        self._stale.forget()
        self._pending.clear()
        self._earlier, self._follows_end = [], True
        self._be_writing(None)
        self._sought = self._sought_id = None
        self._still.forget()
        self._drop(self.messages())
        self._tools.bar.leave()
        self.empty.show()

    def messages(self) -> list[QWidget]:
        """Return the messages and cards shown, first to last."""
        items = [self._column.itemAt(n) for n in range(self._column.count())]
        views = [item.widget() for item in items if item is not None]
        return [view for view in views if view is not None and view is not self.empty]

    def spoken(self) -> list[Spoken]:
        """Return what is read of each message, first to last, whether it is drawn or not."""
        waiting = [
            Spoken.of(one.id, [Undrawn(words_of(one), partial(self.show_message, one.id))])
            for one in self._earlier
        ]
        drawn = [
            Spoken.of(view.message.id, view.parts(), is_settled=not view.is_being_drawn)
            for view in self._spoken()
        ]
        return waiting + drawn

    def is_waiting(self, message_id: object) -> bool:
        """Tell whether a message is still to be drawn."""
        return any(one.id == message_id for one in self._earlier)

    def name_editor(self, name: str) -> None:
        """Say which editor code is opened in."""
        self._editor_name = name
        for block in self._page.findChildren(CodeBlock):
            block.name_editor(name)

    def set_busy(self, *, is_busy: bool) -> None:
        """Offer only what is possible while an answer is written."""
        self._tools.is_busy = is_busy
        if not is_busy:  # nobody writes any more, whatever became of it
            self.finish(FinishReason.ERROR)
        self._tools.rest()

    def add_question(self, message: StoredMessage) -> None:
        """Show what the user said, and go to the end."""
        self._sought_id = None
        self._follows_end = True
        self._add(self._view_of(message))

    def begin_answer(self, message: StoredMessage) -> None:
        """Start an answer at the end, possibly with text it has already; `append` fills it."""
        answer = self._new_answer(message)
        self._add(answer)
        if message.text:
            answer.append(message.text)
        else:
            answer.begin()
        self._be_writing(answer)

    def resume_answer(self, message: StoredMessage) -> None:
        """Let the last answer go on from the text of `message`."""
        answers = self._spoken()
        if answers and answers[-1].message.id == message.id:
            self._drop(self.messages()[self.messages().index(answers[-1]) :])
        self.begin_answer(message)

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
        if reason in CUT:
            self._answer.show_note(CUT[reason], can_continue=True)
        self._be_writing(None)

    def fail(self, error: AppError, *, can_retry: bool = True) -> None:
        """End the answer, or what should have become one, with an error."""
        if self._answer is None:
            self._add_error(error, can_retry=can_retry)
            return
        answer = self._answer
        self.finish(FinishReason.ERROR)
        answer.show_error(error.message, error.hint, can_retry=can_retry)

    def show_problem(self, error: AppError, *, about: str = "") -> None:
        """Show an error at the end that belongs to no answer; one that is written goes on.

        It can be closed. One `about` something takes the place of an earlier one.
        """
        self.clear_problem(about)
        self._add_error(error, about=about)
        if not about:
            self.problem_shown.emit(error)

    def _add_error(self, error: AppError, *, can_retry: bool = False, about: str = "") -> None:
        card = ErrorCard(error.message, error.hint, can_retry=can_retry, can_close=True)
        card.about = about
        card.retry_requested.connect(self.retry_requested)
        card.closed.connect(partial(self._close, card))
        self._add(card)

    def clear_problem(self, about: str) -> None:
        """What was said about something is past."""
        for view in self.messages():
            if about and isinstance(view, ErrorCard) and view.about == about:
                self._close(view)

    def _close(self, card: QWidget) -> None:
        self._drop([card])
        self.empty.setVisible(not self.messages() and not self._earlier)

    def show_ending(self, reason: FinishReason) -> None:
        """Say under the last answer why it ended early."""
        views = [view for view in self.messages() if isinstance(view, AnswerMessage)]
        if views and reason in CUT:
            views[-1].show_note(CUT[reason], can_continue=True)

    def show_notice(self, text: str) -> None:
        """Show one quiet sentence at the end."""
        notice = Notice(text, can_close=True)
        notice.closed.connect(partial(self._close, notice))
        self._add(notice)

    def scroll_share(self) -> float:
        """Return how far the chat is scrolled, from 0 to 1."""
        bar = self.verticalScrollBar()
        return 1.0 if self._follows_end or not bar.maximum() else bar.value() / bar.maximum()

    def scroll_to_share(self, share: float) -> None:
        """Scroll there once the chat is drawn."""
        if share < 1:
            self._follows_end = False
            bar = self.verticalScrollBar()
            QTimer.singleShot(0, bar, lambda: bar.setValue(round(share * bar.maximum())))

    def _begin_at_end(self) -> None:
        if self._follows_end:
            self.scroll_to_end()
        self._tools.rest()

    def scroll_to_end(self) -> None:
        self._follows_end = True
        self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())

    def _make_column(self, column: QWidget) -> QVBoxLayout:
        column.setMaximumWidth(COLUMN_PX)
        layout = WholeColumn(column, self)
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

    def _view_of(self, message: StoredMessage) -> MessageView:
        view: MessageView
        if message.role is Role.USER:
            view = UserMessage(message)
            self._connect(view)
        else:
            view = answer = self._new_answer(message)
            answer.append(message.text, is_live=False)
            answer.finish()
        self._tools.reopen(view)
        return view

    def _new_answer(self, message: StoredMessage) -> AnswerMessage:
        answer = AnswerMessage(message)
        answer.body.resize(self._column.geometry().width(), 0)  # else all is laid out twice
        answer.body.editor_name = self._editor_name
        answer.code_requested.connect(self.code_requested)
        answer.check_requested.connect(self.check_requested)
        answer.link_activated.connect(self.link_activated)
        answer.retry_requested.connect(self.retry_requested)
        answer.continue_requested.connect(
            lambda: self.action_requested.emit(MessageAction.CONTINUE, message.id)
        )
        self._connect(answer)
        return answer

    def _connect(self, view: MessageView) -> None:
        view.step_requested.connect(self.step_requested)
        view.edited.connect(self.edited)
        self._tools.serve(view)

    def _be_writing(self, answer: AnswerMessage | None) -> None:
        self._answer = self._tools.written = answer

    def walk(self, step: int) -> None:
        """Go to the message before or after with the keyboard."""
        self._tools.walk(step)

    def look_at(self, text: QWidget, place: QPoint) -> None:
        """Bring a place in a text of a message into sight, and stay there."""
        self._follows_end, self._sought = False, None
        at = text.mapTo(self._page, place)
        self.ensureVisible(at.x(), at.y(), 0, _AROUND_PX)

    def edit_last_question(self) -> None:
        """Let the user edit what was asked last, where that can be done now."""
        self._tools.edit_last_question()

    def _show_editor(self, view: MessageView) -> None:
        """Bring the editor into sight: a long message has become a short one."""
        self._follows_end = False
        self.ensureWidgetVisible(view, 0, _NEAR_END_PX)

    def _spoken(self) -> list[MessageView]:
        """Return the messages without the cards between them."""
        return [view for view in self.messages() if isinstance(view, MessageView)]

    def _drop(self, views: Sequence[QWidget]) -> None:
        """Take messages away. All are silenced first: hiding one, or the bar, points at another."""
        for view in views:
            view.blockSignals(True)  # noqa: FBT003 - Qt's own
            if isinstance(view, MessageView):
                self._tools.keep(view)
        if self._tools.bar.target in views:
            self._tools.bar.leave()
        for view in views:
            self._column.removeWidget(view)
        part_with_all(views, given_up(views))

    def _add(self, view: QWidget) -> None:
        self.empty.hide()
        self._column.insertWidget(self._column.count() - 1, view)

    def _show_one_earlier(self) -> None:
        first = self._column.itemAt(1)
        view = first.widget() if first is not None else None
        if isinstance(view, AnswerMessage) and view.body.is_busy:
            return  # one after the other, each a step at a time
        if self._earlier:
            message = self._earlier.pop()
            self._column.insertWidget(1, self._view_of(message))
            if message.id == self._sought_id:
                self._look_for_sought()
        else:
            self._earlier_timer.stop()

    def _on_scrolled(self, value: int) -> None:
        self._hover.scrolled()
        if self._still.is_keeping:
            return
        self._follows_end = value >= self.verticalScrollBar().maximum() - _NEAR_END_PX
        if self._follows_end:
            self._still.forget()
        else:
            self._still.note()

    def _on_range(self, _low: int, high: int) -> None:
        if not self.empty.isHidden():
            self.verticalScrollBar().setValue(0)
        elif self._follows_end:
            self.verticalScrollBar().setValue(high)
        else:
            self._still.keep()
            if self._sought is not None:
                QTimer.singleShot(0, self, self._seek)
