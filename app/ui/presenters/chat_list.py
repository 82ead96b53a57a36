"""The list of chats: what there is, what is found, and what is done with a whole chat."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path

from app.core.chats import Hit
from app.services.chats.chats import Chats
from app.services.tasks import Tasks
from app.text.folding import folded
from app.ui.presenters.open_chat import OpenChat
from app.ui.presenters.views import ChatView

SEARCH_AFTER_S = 0.12


class ChatListPresenter:
    """The chats at the left of one window."""

    def __init__(self, view: ChatView, chats: Chats, opened: OpenChat, tasks: Tasks) -> None:
        self._view = view
        self._open = opened
        self._tasks = tasks
        self._chats = chats
        opened.changed = self.refresh
        self._searching: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Show the chats there are, once the history is open. Raises `StoreError`."""
        await self._list()

    def refresh(self) -> None:
        """Show the chats anew: one was added or has another title."""
        self._tasks.start(self._list(), name="list chats")

    def search(self, words: str) -> None:
        """Show what was said that holds these words, once typing pauses."""
        if self._searching is not None:
            self._searching.cancel()
        self._searching = self._tasks.start(self._search(words), name="search")

    def open_hit(self, chat_id: int, message_id: int) -> None:
        """Open a chat where something was found."""
        self._tasks.start(self._open_hit(chat_id, message_id), name="open hit")

    def rename(self, chat_id: int, title: str) -> None:
        """Give a chat a title."""
        if title.strip():
            self._change(lambda chats: chats.rename(chat_id, title.strip()))

    def pin(self, chat_id: int, is_pinned: bool) -> None:  # noqa: FBT001 - from a signal
        """Keep a chat at the top, or let it go."""
        self._change(lambda chats: chats.pin(chat_id, is_pinned=is_pinned))

    def tag(self, chat_id: int, tags: Sequence[str]) -> None:
        """Let a chat have these tags and no others."""
        self._change(lambda chats: chats.tag(chat_id, tags))

    def delete(self, chat_id: int) -> None:
        """Delete a chat and offer undo."""
        self._tasks.start(self._delete(chat_id), name="delete chat")

    def export(self, chat_id: int | None, path: Path) -> None:
        """Write a chat, or all for None, to a file."""

        async def export() -> None:
            await self._chats.export(chat_id, path)

        self._tasks.start(export(), name="export chats")

    def import_(self, path: Path) -> None:
        """Add the chats of an exported file and open the first."""

        async def import_() -> None:
            added = await self._chats.import_(path)
            await self._list()
            if added:
                await self._open.show(added[0].id)

        self._tasks.start(import_(), name="import chats")

    def _change(self, change: Callable[[Chats], Coroutine[None, None, None]]) -> None:
        async def do() -> None:
            await change(self._chats)
            await self._list()

        self._tasks.start(do(), name="change chat")

    async def _list(self) -> None:
        self._view.sidebar.set_chats(await self._chats.chats())
        self._view.sidebar.select(self._open.chat_id)

    async def _search(self, words: str) -> None:
        await asyncio.sleep(SEARCH_AFTER_S if words else 0)
        self._view.sidebar.set_found(await self._found(self._chats, words))

    async def _found(self, chats: Chats, words: str) -> list[Hit]:
        """Search what was said, in the chats with the tags where the words name some."""
        tags = [word for word in words.split() if word.startswith("#") and len(word) > 1]
        wanted = [folded(word[1:]) for word in tags]
        tagged = {
            chat.id
            for chat in await chats.chats()
            if all(any(folded(t).startswith(w) for t in chat.tags) for w in wanted)
        }
        if not wanted or not tagged:
            return await chats.search(words)  # no tag: `#include` is searched as it stands
        rest = " ".join(word for word in words.split() if word not in tags)
        return await chats.search(rest, among=tagged)

    async def _open_hit(self, chat_id: int, message_id: int) -> None:
        shown = await self._chats.messages(chat_id)
        if message_id not in [message.id for message in shown]:
            await self._chats.show_alternative(message_id)
        await self._open.show(chat_id)
        self._view.conversation.show_message(message_id)

    async def _delete(self, chat_id: int) -> None:
        if chat_id == self._open.chat_id:
            self._open.new_chat()
        title = next((chat.title for chat in await self._chats.chats() if chat.id == chat_id), "")
        await self._chats.delete(chat_id)
        await self._list()

        def undo() -> None:
            self._tasks.start(self._restore(chat_id), name="restore chat")

        self._view.undo_bar.offer(f"Chat “{title}” deleted.", undo)

    async def _restore(self, chat_id: int) -> None:
        await self._chats.restore(chat_id)
        await self._list()
        await self._open.show(chat_id)
