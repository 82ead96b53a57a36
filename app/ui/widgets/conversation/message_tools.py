"""What can be done with the messages on the screen: the bar at one of them, and their editors.

The bar stands where the pointer or the keyboard is, else at the last answer.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QScrollArea, QWidget

from app.ui.widgets.conversation.message import MessageView
from app.ui.widgets.conversation.message_actions import ActionBar, MessageAction
from app.ui.widgets.conversation.message_edits import MessageEdits
from app.ui.widgets.conversation.message_view import AnswerMessage, UserMessage


class MessageTools(MessageEdits):
    """The bar of one conversation; `spoken` returns its messages, first to last."""

    wished = Signal(MessageAction, object)  # what, the message's id
    left = Signal()  # the keyboard leaves the messages
    editor_opened = Signal(object)  # the message

    def __init__(
        self, area: QScrollArea, page: QWidget, spoken: Callable[[], list[MessageView]]
    ) -> None:
        super().__init__(area)
        self._spoken = spoken
        self.bar = ActionBar(page)
        self.bar.chosen.connect(self._act)
        self.bar.left.connect(self.left)
        self.is_busy = False
        self.written: AnswerMessage | None = None
        """The answer that is being written, with which nothing can be done yet."""

    def serve(self, view: MessageView) -> None:
        """Offer the bar and an editor for a message."""
        view.pointed_at.connect(self.show_at)
        view.edit_ended.connect(self._end_edit)

    def show_at(self, view: MessageView) -> None:
        """Let the bar stand at a message."""
        if view.is_editing:
            return  # the bar would cover the buttons of the editor
        if view is not self.written:
            is_answer = isinstance(view, AnswerMessage)
            self.bar.show_for(view, is_answer=is_answer, is_busy=self.is_busy)

    def rest(self) -> None:
        """Let the bar stand at the last answer while nobody points at another message."""
        views = self._spoken()
        last = views[-1] if views and not self.is_busy else None
        if isinstance(last, AnswerMessage) and not last.is_editing:
            self.show_at(last)
        else:
            self.bar.leave()

    def walk(self, step: int) -> None:
        """Go to the message before or after with the keyboard."""
        views = [view for view in self._spoken() if not view.is_editing]
        if not views:
            return
        # The bar also rests at the last answer while nobody walks: a walk begins behind that.
        target = self.bar.target if self.bar.has_focus else None
        at = views.index(target) if target in views else len(views)
        view = views[min(max(at + step, 0), len(views) - 1)]
        self._area.ensureWidgetVisible(view, 0, 40)
        self.show_at(view)
        self.bar.focus_first()

    def edit_last_question(self) -> None:
        """Let the user edit what was asked last, where that can be done now."""
        questions = [view for view in self._spoken() if isinstance(view, UserMessage)]
        if questions and not self.is_busy:
            self._edit(questions[-1])

    def _act(self, action: MessageAction) -> None:
        view = self.bar.target
        if not isinstance(view, MessageView):
            return
        if action is MessageAction.COPY:
            QGuiApplication.clipboard().setText(view.text())
        elif action is MessageAction.EDIT:
            self._edit(view)
        else:
            self.bar.leave()
            self.wished.emit(action, view.message.id)

    def _edit(self, view: MessageView) -> None:
        self.begin(view, is_from_bar=self.bar.has_focus)
        if self.bar.target is view:  # not earlier: Qt would point at the message again
            self.bar.leave()
        QTimer.singleShot(0, view, partial(self.editor_opened.emit, view))

    def _end_edit(self, view: MessageView, had_focus: bool) -> None:  # noqa: FBT001 - a signal's
        """Give the keyboard back to what had it before."""
        if not had_focus:
            self.rest()
        elif not self.give_back():
            self.show_at(view)
            self.bar.focus(MessageAction.EDIT)
