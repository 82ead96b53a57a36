"""The open chat: sends questions, streams answers into the view, keeps drafts safe.

Knows services and no Qt; the window is its view.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from functools import partial

from app.core.chats import NEW_CHAT, MessageState, StoredMessage
from app.core.context import Overflow, OverflowChoice
from app.core.errors import AppError, NoModelError
from app.core.events import FinishReason
from app.core.messages import Role
from app.core.models import ModelFile
from app.core.settings import BY_KEY, CHAT_SETTINGS, Value, sampling_of
from app.generation.chat.outputs import output_of
from app.services.chats.asking import Asked, ChatEvent, ChatStarted, DoesNotFit, MessageAdded
from app.services.chats.chats import Chats
from app.services.models import Models
from app.services.tasks import Tasks
from app.store.settings import Settings
from app.text.languages import Language, language_named
from app.text.names import title_of
from app.ui.presenters.answer import AnswerPresenter
from app.ui.presenters.answer_code import AnswerCode
from app.ui.presenters.draft import DraftPresenter
from app.ui.presenters.leaving import Left
from app.ui.presenters.overflow import OverflowPresenter
from app.ui.presenters.views import ChatView

_ENDINGS = {
    MessageState.STOPPED: FinishReason.CANCELLED,
    MessageState.LENGTH: FinishReason.LENGTH,
    MessageState.CONTEXT: FinishReason.CONTEXT,
}


_Ask = Callable[[ModelFile, Asked], AsyncGenerator[ChatEvent, None]]


class ChatPresenter:
    """One window's open chat. What is asked before the history is open waits for it."""

    def __init__(
        self,
        view: ChatView,
        chats: Chats,
        code: AnswerCode,
        draft: DraftPresenter,
        models: Models,
        tasks: Tasks,
        settings: Settings,
    ) -> None:
        self._settings = settings
        self._own: dict[str, Value] = {}
        self._view = view
        self._code = code
        self._draft = draft
        self._context = draft.context
        self._overflow = OverflowPresenter(view.dialogs, models)
        self._models = models
        self._tasks = tasks
        self._chats = chats
        self.changed: Callable[[], None] = lambda: None
        """Is told that the list of chats is another."""
        self._chat_id: int | None = None
        self._leaves_out = False
        self._is_whole = True  # False where showing the chat, or a change to it, came to no end
        self._language: Language | None = None
        self._answering: asyncio.Task[None] | None = None
        self._is_idle_shown = True
        self._switching = asyncio.Lock()
        self._acting = asyncio.Lock()
        self._opening: asyncio.Task[None] | None = None
        self._answer_shown = AnswerPresenter(view, code, draft.context)
        self._context.show_output(self._asked())

    @property
    def is_busy(self) -> bool:
        """Tell whether an answer is being written, or its end not shown yet."""
        return self._is_answering() or not self._is_idle_shown

    @property
    def chat_id(self) -> int | None:
        """Return the open chat, None while it is a new one."""
        return self._chat_id

    # --- what the user wishes ------------------------------------------------------------

    def send(self, text: str) -> None:
        """Ask. Draft and attachments go only once the question stands in the history."""
        whole = self._draft.whole(text)
        if whole.strip() and not self.is_busy:
            chats, chat_id = self._chats, self._chat_id
            self._start(
                lambda model, asked: chats.answers.ask(chat_id, whole, model=model, asked=asked),
                draft=text,
            )

    def ask(self, question: str) -> bool:
        """Ask something that is not the draft, which stays; tell whether it can be asked now."""
        if self.is_busy:
            return False
        chats, chat_id = self._chats, self._chat_id
        self._start(
            lambda model, asked: chats.answers.ask(chat_id, question, model=model, asked=asked)
        )
        return True

    def retry(self) -> None:
        """Answer the last question again, after an error."""
        if self._chat_id is not None and not self.is_busy:
            self._tasks.start(self._act(partial(self._retry, self._chat_id)), name="retry")

    def stop(self) -> None:
        """Stop the answer; what was said stays."""
        if self._answering is not None:
            self._answering.cancel()

    def regenerate(self, message_id: int) -> None:
        """Write another answer in the place of this one, which is kept."""
        self._with_message(message_id, self._regenerate)

    def go_on(self) -> None:
        """Let the last answer go on."""
        if self._chat_id is not None and not self.is_busy:
            chats, chat_id = self._chats, self._chat_id
            self._start(
                lambda model, asked: chats.answers.resume(chat_id, model=model, asked=asked)
            )

    def edit(self, message_id: int, text: str, is_going_on: bool) -> None:  # noqa: FBT001
        """Ask an edited question anew, or keep an edited answer and perhaps go on with it."""

        async def edit(message: StoredMessage) -> None:
            if message.role is Role.USER:
                await self._ask_anew(message, text)
            else:
                await self._rewrite(message, text, is_going_on=is_going_on)

        self._with_message(message_id, edit)

    def step(self, message_id: int, by: int) -> None:
        """Show another one of the messages that stand in this one's place."""

        async def step(message: StoredMessage) -> None:
            at = message.alternatives.index(message.id) + by
            if 0 <= at < len(message.alternatives):
                await self._chats.show_alternative(message.alternatives[at])
                await self._reload()

        self._with_message(message_id, step)

    def delete_message(self, message_id: int) -> None:
        """Delete a message and offer undo."""

        async def delete(message: StoredMessage) -> None:
            head_id = await self._chats.delete_message(message.id)
            await self._reload()

            def undo() -> None:
                self._tasks.start(self._restore(message, head_id), name="restore message")

            self._view.undo_bar.offer(f"Message “{title_of(message.text) or '…'}” deleted.", undo)

        self._with_message(message_id, delete)

    def branch(self, message_id: int) -> None:
        """Go on from this message in a new chat."""

        async def branch(message: StoredMessage) -> None:
            chat = await self._chats.branch(message.id)
            self.changed()
            await self.show(chat.id)

        self._with_message(message_id, branch)

    def show_prompt(self, message_id: int) -> None:
        """Show what the model reads before it writes this answer."""

        async def show(message: StoredMessage) -> None:
            model = self._models.status.model
            if model is not None:
                prompt = await self._chats.answers.prompt_of(
                    message, model=model, asked=self._asked()
                )
                self._view.dialogs.show_prompt(prompt)

        self._with_message(message_id, show)

    def new_chat(self) -> None:
        """Show an empty chat; it is saved with its first question."""
        self._tasks.start(self._show_new(self._leave_for(None)), name="new chat")

    def open_chat(self, chat_id: int) -> None:
        """Show a chat."""
        is_opening = self._opening is not None and not self._opening.done()
        if chat_id != self._chat_id or not (self._is_whole or self.is_busy or is_opening):
            self._opening = self._tasks.start(self.show(chat_id), name="open chat")

    async def show_anew(self) -> None:
        """Show the open chat as it is kept now, a new one where it is gone. Raises `StoreError`.

        Whoever opened another chat meanwhile, or asked something, is left there.
        """
        chat_id = self._chat_id
        if chat_id is None:
            return
        kept = [chat.id for chat in await self._chats.chats()]
        if chat_id != self._chat_id or self.is_busy:
            return
        if chat_id in kept:
            await self.show(chat_id)
        else:
            self.new_chat()

    def choose_language(self, name: str) -> None:
        """Answer in this language from now on; an unknown name means any."""
        self._language = language_named(name)
        self._context.chat_changed(self._chat_id, self._counted())

    def open_settings(self) -> None:
        """Show the settings of the open chat; those of the program hold where it has none."""
        self._view.dialogs.show_chat_settings(self.values())

    def change_setting(self, key: str, value: Value) -> None:
        """Let a setting hold for the open chat alone; one like the program's is let go."""
        if value == self._settings.value(key):
            self._own.pop(key, None)
        else:
            self._own[key] = BY_KEY[key].check(value)
        self._keep_own()

    def use_settings(self, values: Mapping[str, Value]) -> None:
        """Let these and no others hold for the open chat; what is not named is the program's."""
        self._own = {key: v for key, v in values.items() if v != self._settings.value(key)}
        self._keep_own()

    def values(self) -> dict[str, Value]:
        """Return the settings that hold for the open chat."""
        return self.values_with(self._own)

    def values_with(self, own: Mapping[str, Value]) -> dict[str, Value]:
        """Return what holds for a chat that has these settings of its own."""
        return {one.key: self._settings.value(one.key) for one in CHAT_SETTINGS} | dict(own)

    def _keep_own(self) -> None:
        self._context.chat_changed(self._chat_id, self._counted())
        if self._chat_id is not None:
            self._tasks.start(
                self._chats.keep_settings(self._chat_id, dict(self._own)), name="keep settings"
            )

    # --- how it is done ------------------------------------------------------------------

    def _start(self, ask: _Ask, *, draft: str | None = None) -> None:
        show_idle = partial(self._show_busy, is_busy=False)
        idle = (self._code.finish, show_idle, self._context.end_answer, self._note_idle)
        rest = [partial(self._unless_answering, step) for step in idle]
        self._is_idle_shown = False
        self._answering = self._tasks.start(self._answer(ask, draft), name="answer", rest=rest)

    def _show_busy(self, *, is_busy: bool) -> None:
        self._view.composer.set_busy(is_busy=is_busy)
        self._view.conversation.set_busy(is_busy=is_busy)

    def _is_answering(self) -> bool:
        return self._answering is not None and not self._answering.done()

    def _note_idle(self) -> None:
        self._is_idle_shown = True

    def _unless_answering(self, step: Callable[[], None]) -> None:
        # An answer that is slow to stop may end when another chat is asked already.
        if not self._is_answering():
            step()

    def _asked(self) -> Asked:
        values = self.values()
        output = output_of(str(values["chat.format"]), str(values["chat.schema"]))
        system = str(values["chat.system"])
        return Asked(self._language, sampling_of(values), system, output=output)

    def _counted(self) -> Asked:
        """Return how the meter counts: what the user has left out of this chat stays out."""
        remembered = OverflowChoice(str(self.values()["chat.overflow"]))
        leaves_out = remembered in (OverflowChoice.TRIM, OverflowChoice.SUMMARISE)
        overflow = Overflow.TRIM if leaves_out or self._leaves_out else None
        return replace(self._asked(), overflow=overflow)

    def _with_message(
        self, message_id: int, work: Callable[[StoredMessage], Coroutine[None, None, None]]
    ) -> None:
        """Do something with a message of the open chat, unless an answer is being written."""
        chat_id, chats = self._chat_id, self._chats
        if chat_id is None or self.is_busy:
            return

        async def do() -> None:
            for message in await chats.messages(chat_id):
                if message.id == message_id:
                    await work(message)

        self._tasks.start(self._act(do), name="message")

    async def _act(self, act: Callable[[], Coroutine[None, None, None]]) -> None:
        """Do one thing after the other: a second click must not find the first half done."""
        async with self._acting:
            await act()

    async def _answer(self, ask: _Ask, draft: str | None) -> None:
        """Stream an answer. `draft` is a question that is not in the history yet."""
        self._show_busy(is_busy=True)
        if draft is not None and not await self._is_still_wanted(draft):
            return
        async with self._switching:  # the chat that is asked is in sight first
            self._answer_shown.begin()
        has_question = draft is None
        try:
            model = self._models.status.model
            if model is None:
                raise NoModelError("No model is chosen.", hint="Choose one at the top.")
            asked: Asked | None = self._asked()
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
            self._code.finish()
            self._answer_shown.rest()
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
        remembered = OverflowChoice(str(self.values()["chat.overflow"]))
        decision = await self._overflow.decide(problem.fit, model, remembered)
        if decision is None:
            if draft is not None:
                self._view.composer.give_back(draft)
            await self._reload()
            return None
        if decision.remembered is not None:
            self.change_setting("chat.overflow", str(decision.remembered))
        self._leaves_out = decision.overflow is not None
        self._context.chat_changed(self._chat_id, self._counted())
        return replace(asked, overflow=decision.overflow)

    def _show(self, event: ChatEvent, *, is_draft: bool) -> None:
        match event:
            case ChatStarted(chat):
                self._chat_id = chat.id
                self._context.chat_changed(chat.id, self._counted())
                self.changed()
                self._tasks.start(self._take_over(chat.id), name="take over")
            case MessageAdded(message) if message.role is Role.USER:
                if is_draft:
                    self._view.composer.clear_draft()
                    self._draft.sent()
                self._view.conversation.add_question(message)
            case _:
                self._answer_shown.take(event)

    async def _regenerate(self, message: StoredMessage) -> None:
        if self.is_busy or message.chat_id != self._chat_id:
            return  # clicked twice, or another chat was opened meanwhile
        await self._reload(until=message)
        self._answer_instead_of(message)

    async def _retry(self, chat_id: int) -> None:
        messages = await self._chats.messages(chat_id)
        if messages and messages[-1].role is Role.ASSISTANT:
            await self._regenerate(messages[-1])
        elif chat_id == self._chat_id and not self.is_busy:
            await self._reload()
            self._answer_instead_of(None)

    def _answer_instead_of(self, message: StoredMessage | None) -> None:
        chats, chat_id = self._chats, self._chat_id
        assert chat_id is not None
        self._start(
            lambda model, asked: chats.answers.answer(
                chat_id, model=model, asked=asked, instead_of=message
            )
        )

    async def _ask_anew(self, message: StoredMessage, text: str) -> None:
        await self._reload(until=message)
        chats = self._chats
        self._start(
            lambda model, asked: chats.answers.ask(
                message.chat_id, text, model=model, asked=asked, instead_of=message
            )
        )

    async def _rewrite(self, message: StoredMessage, text: str, *, is_going_on: bool) -> None:
        await self._chats.rewrite(message, text)
        await self._reload()
        if is_going_on:
            self.go_on()

    async def _restore(self, message: StoredMessage, head_id: int | None) -> None:
        await self._chats.restore_message(message.id, head_id)
        if self._chat_id == message.chat_id:
            await self._reload()

    def show(self, chat_id: int) -> Coroutine[None, None, None]:
        """Show a chat in place of the open one; its answer stops."""
        return self._show_chat(chat_id, self._leave_for(chat_id))

    def _leave_for(self, chat_id: int | None) -> Left:
        """From this moment on what the user types and sends belongs to another chat.

        Returns what was left, which is yet to be saved.
        """
        self.stop()
        answering, self._answering, self._is_idle_shown = self._answering, None, True
        self._chat_id, self._own, self._is_whole = chat_id, {}, chat_id is None
        self._leaves_out = False
        return Left(*self._draft.leave_for(chat_id or NEW_CHAT), answering)

    async def _show_chat(self, chat_id: int, left: Left) -> None:
        async with self._switching:
            await left.stopped()
            await self._chats.keep_draft(left.chat_id, left.draft)
            if chat_id == self._chat_id:  # and not yet another one
                self._own = await self._chats.settings(chat_id)
                self._view.sidebar.select(chat_id)
                await self._reload()
                await self._draft.show_kept()

    async def _show_new(self, left: Left) -> None:
        async with self._switching:
            await left.stopped()
            await self._chats.keep_draft(left.chat_id, left.draft)
            if self._chat_id is None:
                self._view.sidebar.select(None)
                self._view.conversation.clear()
                self._code.clear()
                self._context.chat_changed(None, self._counted())
                await self._draft.show_kept()

    async def _reload(self, *, until: StoredMessage | None = None) -> None:
        """Show the open chat's messages, or only those before `until`."""
        if self._chat_id is None:
            return
        self._is_whole = False
        messages = await self._chats.messages(self._chat_id)
        if until is not None:
            messages = [message for message in messages if message.id < until.id]
        self._view.conversation.load(messages)
        await self._code.show_chat(messages, await self._chats.edits(self._chat_id))
        self._context.chat_changed(self._chat_id, self._counted())
        if until is None:
            self._tell_ending(messages)
            self._is_whole = True

    def _tell_ending(self, messages: Sequence[StoredMessage]) -> None:
        last = messages[-1] if messages else None
        if last is None or last.role is not Role.ASSISTANT:
            return
        if last.state in _ENDINGS:
            self._view.conversation.show_ending(_ENDINGS[last.state])
        elif last.state is MessageState.INTERRUPTED:
            error = AppError("Starwright ended while this answer was being written.", hint="")
            self._view.conversation.fail(error, can_retry=True)
        elif last.state is MessageState.FAILED:
            self._view.conversation.fail(
                AppError(last.error or "The answer failed."), can_retry=True
            )

    async def _take_over(self, chat_id: int) -> None:
        """What held for the new chat holds for it now that it is saved."""
        await self._draft.take_over(chat_id)
        if self._own:
            await self._chats.keep_settings(chat_id, dict(self._own))
