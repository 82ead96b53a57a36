"""The user's chats as they are kept: listed, found, changed, exported, and deleted.

The window's presenters use this; `app.services.chats.answers` lets models answer in them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from app.core.attachments import Attached
from app.core.chats import Chat, Hit, MessageState, StoredMessage
from app.core.errors import StoreError
from app.core.settings import Value
from app.services.answering.generation import Generation
from app.services.chats.answers import Answers
from app.services.chats.archives import export_chats, import_chats
from app.services.chats.history_file import HistoryFile
from app.store.draft_files import draft_files, keep_draft_files
from app.store.history import History
from app.store.short_index import index_older
from app.store.whole_chats import branch

INDEX_PAUSE_S = 0.03


class Chats:
    """The user's chats. Used on the asyncio thread; all wait until the history is open."""

    def __init__(self, file: HistoryFile, generation: Generation) -> None:
        self._file = file
        self.answers = Answers(file, generation)
        # In the order asked for: two threads could write the older values last.
        self._in_order = asyncio.Lock()

    async def close(self) -> StoreError | None:
        """Save what could not be saved before; return why it still cannot."""
        return await self.answers.saving.save_unsaved()

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
        return await self._file.use(_branch, message_id)

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


def _branch(history: History, message_id: int) -> Chat:
    return branch(history.database, message_id)


def _index_older(history: History) -> bool:
    return index_older(history.database)


def _draft_files(history: History) -> tuple[Attached, ...]:
    return draft_files(history.database)


def _keep_draft_files(history: History, attached: Sequence[Attached]) -> None:
    keep_draft_files(history.database, attached)
