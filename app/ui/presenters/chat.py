"""Asking in the open chat: sends questions and streams answers into the view; no draft is lost.

Which chat is open says `open_chat`, how it is asked `chat_settings`; what is done with a message
that stands there already does `messages`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import replace

from app.core.chats import StoredMessage
from app.core.errors import AppError, NoModelError
from app.core.events import FinishReason
from app.core.messages import Role
from app.core.models import ModelFile
from app.services.chats.asking import Asked, ChatEvent, ChatStarted, DoesNotFit, MessageAdded
from app.services.chats.chats import Chats
from app.services.models import Models
from app.ui.presenters.answer import AnswerPresenter
from app.ui.presenters.answer_code import AnswerCode
from app.ui.presenters.draft import DraftPresenter
from app.ui.presenters.open_chat import OpenChat
from app.ui.presenters.overflow import OverflowPresenter
from app.ui.presenters.views import ChatView

_Ask = Callable[[ModelFile, Asked], AsyncGenerator[ChatEvent, None]]


class ChatPresenter:
    """One window's questions. What is asked before the history is open waits for it."""

    def __init__(
        self,
        view: ChatView,
        chats: Chats,
        opened: OpenChat,
        code: AnswerCode,
        draft: DraftPresenter,
        models: Models,
    ) -> None:
        self._view = view
        self._chats = chats
        self._open = opened
        self._settings = opened.settings
        self._answering = opened.answering
        self._draft = draft
        self._models = models
        self._overflow = OverflowPresenter(view.dialogs, models)
        self._answer_shown = AnswerPresenter(view, code, draft.context)

    @property
    def is_busy(self) -> bool:
        """Tell whether an answer is being written, or its end not shown yet."""
        return self._answering.is_busy

    def send(self, text: str) -> None:
        """Ask. Draft and attachments go only once the question stands in the history."""
        whole = self._draft.whole(text)
        if whole.strip() and not self.is_busy:
            answers, chat_id = self._chats.answers, self._open.chat_id
            self._start(
                lambda model, asked: answers.ask(chat_id, whole, model=model, asked=asked),
                draft=text,
            )

    def ask(self, question: str) -> bool:
        """Ask something that is not the draft, which stays; tell whether it can be asked now."""
        if self.is_busy:
            return False
        answers, chat_id = self._chats.answers, self._open.chat_id
        self._start(lambda model, asked: answers.ask(chat_id, question, model=model, asked=asked))
        return True

    def ask_instead_of(self, message: StoredMessage, text: str) -> None:
        """Ask an edited question in the place of what it was, which is kept."""
        answers = self._chats.answers
        self._start(
            lambda model, asked: answers.ask(
                message.chat_id, text, model=model, asked=asked, instead_of=message
            )
        )

    def answer_instead_of(self, message: StoredMessage | None) -> None:
        """Answer the last question again: in the place of an answer, or after an error."""
        answers, chat_id = self._chats.answers, self._open.chat_id
        assert chat_id is not None
        self._start(
            lambda model, asked: answers.answer(
                chat_id, model=model, asked=asked, instead_of=message
            )
        )

    def go_on(self) -> None:
        """Let the last answer go on."""
        answers, chat_id = self._chats.answers, self._open.chat_id
        if chat_id is not None and not self.is_busy:
            self._start(lambda model, asked: answers.resume(chat_id, model=model, asked=asked))

    def stop(self) -> None:
        """Stop the answer; what was said stays."""
        self._answering.stop()

    # --- how it is done ------------------------------------------------------------------

    def _start(self, ask: _Ask, *, draft: str | None = None) -> None:
        self._answering.start(self._answer(ask, draft))

    async def _answer(self, ask: _Ask, draft: str | None) -> None:
        """Stream an answer. `draft` is a question that is not in the history yet."""
        self._answering.show_busy()
        if draft is not None and not await self._is_still_wanted(draft):
            return
        async with self._open.switching:  # the chat that is asked is in sight first
            self._answer_shown.begin()
        has_question = draft is None
        try:
            model = self._models.status.model
            if model is None:
                raise NoModelError("No model is chosen.", hint="Choose one at the top.")
            asked: Asked | None = self._settings.asked()
            while asked is not None:
                problem: DoesNotFit | None = None
                async with aclosing(ask(model, asked)) as stream:
                    async for event in stream:
                        has_question = has_question or isinstance(event, MessageAdded)
                        problem = event if isinstance(event, DoesNotFit) else None
                        self._show(event, is_draft=draft is not None)
                asked = await self._decided(asked, problem, model, draft)
        except asyncio.CancelledError:
            self._answer_shown.end(FinishReason.CANCELLED)
            raise
        except AppError as error:
            self._answer_shown.break_off()
            self._view.conversation.fail(error, can_retry=has_question)
            if not has_question and draft is not None:
                self._view.composer.give_back(draft)

    async def _is_still_wanted(self, draft: str) -> bool:
        """Tell whether a question stands as it was sent, where it had to wait for the history."""
        if self._chats.is_open:
            return True
        await self._chats.opened()
        return draft == self._draft.text

    async def _decided(
        self, asked: Asked, problem: DoesNotFit | None, model: ModelFile, draft: str | None
    ) -> Asked | None:
        """Return how to ask again where the chat did not fit; None: there is nothing to do."""
        if problem is None:
            return None
        decision = await self._overflow.decide(problem.fit, model, self._settings.overflow)
        if decision is None:
            if draft is not None:
                self._view.composer.give_back(draft)
            await self._open.reload()
            return None
        if decision.remembered is not None:
            self._settings.change("chat.overflow", str(decision.remembered))
        self._settings.leave_out(is_wanted=decision.overflow is not None)
        return replace(asked, overflow=decision.overflow)

    def _show(self, event: ChatEvent, *, is_draft: bool) -> None:
        match event:
            case ChatStarted(chat):
                self._open.begin(chat)
            case MessageAdded(message) if message.role is Role.USER:
                if is_draft:
                    self._view.composer.clear_draft()
                    self._draft.sent()
                self._view.conversation.add_question(message)
            case _:
                self._answer_shown.take(event)
