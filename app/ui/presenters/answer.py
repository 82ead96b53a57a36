"""An answer while it streams: its events become text, code, figures and notices in the view."""

from __future__ import annotations

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
from app.ui.presenters.answer_code import AnswerCode
from app.ui.presenters.context import ContextPresenter
from app.ui.presenters.meter import Meter
from app.ui.presenters.views import ChatView


class AnswerPresenter:
    """Shows one answer after the other."""

    def __init__(self, view: ChatView, code: AnswerCode, context: ContextPresenter) -> None:
        self._view = view.conversation
        self._status = view.status_line
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
        self._view.finish(reason)
        self.rest()

    def break_off(self) -> None:
        """No more text comes, and why is said elsewhere."""
        self._code.finish()
        self.rest()

    def rest(self) -> None:
        """Nothing is being written any more, however it ended: say how fast it was."""
        self._status.set_speed(
            self._meter.tokens_per_s, self._meter.first_token_s, is_writing=False
        )

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
                self._view.append(text)
                self._code.feed(text)
                self._show_meter()
            case SavingFailed(error):
                self._view.show_notice(f"This answer is not saved yet. {error}")
            case SavingWorks():
                self._view.show_notice("The answer is saved now.")
            case Finished():
                self.end(event.reason)
                times = event.timings
                self._status.set_speed(
                    times.written_tokens_per_s, times.first_token_s, is_writing=False
                )
                self._context.show_answer(times.prompt_tokens, times.written_tokens)

    def _show_meter(self) -> None:
        if self._meter.is_due():
            self._context.show_answer(self._meter.prompt_tokens, self._meter.written_tokens)
            self._status.set_speed(
                self._meter.tokens_per_s, self._meter.first_token_s, is_writing=True
            )
