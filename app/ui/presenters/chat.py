"""The conversation's presenter: sends questions, streams answers into the view, keeps drafts safe.

Knows services and no Qt; the window is its view.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import aclosing
from typing import Protocol

from app.core.errors import AppError, NoModelError
from app.core.events import Finished, FinishReason, Loading, Queued, Reading, TextDelta
from app.core.messages import Role
from app.generation.languages import Language, language_named
from app.services.chats import (
    Asked,
    ChatEvent,
    Chats,
    ChatStarted,
    MessageAdded,
    SavingFailed,
    SavingWorks,
)
from app.services.generation import Generation
from app.services.models import Models
from app.services.tasks import Tasks
from app.store.history import Chat, MessageState, StoredMessage
from app.ui.presenters.code import CodePresenter

COUNT_AFTER_S = 0.15
_ENDINGS = {
    MessageState.STOPPED: "You stopped this answer.",
    MessageState.LENGTH: "The answer ends here because it reached its limit of tokens.",
    MessageState.CONTEXT: "The answer ends here because the context is full.",
}


class ChatView(Protocol):
    """What the window does for this presenter."""

    def show_chats(self, chats: Sequence[Chat]) -> None: ...  # noqa: D102
    def select_chat(self, chat_id: int | None) -> None: ...  # noqa: D102
    def clear_conversation(self) -> None: ...  # noqa: D102
    def show_messages(self, messages: Sequence[StoredMessage]) -> None: ...  # noqa: D102
    def add_question(self, text: str) -> None: ...  # noqa: D102
    def begin_answer(self) -> None: ...  # noqa: D102
    def show_activity(self, text: str) -> None: ...  # noqa: D102
    def append_answer(self, text: str) -> None: ...  # noqa: D102
    def finish_answer(self, reason: FinishReason) -> None: ...  # noqa: D102
    def fail_answer(self, error: AppError, *, can_retry: bool) -> None: ...  # noqa: D102
    def show_notice(self, text: str) -> None: ...  # noqa: D102
    def show_undo(self, text: str) -> None: ...  # noqa: D102
    def set_busy(self, *, is_busy: bool) -> None: ...  # noqa: D102
    def take_draft(self) -> None: ...  # noqa: D102
    def give_draft_back(self, text: str) -> None: ...  # noqa: D102
    def set_draft_tokens(self, tokens: int, *, too_many: bool) -> None: ...  # noqa: D102
    def show_context(self, prompt: int, answer: int, total: int) -> None: ...  # noqa: D102
    def show_speed(self, tokens_per_s: float, first_s: float, *, is_writing: bool) -> None: ...  # noqa: D102


class ChatPresenter:
    """One window's chats. `begin` hands it the history once that is open."""

    def __init__(
        self,
        view: ChatView,
        code: CodePresenter,
        models: Models,
        generation: Generation,
        tasks: Tasks,
    ) -> None:
        self._view = view
        self._code = code
        self._models = models
        self._generation = generation
        self._tasks = tasks
        self._chats: Chats | None = None
        self._chat_id: int | None = None
        self._deleted: int | None = None
        self._language: Language | None = None
        self._answering: asyncio.Task[None] | None = None
        self._counting: asyncio.Task[None] | None = None
        self._meter = _Meter()

    @property
    def is_busy(self) -> bool:
        """Tell whether an answer is being written."""
        return self._answering is not None and not self._answering.done()

    async def begin(self, chats: Chats) -> None:
        """Show the chats there are. Raises `StoreError`."""
        self._chats = chats
        await self._list()

    # --- what the user wishes ------------------------------------------------------------

    def send(self, text: str) -> None:
        """Ask. The draft goes only once the question stands in the history."""
        if text.strip() and not self.is_busy and self._chats is not None:
            self._answer_in_background(text)

    def retry(self) -> None:
        """Answer the last question again, after an error."""
        if self._chat_id is not None and not self.is_busy:
            self._tasks.start(self._retry(self._chat_id), name="retry")

    def stop(self) -> None:
        """Stop the answer; what was said stays."""
        if self._answering is not None:
            self._answering.cancel()

    def new_chat(self) -> None:
        """Show an empty chat; it is saved with its first question."""
        self.stop()
        self._chat_id = None
        self._view.select_chat(None)
        self._view.clear_conversation()
        self._code.show_chat(())
        self._view.show_context(0, 0, 0)

    def open_chat(self, chat_id: int) -> None:
        """Show a chat."""
        if chat_id != self._chat_id:
            self._tasks.start(self._open(chat_id), name="open chat")

    def delete_chat(self, chat_id: int) -> None:
        """Delete a chat and offer undo."""
        self._tasks.start(self._delete(chat_id), name="delete chat")

    def undo_delete(self) -> None:
        """Bring the chat deleted last back."""
        if self._deleted is not None:
            self._tasks.start(self._restore(self._deleted), name="restore chat")

    def choose_language(self, name: str) -> None:
        """Answer in this language from now on; an unknown name means any."""
        self._language = language_named(name)

    def draft_changed(self, text: str) -> None:
        """Count the draft's tokens, once typing pauses."""
        if self._counting is not None:
            self._counting.cancel()
        self._counting = self._tasks.start(self._count(text), name="count draft")

    # --- how it is done ------------------------------------------------------------------

    def _answer_in_background(self, text: str | None) -> None:
        self._answering = self._tasks.start(self._answer(text), name="answer")

    async def _answer(self, text: str | None) -> None:
        assert self._chats is not None
        self._view.set_busy(is_busy=True)
        self._meter = _Meter()
        has_question = text is None
        try:
            model = self._models.status.model
            if model is None:
                raise NoModelError("No model is chosen.", hint="Choose one at the top.")
            if text is None:
                assert self._chat_id is not None
                events = self._chats.answer(self._chat_id, model=model, asked=Asked(self._language))
            else:
                events = self._chats.ask(
                    self._chat_id, text, model=model, asked=Asked(self._language)
                )
            async with aclosing(events) as stream:
                async for event in stream:
                    has_question = has_question or isinstance(event, MessageAdded)
                    self._show(event)
        except asyncio.CancelledError:
            self._end(FinishReason.CANCELLED)
            raise
        except AppError as error:
            self._code.finish()
            self._view.fail_answer(error, can_retry=has_question)
            if not has_question and text is not None:
                self._view.give_draft_back(text)
        finally:
            self._view.set_busy(is_busy=False)

    def _show(self, event: ChatEvent) -> None:
        match event:
            case ChatStarted(chat):
                self._chat_id = chat.id
                self._tasks.start(self._list(), name="list chats")
            case MessageAdded(message) if message.role is Role.USER:
                self._view.take_draft()
                self._view.add_question(message.text)
            case MessageAdded():
                self._view.begin_answer()
                self._code.begin()
            case Queued(ahead):
                self._view.show_activity(f"Waiting: {ahead + 1} before this one")
            case Loading(name, fraction):
                self._view.show_activity(f"Loading {name}: {fraction:.0%}")
            case Reading(done_tokens=done, total_tokens=total):
                self._meter.prompt_tokens = total
                if done < total:
                    self._view.show_activity(f"Reading: {done:,} of {total:,} tokens")
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
                self._end(event.reason)
                times = event.timings
                self._view.show_speed(
                    times.written_tokens_per_s, times.first_token_s, is_writing=False
                )
                self._show_context(times.prompt_tokens, times.written_tokens)

    def _end(self, reason: FinishReason) -> None:
        self._code.finish()
        self._view.finish_answer(reason)

    def _show_meter(self) -> None:
        if self._meter.is_due():
            self._show_context(self._meter.prompt_tokens, self._meter.written_tokens)
            self._view.show_speed(
                self._meter.tokens_per_s, self._meter.first_token_s, is_writing=True
            )

    def _show_context(self, prompt: int, answer: int) -> None:
        info = self._models.status.info
        self._view.show_context(prompt, answer, info.context_tokens if info else 0)

    async def _retry(self, chat_id: int) -> None:
        await self._open(chat_id, without_failed=True)
        self._answer_in_background(None)

    async def _open(self, chat_id: int, *, without_failed: bool = False) -> None:
        assert self._chats is not None
        self.stop()
        messages = await self._chats.messages(chat_id)
        if without_failed and messages and messages[-1].role is Role.ASSISTANT:
            messages = messages[:-1]
        self._chat_id = chat_id
        self._view.select_chat(chat_id)
        self._view.show_messages(messages)
        self._code.show_chat(m.text for m in messages if m.role is Role.ASSISTANT)
        self._view.show_context(0, 0, 0)
        self._tell_ending(messages)

    def _tell_ending(self, messages: Sequence[StoredMessage]) -> None:
        last = messages[-1] if messages else None
        if last is None or last.role is not Role.ASSISTANT:
            return
        if last.state in _ENDINGS:
            self._view.show_notice(_ENDINGS[last.state])
        elif last.state is MessageState.INTERRUPTED:
            error = AppError("The program ended while this answer was written.", hint="")
            self._view.fail_answer(error, can_retry=True)
        elif last.state is MessageState.FAILED:
            self._view.fail_answer(AppError(last.error or "The answer failed."), can_retry=True)

    async def _list(self) -> None:
        assert self._chats is not None
        self._view.show_chats(await self._chats.chats())
        self._view.select_chat(self._chat_id)

    async def _delete(self, chat_id: int) -> None:
        assert self._chats is not None
        if chat_id == self._chat_id:
            self.new_chat()
        await self._chats.delete(chat_id)
        self._deleted = chat_id
        await self._list()
        self._view.show_undo("The chat was deleted.")

    async def _restore(self, chat_id: int) -> None:
        assert self._chats is not None
        self._deleted = None
        await self._chats.restore(chat_id)
        await self._list()
        await self._open(chat_id)

    async def _count(self, text: str) -> None:
        await asyncio.sleep(COUNT_AFTER_S)
        info = self._models.status.info
        if info is None:
            return
        try:
            (tokens,) = await self._generation.count_tokens([text]) if text else (0,)
        except AppError:
            return  # no model just now: the draft is counted when one is there
        self._view.set_draft_tokens(tokens, too_many=tokens >= info.context_tokens)


class _Meter:
    """Counts and clocks one answer for the status line, which is told ten times a second."""

    def __init__(self) -> None:
        self._asked_at = time.perf_counter()
        self._first_at = 0.0
        self._told_at = 0.0
        self.prompt_tokens = 0
        self.written_tokens = 0

    def take(self, tokens: int) -> None:
        if tokens and not self._first_at:
            self._first_at = time.perf_counter()
        self.written_tokens += tokens

    @property
    def first_token_s(self) -> float:
        return self._first_at - self._asked_at if self._first_at else 0.0

    @property
    def tokens_per_s(self) -> float:
        passed = time.perf_counter() - self._first_at
        return (self.written_tokens - 1) / passed if self._first_at and passed > 0.1 else 0.0

    def is_due(self) -> bool:
        now = time.perf_counter()
        if now - self._told_at < 0.1:
            return False
        self._told_at = now
        return True
