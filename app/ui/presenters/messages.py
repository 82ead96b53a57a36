"""What is done with one message of the open chat: edited, answered anew, deleted, gone on from."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial

from app.core.chats import StoredMessage
from app.core.messages import Role
from app.services.chats.chats import Chats
from app.services.models import Models
from app.services.tasks import Tasks
from app.text.names import title_of
from app.ui.presenters.chat import ChatPresenter
from app.ui.presenters.open_chat import OpenChat
from app.ui.presenters.views import ChatView


class MessagePresenter:
    """One thing after the other, and nothing while an answer is being written."""

    def __init__(
        self,
        view: ChatView,
        chats: Chats,
        opened: OpenChat,
        chat: ChatPresenter,
        models: Models,
        tasks: Tasks,
    ) -> None:
        self._view = view
        self._chats = chats
        self._open = opened
        self._chat = chat
        self._models = models
        self._tasks = tasks
        self._acting = asyncio.Lock()

    def retry(self) -> None:
        """Answer the last question again, after an error."""
        chat_id = self._open.chat_id
        if chat_id is not None and not self._chat.is_busy:
            self._tasks.start(self._act(partial(self._retry, chat_id)), name="retry")

    def regenerate(self, message_id: int) -> None:
        """Write another answer in the place of this one, which is kept."""
        self._with_message(message_id, self._regenerate)

    def edit(self, message_id: int, text: str, is_going_on: bool) -> None:  # noqa: FBT001
        """Ask an edited question anew, or keep an edited answer and perhaps go on with it."""

        async def edit(message: StoredMessage) -> None:
            if message.role is Role.USER:
                await self._open.reload(until=message)
                self._chat.ask_instead_of(message, text)
            else:
                await self._rewrite(message, text, is_going_on=is_going_on)

        self._with_message(message_id, edit)

    def step(self, message_id: int, by: int) -> None:
        """Show another one of the messages that stand in this one's place."""

        async def step(message: StoredMessage) -> None:
            at = message.alternatives.index(message.id) + by
            if 0 <= at < len(message.alternatives):
                await self._chats.show_alternative(message.alternatives[at])
                await self._open.reload()

        self._with_message(message_id, step)

    def delete(self, message_id: int) -> None:
        """Delete a message and offer undo."""

        async def delete(message: StoredMessage) -> None:
            head_id = await self._chats.delete_message(message.id)
            await self._open.reload()

            def undo() -> None:
                self._tasks.start(self._restore(message, head_id), name="restore message")

            self._view.undo_bar.offer(f"Message “{title_of(message.text) or '…'}” deleted.", undo)

        self._with_message(message_id, delete)

    def branch(self, message_id: int) -> None:
        """Go on from this message in a new chat."""

        async def branch(message: StoredMessage) -> None:
            chat = await self._chats.branch(message.id)
            self._open.changed()
            await self._open.show(chat.id)

        self._with_message(message_id, branch)

    def show_prompt(self, message_id: int) -> None:
        """Show what the model reads before it writes this answer."""

        async def show(message: StoredMessage) -> None:
            model = self._models.status.model
            if model is not None:
                prompt = await self._chats.answers.prompt_of(
                    message, model=model, asked=self._open.settings.asked()
                )
                self._view.dialogs.show_prompt(prompt)

        self._with_message(message_id, show)

    def _with_message(
        self, message_id: int, work: Callable[[StoredMessage], Coroutine[None, None, None]]
    ) -> None:
        """Do something with a message of the open chat, unless an answer is being written."""
        chat_id = self._open.chat_id
        if chat_id is None or self._chat.is_busy:
            return

        async def do() -> None:
            for message in await self._chats.messages(chat_id):
                if message.id == message_id:
                    await work(message)

        self._tasks.start(self._act(do), name="message")

    async def _act(self, act: Callable[[], Coroutine[None, None, None]]) -> None:
        """Do one thing after the other: a second click must not find the first half done."""
        async with self._acting:
            await act()

    async def _regenerate(self, message: StoredMessage) -> None:
        if self._chat.is_busy or message.chat_id != self._open.chat_id:
            return  # clicked twice, or another chat was opened meanwhile
        await self._open.reload(until=message)
        self._chat.answer_instead_of(message)

    async def _retry(self, chat_id: int) -> None:
        messages = await self._chats.messages(chat_id)
        if messages and messages[-1].role is Role.ASSISTANT:
            await self._regenerate(messages[-1])
        elif chat_id == self._open.chat_id and not self._chat.is_busy:
            await self._open.reload()
            self._chat.answer_instead_of(None)

    async def _rewrite(self, message: StoredMessage, text: str, *, is_going_on: bool) -> None:
        await self._chats.rewrite(message, text)
        await self._open.reload()
        if is_going_on:
            self._chat.go_on()

    async def _restore(self, message: StoredMessage, head_id: int | None) -> None:
        await self._chats.restore_message(message.id, head_id)
        if self._open.chat_id == message.chat_id:
            await self._open.reload()
