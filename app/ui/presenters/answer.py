"""An answer while it streams: its events become text, code, figures and notices in the view."""

from __future__ import annotations

from typing import Protocol

from app.core.chats import StoredMessage
from app.core.events import (
    Finished,
    FinishReason,
    LeftOut,
    Loading,
    Queued,
    Reading,
    Summarising,
    TextDelta,
    WaitingForMemory,
)
from app.services.chats.asking import (
    AnswerContinued,
    ChatEvent,
    MessageAdded,
    SavingFailed,
    SavingWorks,
)
from app.text.event_words import activity_words, left_out_words
from app.ui.presenters.code import CodePresenter
from app.ui.presenters.context import ContextPresenter
from app.ui.presenters.meter import Meter


class AnswerView(Protocol):
    """What the window does for this presenter."""

    def begin_answer(self, message: StoredMessage) -> None: ...
    def resume_answer(self, message: StoredMessage) -> None: ...
    def show_activity(self, text: str) -> None: ...
    def append_answer(self, text: str) -> None: ...
    def finish_answer(self, reason: FinishReason) -> None: ...
    def show_notice(self, text: str) -> None: ...
    def show_speed(self, tokens_per_s: float, first_s: float, *, is_writing: bool) -> None: ...


class AnswerPresenter:
    """Shows one answer after the other."""

    def __init__(self, view: AnswerView, code: CodePresenter, context: ContextPresenter) -> None:
        self._view = view
        self._code = code
        self._context = context
        self._meter = Meter()

    def begin(self) -> None:
        """A question was asked: the clock runs."""
        self._meter = Meter()
        self._context.begin_answer()

    def end(self, reason: FinishReason) -> None:
        """No more text comes."""
        self._code.finish()
        self._view.finish_answer(reason)
        self.rest()

    def rest(self) -> None:
        """Nothing is being written any more, however it ended: say how fast it was."""
        self._view.show_speed(self._meter.tokens_per_s, self._meter.first_token_s, is_writing=False)

    def take(self, event: ChatEvent) -> None:
        """Show what happened."""
        if not isinstance(event, Reading | TextDelta | Finished):
            self._meter.restart()
        match event:
            case MessageAdded(message):
                self._view.begin_answer(message)
                self._code.begin(message.id)
            case AnswerContinued(message):
                self._view.resume_answer(message)
                self._code.resume(message)
            case Queued() | WaitingForMemory() | Loading() | Summarising():
                self._view.show_activity(activity_words(event))
            case LeftOut():
                self._view.show_notice(left_out_words(event))
            case Reading():
                left_s = self._meter.read(event.done_tokens, event.total_tokens)
                self._view.show_activity(activity_words(event, left_s=left_s))
                self._show_meter()
            case TextDelta(text=text, tokens=tokens):
                self._meter.take(tokens)
                self._view.append_answer(text)
                self._code.feed(text)
                self._show_meter()
            case SavingFailed(error):
                self._view.show_notice(f"This answer is not saved yet. {error}")
            case SavingWorks():
                self._view.show_notice("The answer is saved now.")
            case Finished():
                self.end(event.reason)
                times = event.timings
                self._view.show_speed(
                    times.written_tokens_per_s, times.first_token_s, is_writing=False
                )
                self._context.show_answer(times.prompt_tokens, times.written_tokens)

    def _show_meter(self) -> None:
        if self._meter.is_due():
            self._context.show_answer(self._meter.prompt_tokens, self._meter.written_tokens)
            self._view.show_speed(
                self._meter.tokens_per_s, self._meter.first_token_s, is_writing=True
            )
