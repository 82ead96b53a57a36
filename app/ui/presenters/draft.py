"""The next question while it is written: its text, the files that go with it, their tokens.

The text is kept in the history for each chat, so that neither another chat nor a crash loses it;
the files go with whatever is asked next, and are kept as well.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from pathlib import Path

from app.core.attachments import Attached, Attachment
from app.core.chats import NEW_CHAT
from app.core.errors import AppError, StoreError
from app.services.answering.generation import Generation
from app.services.attachments import add, load
from app.services.chats.chats import Chats
from app.services.models import Models
from app.services.tasks import Tasks
from app.text.attached import with_attachments
from app.ui.presenters.context import ContextPresenter
from app.ui.presenters.views import ChatView

KEEP_AFTER_S = 0.5


class DraftPresenter:
    """The draft of one window; it belongs to the chat that is open.

    `context` counts it together with that chat.
    """

    def __init__(
        self,
        view: ChatView,
        chats: Chats,
        models: Models,
        generation: Generation,
        tasks: Tasks,
    ) -> None:
        self._composer = view.composer
        self._conversation = view.conversation
        self._models = models
        self._generation = generation
        self._tasks = tasks
        self._chats = chats
        self._chat_id = NEW_CHAT
        self._text = ""
        self._attached: tuple[Attached, ...] = ()
        self._kept_files: tuple[Attachment, ...] = ()
        self._in_order = asyncio.Lock()
        self._has_begun = asyncio.Event()  # until then what is kept may not be overwritten
        self.context = ContextPresenter(view, chats, models, generation, tasks)
        self._keeping: asyncio.Task[None] | None = None
        self._is_told = False

    @property
    def text(self) -> str:
        """Return the text as it stands."""
        return self._text

    async def begin(self) -> None:
        """Show what was written before the window was left, once the history is open."""
        self.context.begin()
        try:
            await self.show_kept()
            await self._show_kept_files()
        finally:
            self._has_begun.set()

    def changed(self, text: str) -> None:
        """Keep the text soon, also while typing goes on, and count its tokens."""
        self._text = text
        self.context.draft_changed(text, self._files())
        if self._keeping is None or self._keeping.done():
            self._keeping = self._tasks.start(self._keep_while_typing(), name="keep draft")

    def attach(self, paths: Sequence[Path]) -> None:
        """Let files, or the text files of folders, go with the next question."""
        self._tasks.start(self._attach(paths), name="attach")

    def detach(self, number: int) -> None:
        """Take an attachment away again."""
        if 0 <= number < len(self._attached):
            self._attached = self._attached[:number] + self._attached[number + 1 :]
            self._tasks.start(self._keep_files(), name="keep attachments")
            self._tasks.start(self._show_attached(), name="show attachments")

    def whole(self, text: str) -> str:
        """Return the text with the attached files in it, empty where there is nothing to send."""
        return with_attachments(text, self._files())

    def sent(self) -> None:
        """The question stands in the history: the attachments went with it."""
        self._attached = ()
        self._tasks.start(self._keep_files(), name="keep attachments")
        self._composer.show_attachments([])
        self.context.draft_changed(self._text, [])

    def leave_for(self, chat_id: int) -> tuple[int, str]:
        """From this moment on what the user types belongs to another chat.

        Returns the chat that was left and its draft, which are yet to be saved.
        """
        left = (self._chat_id, self._text)
        self._chat_id = chat_id
        self._composer.show_draft("")
        self._text = ""
        self.context.draft_changed("", self._files())
        if self._keeping is not None:
            self._keeping.cancel()
            self._keeping = None
        return left

    async def take_over(self, chat_id: int) -> None:
        """The new chat is saved now: what is typed belongs to it."""
        self._chat_id = chat_id
        await self._chats.keep_draft(NEW_CHAT, "")

    async def keep(self) -> None:
        """Save the text and the files now, for example because the window closes."""
        await self._chats.keep_draft(self._chat_id, self._text)
        if self._has_begun.is_set():
            await self._keep_files()

    async def show_kept(self) -> None:
        """Show what was written in this chat before, unless the user types already."""
        kept = await self._chats.draft(self._chat_id)
        if kept and not self._text:
            self._composer.show_draft(kept)

    async def _keep_while_typing(self) -> None:
        kept: str | None = None
        while kept != self._text:
            await asyncio.sleep(KEEP_AFTER_S)
            kept = self._text
            try:
                await self.keep()
            except StoreError:
                if not self._is_told:  # once, and not twice a second
                    self._is_told = True
                    raise
            else:
                self._is_told = False

    async def _keep_files(self) -> None:
        await self._has_begun.wait()
        async with self._in_order:
            files = self._files()
            if files != self._kept_files:
                await self._chats.keep_draft_files(self._attached)
                self._kept_files = files

    async def _show_kept_files(self) -> None:
        """Attach what was attached when the window was left; what was too much is read again."""
        kept = await self._chats.draft_files()
        self._kept_files = tuple(file for one in kept for file in one.files)
        again = [one.root for one in kept if not one.files and one.root is not None]
        loaded, errors = await load(again) if again else ([], [])
        for error in errors:
            self._conversation.show_notice(str(error))
        whole = [one for one in kept if one.files]
        present = add(add(whole, loaded).attached, self._attached)  # attached meanwhile
        if present.attached:
            self._attached = present.attached
            await self._show_attached()

    def _files(self) -> tuple[Attachment, ...]:
        return tuple(file for one in self._attached for file in one.files)

    async def _attach(self, paths: Sequence[Path]) -> None:
        loaded, errors = await load(paths)
        added = add(self._attached, loaded)
        self._attached = added.attached
        for error in errors:
            self._conversation.show_notice(str(error))
        if added.repeated:
            verb = "is" if len(added.repeated) == 1 else "are"
            self._conversation.show_notice(f"{', '.join(added.repeated)} {verb} already attached.")
        self._tasks.start(self._keep_files(), name="keep attachments")
        await self._show_attached()

    async def _show_attached(self) -> None:
        """Show the attachments, at once without and then with their token counts."""
        attached = self._attached
        self.context.draft_changed(self._text, self._files())
        self._composer.show_attachments(attached)
        model = self._models.status.model
        if attached and model is not None:
            with suppress(AppError):  # no model just now
                counts = iter(
                    await self._generation.count_tokens(
                        model, [file.text for file in self._files()]
                    )
                )
                if attached == self._attached:
                    self._attached = tuple(
                        replace(one, tokens=sum(islice(counts, len(one.files)))) for one in attached
                    )
                    self._composer.show_attachments(self._attached)
