"""Answers in a chat: asked for, streamed, and saved as they stream.

A question, another answer to it, and an answer that goes on take one way: what the model will
read is planned, checked against the context, put into the history, and then written.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace

from app.core.chats import MessageState, StoredMessage
from app.core.context import Overflow
from app.core.errors import AppError
from app.core.events import Finished, FinishReason, LeftOut, TextDelta
from app.core.messages import Message, Role
from app.core.models import ModelFile
from app.core.prompts import Prompt
from app.services.answering.fitting import question_too_long
from app.services.answering.generation import ChatRequest, Generation
from app.services.chats.asking import (
    ASKED,
    AnswerContinued,
    Asked,
    ChatEvent,
    ChatStarted,
    DoesNotFit,
    MessageAdded,
    request_of,
    turns_of,
)
from app.services.chats.history_file import HistoryFile
from app.services.chats.origins import begun
from app.services.chats.saving import Saving, WrittenAnswer
from app.store.history import History
from app.text.characters import whole_characters
from app.text.languages import language_named
from app.text.names import title_of
from app.text.plain_text import refuse_nul

_STATES = {
    FinishReason.STOP: MessageState.DONE,
    FinishReason.LENGTH: MessageState.LENGTH,
    FinishReason.CONTEXT: MessageState.CONTEXT,
    FinishReason.CANCELLED: MessageState.STOPPED,
}


@dataclass(slots=True)
class _Plan:
    """What is to be answered: the messages before the answer, and what is put behind them.

    `question` is not in the history yet, and follows `parent_id` there. `resumed` is an answer that
    goes on, the last of `path`. `empty` are answers in which nothing was said: they go.
    """

    chat_id: int | None
    path: list[StoredMessage]
    question: str | None = None
    parent_id: int | None = None
    resumed: StoredMessage | None = None
    empty: tuple[StoredMessage, ...] = ()

    def turns(self) -> list[Message]:
        asked = [Message(Role.USER, self.question)] if self.question is not None else []
        return [*turns_of(self.path), *asked]


class Answers:
    """Lets models answer in chats. Used on the asyncio thread."""

    def __init__(self, file: HistoryFile, generation: Generation) -> None:
        self._file = file
        self._generation = generation
        self.saving = Saving(file)

    def ask(
        self,
        chat_id: int | None,
        text: str,
        *,
        model: ModelFile,
        asked: Asked = ASKED,
        instead_of: StoredMessage | None = None,
    ) -> AsyncGenerator[ChatEvent, None]:
        """Ask in a chat (None opens a new one) and stream the answer.

        With `instead_of` the question takes that one's place, which stays as an alternative.
        Events: `ChatStarted`, `MessageAdded` twice, then the generation's. Cancelling the task or
        closing the iterator stops the model; what it said is kept. Raises what the generation
        raises, after the partial answer was saved. Where the chat does not fit the context and
        `asked` does not say what to do then, the only event is `DoesNotFit`.
        """

        async def plan() -> _Plan:
            question = whole_characters(text)
            refuse_nul("The question", question)  # before it stands in the chat for ever
            path = await self._path(chat_id)
            if instead_of is not None:
                path = [message for message in path if message.id < instead_of.id]
                return _Plan(chat_id, path, question, instead_of.parent_id)
            return _Plan(chat_id, path, question, path[-1].id if path else None)

        return self._answered(plan, model, asked)

    def answer(
        self,
        chat_id: int,
        *,
        model: ModelFile,
        asked: Asked = ASKED,
        instead_of: StoredMessage | None = None,
    ) -> AsyncGenerator[ChatEvent, None]:
        """Answer a chat's last question, or the one before `instead_of`, anew. As `ask`.

        An answer that stands there already stays as an alternative.
        """

        async def plan() -> _Plan:
            path = await self._path(chat_id)
            if instead_of is not None:
                path = [message for message in path if message.id <= instead_of.id]
            before: list[StoredMessage] = []
            while path and path[-1].role is Role.ASSISTANT:
                before.append(path.pop())
            return _Plan(chat_id, path, empty=tuple(one for one in before if not one.text))

        return self._answered(plan, model, asked)

    def resume(
        self, chat_id: int, *, model: ModelFile, asked: Asked = ASKED
    ) -> AsyncGenerator[ChatEvent, None]:
        """Go on with a chat's last answer where it ended. As `ask`, after `AnswerContinued`."""

        async def plan() -> _Plan | None:
            path = await self._path(chat_id)
            if not path or path[-1].role is not Role.ASSISTANT:
                return None
            return _Plan(chat_id, path, resumed=path[-1])

        return self._answered(plan, model, asked)

    async def prompt_of(
        self, message: StoredMessage, *, model: ModelFile, asked: Asked = ASKED
    ) -> Prompt:
        """Return what the model reads before it writes this answer. Raises as `ask`."""
        origin = (await self._file.use(History.origins, message.chat_id)).get(message.id)
        if origin is not None:  # exactly what was read, with what was left out or summed up
            asked = replace(asked, language=language_named(origin.language), overflow=Overflow.FAIL)
            request = replace(request_of([], asked), messages=origin.messages)
        else:
            path = await self._path(message.chat_id)
            request = request_of(turns_of([turn for turn in path if turn.id < message.id]), asked)
        return await self._generation.prompt(model, request)

    async def request(self, chat_id: int | None, asked: Asked = ASKED) -> ChatRequest:
        """Return a chat as the next question finds it."""
        return request_of(turns_of(await self._path(chat_id)), asked)

    async def _path(self, chat_id: int | None) -> list[StoredMessage]:
        return await self._file.use(History.messages, chat_id) if chat_id is not None else []

    async def _answered(
        self, planned: Callable[[], Awaitable[_Plan | None]], model: ModelFile, asked: Asked
    ) -> AsyncGenerator[ChatEvent, None]:
        """Take the one way of every answer."""
        for news in await self.saving.try_again():
            yield news
        plan = await planned()
        if plan is None:
            return
        checked = await self._checked(plan.turns(), model, asked)
        if isinstance(checked, DoesNotFit):
            yield checked
            return
        if plan.chat_id is None:
            chat = await self._file.use(
                History.add_chat, title_of(plan.question or "") or "New chat"
            )
            plan.chat_id = chat.id
            yield ChatStarted(chat)
        if plan.question is not None:
            plan.path.append(await self._add(plan, Role.USER, plan.question, plan.parent_id))
            yield MessageAdded(plan.path[-1])
        answer = await self._placed(plan, model)
        is_new = plan.resumed is None
        yield MessageAdded(answer.message) if is_new else AnswerContinued(answer.message)
        async with aclosing(self._written(answer, plan.path, model, checked)) as events:
            async for event in events:
                yield event

    async def _checked(
        self, turns: list[Message], model: ModelFile, asked: Asked
    ) -> Asked | DoesNotFit:
        """Say what to do where the chat does not fit, or that nobody has said it yet.

        Raises `PromptTooLongError` where nothing can be done.
        """
        if asked.overflow is not None:
            return asked
        fit = await self._generation.fit(model, request_of(turns, asked))
        if fit is None or fit.fits:
            return replace(asked, overflow=Overflow.FAIL)
        if not (fit.can_trim or fit.raised_tokens):
            raise question_too_long(fit.least_tokens, fit.context_tokens)
        return DoesNotFit(fit)

    async def _placed(self, plan: _Plan, model: ModelFile) -> WrittenAnswer:
        """Return the answer that is to be written, as it stands in the history."""
        if plan.resumed is not None:
            return WrittenAnswer(plan.resumed, [plan.resumed.text])
        for last in plan.empty:
            await self._file.use(History.remove_message, last.id)
        parent_id = plan.path[-1].id if plan.path else None
        return WrittenAnswer(await self._add(plan, Role.ASSISTANT, "", parent_id, model=model.name))

    async def _add(
        self, plan: _Plan, role: Role, text: str, parent_id: int | None, *, model: str = ""
    ) -> StoredMessage:
        assert plan.chat_id is not None
        state = MessageState.DONE if role is Role.USER else MessageState.WRITING
        return await self._file.use(
            History.add_message,
            plan.chat_id,
            role,
            text,
            parent_id=parent_id,
            state=state,
            model=model,
        )

    async def _written(
        self, answer: WrittenAnswer, path: list[StoredMessage], model: ModelFile, asked: Asked
    ) -> AsyncGenerator[ChatEvent, None]:
        """Let the model write the answer, and save it as it comes."""
        try:
            request, origin = await begun(
                model, request_of(turns_of(path), asked), self._generation.context_tokens(model)
            )
            answer.origin = origin
            async with aclosing(self._generation.chat(model, request)) as events:
                async for event in events:
                    if isinstance(event, TextDelta):
                        answer.text.append(event.text)
                    elif isinstance(event, Finished):
                        answer.state = _STATES.get(event.reason, MessageState.FAILED)
                    elif isinstance(event, LeftOut):
                        answer.origin = replace(origin, messages=event.kept)
                    for news in self.saving.keep_on(answer):
                        yield news
                    yield event
        except (asyncio.CancelledError, GeneratorExit):
            answer.state = MessageState.STOPPED
            raise
        except AppError as error:
            answer.state, answer.error = MessageState.FAILED, str(error)
            raise
        finally:
            if answer.state is MessageState.WRITING:
                answer.state = MessageState.FAILED
            last_news = await asyncio.shield(self.saving.end(answer))
        for news in last_news:
            yield news
