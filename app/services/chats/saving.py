"""Saves answers while they are written: at most half a second after it was said.

Where saving fails the answer goes on, the problem is told once, and saving is tried again.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass, field

from app.core.chats import MessageState, StoredMessage
from app.core.errors import StoreError
from app.core.origins import Origin
from app.services.chats.asking import SavingFailed, SavingWorks
from app.services.chats.history_file import HistoryFile
from app.store.history import History

SAVE_EVERY_S = 0.4

SavingNews = SavingFailed | SavingWorks


@dataclass(slots=True)
class WrittenAnswer:
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

    def told(self, problem: StoreError | None) -> list[SavingNews]:
        """Take in how a save went, and return what the user does not know yet."""
        before, self.problem = self.problem, problem
        if problem is not None and before is None:
            return [SavingFailed(problem)]
        return [SavingWorks()] if problem is None and before is not None else []


class Saving:
    """Saves all answers of a program. Used on the asyncio thread."""

    def __init__(self, file: HistoryFile) -> None:
        self._file = file
        self._unsaved: list[WrittenAnswer] = []

    def keep_on(self, answer: WrittenAnswer) -> list[SavingNews]:
        """Save in the background, so that a slow disk never holds up the stream.

        What is said now is saved when the interval since the last save is over, whether or
        not more is said until then.
        """
        news: list[SavingNews] = []
        if answer.saving is not None and answer.saving.done():
            news = answer.told(answer.saving.result())
            answer.saving = None
        if answer.saving is None:
            answer.saving = asyncio.get_running_loop().create_task(self._save_when_due(answer))
        return news

    async def _save_when_due(self, answer: WrittenAnswer) -> StoreError | None:
        wait_s = answer.saved_at + SAVE_EVERY_S - time.monotonic()
        if wait_s > 0:
            with suppress(TimeoutError):
                await asyncio.wait_for(answer.is_over.wait(), wait_s)
        answer.saved_at = time.monotonic()
        return await self._save(answer)

    async def end(self, answer: WrittenAnswer) -> list[SavingNews]:
        """Save an answer to which nothing comes any more, or remember it to be saved later."""
        answer.is_over.set()
        news: list[SavingNews] = []
        if answer.saving is not None:
            news += answer.told(await answer.saving)
        problem = await self._save(answer)
        if problem is not None:
            self._unsaved.append(answer)
        return news + answer.told(problem)

    async def try_again(self) -> list[SavingNews]:
        """Save what could not be saved before; say so where it works now."""
        return [SavingWorks()] if self._unsaved and await self.save_unsaved() is None else []

    async def save_unsaved(self) -> StoreError | None:
        """Save what could not be saved before; return why it still cannot."""
        for answer in list(self._unsaved):
            problem = await self._save(answer)
            if problem is not None:
                return problem
            if answer in self._unsaved:  # not saved by another question meanwhile
                self._unsaved.remove(answer)
        return None

    async def _save(self, answer: WrittenAnswer) -> StoreError | None:
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
