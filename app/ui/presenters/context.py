"""What takes room in the context: counted as the user types, shown as parts of one bar.

One count at a time, and always of what is there when it begins: whatever the user types meanwhile
is counted next, however much it was. The chat is read again only when it is another.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from app.core.attachments import Attachment
from app.core.context import ContextKind, ContextPart, ContextUse
from app.core.errors import AppError
from app.services.answering.generation import ChatRequest, Generation
from app.services.chats.asking import ASKED, Asked
from app.services.chats.chats import Chats
from app.services.models import Models, ModelStatus
from app.services.tasks import Tasks
from app.ui.presenters.views import ChatView

COUNT_AFTER_S = 0.15


class ContextPresenter:
    """The context of one window's open chat and its draft."""

    def __init__(
        self,
        view: ChatView,
        chats: Chats,
        models: Models,
        generation: Generation,
        tasks: Tasks,
    ) -> None:
        self._composer = view.composer
        self._status = view.status_line
        self._models = models
        self._generation = generation
        self._tasks = tasks
        self._chats = chats
        self._chat_id: int | None = None
        self._asked = ASKED
        self._request: ChatRequest | None = None  # the chat as it was read; None: read it again
        self._draft = ""
        self._files: tuple[Attachment, ...] = ()
        self._use = ContextUse((), 0)
        self._running: tuple[ContextPart, ...] | None = None
        self._is_wanted = False
        self._counting: asyncio.Task[None] | None = None
        self._info = models.status.info
        models.listen(self._on_model)

    def begin(self) -> None:
        """Count what there is."""
        self._count_soon()

    def draft_changed(self, text: str, files: Sequence[Attachment]) -> None:
        """Count the draft, soon."""
        self._draft, self._files = text, tuple(files)
        self._count_soon()

    def chat_changed(self, chat_id: int | None, asked: Asked) -> None:
        """Count another chat, or one that says something else now.

        Where `asked.overflow` leaves things out, they are not counted.
        """
        self._chat_id, self._asked, self._request = chat_id, asked, None
        self.show_output(asked)
        self._count_soon()

    def show_output(self, asked: Asked) -> None:
        """Show that answers are documents of one format, where they are."""
        self._composer.show_output(asked.output.format.name if asked.output is not None else "")

    def begin_answer(self) -> None:
        """From now on the bar shows the question that is asked, and its answer."""
        self._running = self._use.parts

    def show_answer(self, prompt_tokens: int, answer_tokens: int) -> None:
        """Show how far the answer is."""
        parts = self._running or ()
        if sum(part.tokens for part in parts) != prompt_tokens:
            # Not all of it was sent, or it is another question than the draft.
            parts = (ContextPart(ContextKind.CHAT, "Prompt", prompt_tokens),)
        parts = tuple(
            replace(part, name="Question") if part.kind is ContextKind.DRAFT else part
            for part in parts
        )
        answer = ContextPart(ContextKind.ANSWER, "Answer", answer_tokens)
        self._status.set_context((*parts, answer), total=self._total())

    def end_answer(self) -> None:
        """The answer is part of the chat now."""
        self._running, self._request = None, None
        self._count_soon()

    def _on_model(self, status: ModelStatus) -> None:
        if status.info != self._info:
            self._info = status.info
            self._count_soon()

    def _total(self) -> int:
        return self._info.context_tokens if self._info is not None else 0

    def _count_soon(self) -> None:
        self._is_wanted = True
        if self._counting is None or self._counting.done():
            self._counting = self._tasks.start(self._count_wanted(), name="count context")

    async def _count_wanted(self) -> None:
        while self._is_wanted:
            await asyncio.sleep(COUNT_AFTER_S)
            self._is_wanted = False
            chat_id = self._chat_id
            try:
                use = await self._counted()
            except AppError:
                continue  # no model just now: it is counted when one is there
            if chat_id == self._chat_id:
                self._show(use)

    async def _counted(self) -> ContextUse:
        model, asked = self._models.status.model, self._asked
        if self._info is None or model is None:
            return ContextUse((), 0)
        request = self._request
        if request is None:
            chat_id = self._chat_id
            request = await self._chats.answers.request(chat_id, asked)
            if (chat_id, asked) == (self._chat_id, self._asked):
                self._request = request
        return await self._generation.use(model, request, self._draft, self._files)

    def _show(self, use: ContextUse) -> None:
        kinds = ContextKind
        draft_tokens = use.tokens_of(kinds.DRAFT, kinds.FILE)
        needed = draft_tokens + use.tokens_of(kinds.FORMAT)
        too_many = bool(draft_tokens) and needed >= use.context_tokens
        self._composer.set_draft_tokens(draft_tokens, too_many=too_many)
        self._use = use
        if self._running is None:
            self._status.set_context(
                use.parts, total=use.context_tokens, left_out_tokens=use.left_out_tokens
            )
