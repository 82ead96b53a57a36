"""Which chat is open: shown in place of another, which is left with its draft and its answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence

from app.core.chats import NEW_CHAT, Chat, MessageState, StoredMessage
from app.core.errors import AppError
from app.core.events import FinishReason
from app.core.messages import Role
from app.services.chats.chats import Chats
from app.services.tasks import Tasks
from app.ui.presenters.answer_code import AnswerCode
from app.ui.presenters.answering import Answering
from app.ui.presenters.chat_settings import ChatSettings
from app.ui.presenters.draft import DraftPresenter
from app.ui.presenters.leaving import Left
from app.ui.presenters.views import ChatView

_ENDINGS = {
    MessageState.STOPPED: FinishReason.CANCELLED,
    MessageState.LENGTH: FinishReason.LENGTH,
    MessageState.CONTEXT: FinishReason.CONTEXT,
}


class OpenChat:
    """The open chat of one window, with its `settings`."""

    def __init__(
        self,
        view: ChatView,
        chats: Chats,
        code: AnswerCode,
        draft: DraftPresenter,
        settings: ChatSettings,
        tasks: Tasks,
    ) -> None:
        self._view = view
        self._chats = chats
        self._code = code
        self._draft = draft
        self.settings = settings
        self._tasks = tasks
        self.answering = Answering(view, code, draft.context, tasks)
        self.switching = asyncio.Lock()
        """Held while another chat takes the place of the open one."""
        self.changed: Callable[[], None] = lambda: None
        """Is told that the list of chats is another."""
        self._chat_id: int | None = None
        self._is_whole = True  # False where showing the chat, or a change to it, came to no end
        self._opening: asyncio.Task[None] | None = None

    @property
    def chat_id(self) -> int | None:
        """Return the open chat, None while it is a new one."""
        return self._chat_id

    def new_chat(self) -> None:
        """Show an empty chat; it is saved with its first question."""
        self._tasks.start(self._show_new(self._leave_for(None)), name="new chat")

    def open_chat(self, chat_id: int) -> None:
        """Show a chat."""
        is_opening = self._opening is not None and not self._opening.done()
        is_in_hand = self._is_whole or self.answering.is_busy or is_opening
        if chat_id != self._chat_id or not is_in_hand:
            self._opening = self._tasks.start(self.show(chat_id), name="open chat")

    def show(self, chat_id: int) -> Coroutine[None, None, None]:
        """Show a chat in place of the open one; its answer stops."""
        return self._show_chat(chat_id, self._leave_for(chat_id))

    async def show_anew(self) -> None:
        """Show the open chat as it is kept now, a new one where it is gone. Raises `StoreError`.

        Whoever opened another chat meanwhile, or asked something, is left there.
        """
        chat_id = self._chat_id
        if chat_id is None:
            return
        kept = [chat.id for chat in await self._chats.chats()]
        if chat_id != self._chat_id or self.answering.is_busy:
            return
        if chat_id in kept:
            await self.show(chat_id)
        else:
            self.new_chat()

    def begin(self, chat: Chat) -> None:
        """The new chat is saved with its first question: what held for it holds for it now."""
        self._chat_id = chat.id
        self.settings.take_over(chat.id)
        self.changed()
        self._tasks.start(self._take_over(chat.id), name="take over")

    async def reload(self, *, until: StoredMessage | None = None) -> None:
        """Show the open chat's messages, or only those before `until`."""
        if self._chat_id is None:
            return
        self._is_whole = False
        messages = await self._chats.messages(self._chat_id)
        if until is not None:
            messages = [message for message in messages if message.id < until.id]
        self._view.conversation.load(messages)
        await self._code.show_chat(messages, await self._chats.edits(self._chat_id))
        self.settings.tell()
        if until is None:
            self._tell_ending(messages)
            self._is_whole = True

    def _leave_for(self, chat_id: int | None) -> Left:
        """From this moment on what the user types and sends belongs to another chat.

        Returns what was left, which is yet to be saved.
        """
        answering = self.answering.leave()
        self._chat_id, self._is_whole = chat_id, chat_id is None
        self.settings.leave_for(chat_id)
        return Left(*self._draft.leave_for(chat_id or NEW_CHAT), answering)

    async def _show_chat(self, chat_id: int, left: Left) -> None:
        async with self.switching:
            await left.stopped()
            await self._chats.keep_draft(left.chat_id, left.draft)
            if chat_id == self._chat_id:  # and not yet another one
                await self.settings.read(chat_id)
                self._view.sidebar.select(chat_id)
                await self.reload()
                await self._draft.show_kept()

    async def _show_new(self, left: Left) -> None:
        async with self.switching:
            await left.stopped()
            await self._chats.keep_draft(left.chat_id, left.draft)
            if self._chat_id is None:
                self._view.sidebar.select(None)
                self._view.conversation.clear()
                self._code.clear()
                self.settings.tell()
                await self._draft.show_kept()

    async def _take_over(self, chat_id: int) -> None:
        await self._draft.take_over(chat_id)
        await self.settings.keep_taken_over(chat_id)

    def _tell_ending(self, messages: Sequence[StoredMessage]) -> None:
        last = messages[-1] if messages else None
        if last is None or last.role is not Role.ASSISTANT:
            return
        talk = self._view.conversation
        if last.state in _ENDINGS:
            talk.show_ending(_ENDINGS[last.state])
        elif last.state is MessageState.INTERRUPTED:
            error = AppError("Starwright ended while this answer was being written.", hint="")
            talk.fail(error, can_retry=True)
        elif last.state is MessageState.FAILED:
            talk.fail(AppError(last.error or "The answer failed."), can_retry=True)
