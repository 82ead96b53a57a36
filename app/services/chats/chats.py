"""Chats: ask, stream the answer, and save it as it streams.

The window's presenters use this. An answer is saved at most half a second after it was said;
where saving fails the answer goes on, the problem is told once, and saving is tried again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.core.attachments import Attached
from app.core.chats import Chat, Hit, MessageState, StoredMessage
from app.core.context import Fit, Overflow
from app.core.errors import AppError, StoreError
from app.core.events import Finished, FinishReason, GenerationEvent, LeftOut, TextDelta
from app.core.messages import Message, Role
from app.core.models import ModelFile
from app.core.origins import Origin
from app.core.prompts import Prompt
from app.core.sampling import DEFAULT_SAMPLING, Sampling
from app.core.settings import Value
from app.generation.chat.outputs import Output
from app.services.answering.fitting import question_too_long
from app.services.answering.generation import ChatRequest, Generation
from app.services.chats.archives import export_chats, import_chats
from app.services.chats.history_file import HistoryFile
from app.services.chats.origins import begun
from app.store.draft_files import draft_files, keep_draft_files
from app.store.history import History
from app.store.short_index import index_older
from app.text.characters import whole_characters, without_nul
from app.text.languages import Language, language_named
from app.text.names import title_of
from app.text.plain_text import refuse_nul

SAVE_EVERY_S = 0.4
INDEX_PAUSE_S = 0.03


@dataclass(frozen=True, slots=True)
class Asked:
    """How a question wants to be answered. `language` is what the user picked, None for any.

    `system` is said to the model before the chat; empty: the model's own. `overflow` says what to
    do where the chat does not fit the context; None: nothing is asked then, see `DoesNotFit`. With
    `output` the answer is one document of that format.
    """

    language: Language | None = None
    sampling: Sampling = DEFAULT_SAMPLING
    system: str = ""
    overflow: Overflow | None = None
    output: Output | None = None


ASKED = Asked()


@dataclass(frozen=True, slots=True)
class ChatStarted:
    """The question opened a new chat."""

    chat: Chat


@dataclass(frozen=True, slots=True)
class MessageAdded:
    """A question or the beginning of an answer stands in the chat."""

    message: StoredMessage


@dataclass(frozen=True, slots=True)
class AnswerContinued:
    """An answer that ended early goes on; the text that follows belongs to it."""

    message: StoredMessage


@dataclass(frozen=True, slots=True)
class DoesNotFit:
    """The chat is too long for the context. Nothing was asked or saved; say `Asked.overflow`."""

    fit: Fit


@dataclass(frozen=True, slots=True)
class SavingFailed:
    """The answer goes on, but cannot be saved for now."""

    error: StoreError


@dataclass(frozen=True, slots=True)
class SavingWorks:
    """What could not be saved is saved now."""


ChatEvent = (
    DoesNotFit
    | ChatStarted
    | MessageAdded
    | AnswerContinued
    | SavingFailed
    | SavingWorks
    | GenerationEvent
)

_STATES = {
    FinishReason.STOP: MessageState.DONE,
    FinishReason.LENGTH: MessageState.LENGTH,
    FinishReason.CONTEXT: MessageState.CONTEXT,
    FinishReason.CANCELLED: MessageState.STOPPED,
}


@dataclass(slots=True)
class _Answer:
    """An answer while it is written: what was said, and how saving it goes.

    `problem` is what the user knows of: None again once saving works. `origin` is how it is
    made, as long as that is not saved.
    """

    message: StoredMessage
    text: list[str] = field(default_factory=list)
    state: MessageState = MessageState.WRITING
    error: str = ""
    origin: Origin | None = None
    saved_at: float = 0.0
    saving: asyncio.Task[StoreError | None] | None = None
    problem: StoreError | None = None
    is_over: asyncio.Event = field(default_factory=asyncio.Event)

    def told(self, problem: StoreError | None) -> list[SavingFailed | SavingWorks]:
        """Take in how a save went, and return what the user does not know yet."""
        before, self.problem = self.problem, problem
        if problem is not None and before is None:
            return [SavingFailed(problem)]
        return [SavingWorks()] if problem is None and before is not None else []


class Chats:
    """The user's chats. Used on the asyncio thread; all wait until the history is open."""

    def __init__(self, file: HistoryFile, generation: Generation) -> None:
        self._file = file
        self._generation = generation
        self._unsaved: list[_Answer] = []
        # In the order asked for: two threads could write the older values last.
        self._in_order = asyncio.Lock()

    async def close(self) -> StoreError | None:
        """Save what could not be saved before; return why it still cannot."""
        return await self._save_unsaved()

    @property
    def is_open(self) -> bool:
        """Tell whether the history is open: else all that is asked of it waits."""
        return self._file.is_open

    async def opened(self) -> None:
        """Return once the history is open."""
        await self._file.history()

    async def chats(self) -> list[Chat]:
        """Return all chats, last used first. Raises `StoreError`, as all methods here do."""
        return await self._file.use(History.chats)

    async def messages(self, chat_id: int) -> list[StoredMessage]:
        """Return a chat's messages, oldest first."""
        return await self._file.use(History.messages, chat_id)

    async def rename(self, chat_id: int, title: str) -> None:
        """Change a chat's title."""
        await self._file.use(History.rename_chat, chat_id, title)

    async def delete(self, chat_id: int) -> None:
        """Delete a chat; `restore` undoes it."""
        await self._file.use(History.delete_chat, chat_id)

    async def restore(self, chat_id: int) -> None:
        """Bring a deleted chat back."""
        await self._file.use(History.restore_chat, chat_id)

    async def pin(self, chat_id: int, *, is_pinned: bool) -> None:
        """Keep a chat at the top of the list, or let it go."""
        await self._file.use(History.pin_chat, chat_id, is_pinned=is_pinned)

    async def tag(self, chat_id: int, tags: Sequence[str]) -> None:
        """Let a chat have these tags and no others."""
        await self._file.use(History.tag_chat, chat_id, tags)

    async def branch(self, message_id: int) -> Chat:
        """Copy a chat up to and including a message into a new chat."""
        return await self._file.use(History.branch, message_id)

    async def search(self, words: str, *, among: Collection[int] | None = None) -> list[Hit]:
        """Find messages that contain all the words, newest first, in all chats or `among` some."""
        return await self._file.use(History.search, words, among=among)

    async def index_older(self) -> None:
        """Let the search know the short words of what an earlier version saved, bit by bit."""
        with suppress(StoreError):  # it is searched as it stands then, and tried at the next start
            is_more = True
            while is_more:
                is_more = await self._file.use(_index_older)
                await asyncio.sleep(INDEX_PAUSE_S)  # others want to write as well

    async def settings(self, chat_id: int) -> dict[str, Value]:
        """Return the settings that hold for this chat alone."""
        return await self._file.use(History.chat_settings, chat_id)

    async def keep_settings(self, chat_id: int, values: Mapping[str, Value]) -> None:
        """Remember the settings that hold for this chat alone."""
        async with self._in_order:
            await self._file.use(History.keep_chat_settings, chat_id, values)

    async def draft(self, chat_id: int) -> str:
        """Return the unsent text of a chat."""
        return await self._file.use(History.draft, chat_id)

    async def keep_draft(self, chat_id: int, text: str) -> None:
        """Remember the unsent text of a chat."""
        async with self._in_order:
            await self._file.use(History.keep_draft, chat_id, text)

    async def draft_files(self) -> tuple[Attached, ...]:
        """Return what was attached to the next question; see `app.store.draft_files`."""
        return await self._file.use(_draft_files)

    async def keep_draft_files(self, attached: Sequence[Attached]) -> None:
        """Remember what is attached to the next question."""
        async with self._in_order:
            await self._file.use(_keep_draft_files, attached)

    async def export(self, chat_id: int | None, path: Path) -> None:
        """Write a chat, or all of them for None: Markdown for `.md`, else JSON for `import_`."""
        await self._file.use(export_chats, chat_id, path)

    async def import_(self, path: Path) -> list[Chat]:
        """Add the chats of a JSON file that `export` wrote."""
        return await self._file.use(import_chats, path)

    async def keep_edit(self, message_id: int, block: int, text: str) -> None:
        """Remember what the user made of an answer's code block, counted from 0."""
        await self._file.use(History.keep_edit, message_id, block, text)

    async def edits(self, chat_id: int) -> dict[tuple[int, int], str]:
        """Return the user's texts of a chat's code blocks, by message and block."""
        return await self._file.use(History.edits, chat_id)

    async def show_alternative(self, message_id: int) -> None:
        """Show this message in place of the one that stands there now."""
        await self._file.use(History.show_alternative, message_id)

    async def delete_message(self, message_id: int) -> int | None:
        """Delete a message; `restore_message` undoes it, with the end of the path shown before."""
        return await self._file.use(History.delete_message, message_id)

    async def restore_message(self, message_id: int, head_id: int | None = None) -> None:
        """Bring a deleted message back, and the path that was shown, which ended with `head_id`."""
        await self._file.use(History.restore_message, message_id, head_id)

    async def rewrite(self, message: StoredMessage, text: str) -> StoredMessage:
        """Put the user's own text in an answer's place; the answer stays as an alternative."""
        return await self._file.use(
            History.add_message,
            message.chat_id,
            message.role,
            text,
            parent_id=message.parent_id,
            state=MessageState.DONE,
            model=message.model,
        )

    async def ask(
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
        text = whole_characters(text)
        refuse_nul("The question", text)  # before it stands in the chat for ever
        if self._unsaved and await self._save_unsaved() is None:
            yield SavingWorks()
        path = await self.messages(chat_id) if chat_id is not None else []
        if instead_of is not None:
            path = [message for message in path if message.id < instead_of.id]
        checked = await self._checked([*_turns(path), Message(Role.USER, text)], model, asked)
        if isinstance(checked, DoesNotFit):
            yield checked
            return
        if chat_id is None:
            chat = await self._file.use(History.add_chat, title_of(text) or "New chat")
            chat_id = chat.id
            yield ChatStarted(chat)
        if instead_of is not None:
            parent_id = instead_of.parent_id
        else:
            parent_id = path[-1].id if path else None
        question = await self._file.use(
            History.add_message,
            chat_id,
            Role.USER,
            text,
            parent_id=parent_id,
            state=MessageState.DONE,
        )
        yield MessageAdded(question)
        async with aclosing(self.answer(chat_id, model=model, asked=checked)) as events:
            async for event in events:
                yield event

    async def answer(
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
        path = await self.messages(chat_id)
        if instead_of is not None:
            path = [message for message in path if message.id <= instead_of.id]
        before: list[StoredMessage] = []
        while path and path[-1].role is Role.ASSISTANT:
            before.append(path.pop())
        checked = await self._checked(_turns(path), model, asked)
        if isinstance(checked, DoesNotFit):
            yield checked
            return
        for last in before:
            if not last.text:
                await self._file.use(History.remove_message, last.id)
        answer = _Answer(
            await self._file.use(
                History.add_message,
                chat_id,
                Role.ASSISTANT,
                "",
                parent_id=path[-1].id if path else None,
                state=MessageState.WRITING,
                model=model.name,
            )
        )
        yield MessageAdded(answer.message)
        async with aclosing(self._write(answer, path, model, checked)) as events:
            async for event in events:
                yield event

    async def resume(
        self, chat_id: int, *, model: ModelFile, asked: Asked = ASKED
    ) -> AsyncGenerator[ChatEvent, None]:
        """Go on with a chat's last answer where it ended. As `ask`, after `AnswerContinued`."""
        path = await self.messages(chat_id)
        if not path or path[-1].role is not Role.ASSISTANT:
            return
        checked = await self._checked(_turns(path), model, asked)
        if isinstance(checked, DoesNotFit):
            yield checked
            return
        answer = _Answer(path[-1], [path[-1].text])
        yield AnswerContinued(path[-1])
        async with aclosing(self._write(answer, path, model, checked)) as events:
            async for event in events:
                yield event

    async def prompt_of(
        self, message: StoredMessage, *, model: ModelFile, asked: Asked = ASKED
    ) -> Prompt:
        """Return what the model reads before it writes this answer. Raises as `ask`."""
        origin = (await self._file.use(History.origins, message.chat_id)).get(message.id)
        if origin is not None:  # exactly what was read, with what was left out or summed up
            asked = replace(asked, language=language_named(origin.language), overflow=Overflow.FAIL)
            request = replace(_request([], asked), messages=origin.messages)
        else:
            path = await self.messages(message.chat_id)
            request = _request(_turns([turn for turn in path if turn.id < message.id]), asked)
        return await self._generation.prompt(model, request)

    async def request(self, chat_id: int | None, asked: Asked = ASKED) -> ChatRequest:
        """Return a chat as the next question finds it."""
        path = await self.messages(chat_id) if chat_id is not None else []
        return _request(_turns(path), asked)

    async def _checked(
        self, turns: Sequence[Message], model: ModelFile, asked: Asked
    ) -> Asked | DoesNotFit:
        """Say what to do where the chat does not fit, or that nobody has said it yet.

        Raises `PromptTooLongError` where nothing can be done.
        """
        if asked.overflow is not None:
            return asked
        fit = await self._generation.fit(model, _request(turns, asked))
        if fit is None or fit.fits:
            return replace(asked, overflow=Overflow.FAIL)
        if not (fit.can_trim or fit.raised_tokens):
            raise question_too_long(fit.least_tokens, fit.context_tokens)
        return DoesNotFit(fit)

    async def _write(
        self, answer: _Answer, path: list[StoredMessage], model: ModelFile, asked: Asked
    ) -> AsyncGenerator[ChatEvent, None]:
        """Let the model write the answer, and save it as it comes."""
        try:
            request, origin = await begun(
                model, _request(_turns(path), asked), self._generation.context_tokens(model)
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
                    for news in self._keep_saving(answer):
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
            last_news = await asyncio.shield(self._save_at_last(answer))
        for news in last_news:
            yield news

    def _keep_saving(self, answer: _Answer) -> list[SavingFailed | SavingWorks]:
        """Save in the background, so that a slow disk never holds up the stream.

        What is said now is saved when the interval since the last save is over, whether or
        not more is said until then.
        """
        news: list[SavingFailed | SavingWorks] = []
        if answer.saving is not None and answer.saving.done():
            news = answer.told(answer.saving.result())
            answer.saving = None
        if answer.saving is None:
            answer.saving = asyncio.get_running_loop().create_task(self._save_when_due(answer))
        return news

    async def _save_when_due(self, answer: _Answer) -> StoreError | None:
        wait_s = answer.saved_at + SAVE_EVERY_S - time.monotonic()
        if wait_s > 0:
            with suppress(TimeoutError):
                await asyncio.wait_for(answer.is_over.wait(), wait_s)
        answer.saved_at = time.monotonic()
        return await self._save(answer)

    async def _save_at_last(self, answer: _Answer) -> list[SavingFailed | SavingWorks]:
        answer.is_over.set()
        news: list[SavingFailed | SavingWorks] = []
        if answer.saving is not None:
            news += answer.told(await answer.saving)
        problem = await self._save(answer)
        if problem is not None:
            self._unsaved.append(answer)
        return news + answer.told(problem)

    async def _save_unsaved(self) -> StoreError | None:
        for answer in list(self._unsaved):
            problem = await self._save(answer)
            if problem is not None:
                return problem
            if answer in self._unsaved:  # not saved by another question meanwhile
                self._unsaved.remove(answer)
        return None

    async def _save(self, answer: _Answer) -> StoreError | None:
        text = "".join(answer.text)
        try:
            await self._file.use(
                History.update_message,
                answer.message.id,
                text,
                state=answer.state,
                error=answer.error,
            )
            if answer.origin is not None:
                await self._file.use(History.keep_origin, answer.message.id, answer.origin)
                answer.origin = None
        except StoreError as error:
            return error
        return None


def _index_older(history: History) -> bool:
    return index_older(history.database)


def _draft_files(history: History) -> tuple[Attached, ...]:
    return draft_files(history.database)


def _keep_draft_files(history: History, attached: Sequence[Attached]) -> None:
    keep_draft_files(history.database, attached)


def _turns(path: Sequence[StoredMessage]) -> list[Message]:
    # A model may have written a NUL, which no prompt can have: it must not end the chat.
    return [Message(turn.role, without_nul(turn.text)) for turn in path if turn.text]


def _request(turns: Sequence[Message], asked: Asked) -> ChatRequest:
    system = [Message(Role.SYSTEM, asked.system)] if asked.system else []
    overflow = asked.overflow or Overflow.FAIL
    return ChatRequest((*system, *turns), asked.sampling, asked.language, overflow, asked.output)
