"""What is wished for code: asks the model, and shows its change, its new file or its words.

A change is proposed and never made: the user takes it over hunk by hunk.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import Protocol

from app.core.edits import Edit, EditKind, Selected
from app.core.errors import AppError, EngineError, NoModelError, RequestError
from app.core.events import Finished, FinishReason, TextDelta
from app.core.models import ModelFile
from app.generation.chat.chat_prompts import is_base_model
from app.generation.edit.prompts import new_name, question
from app.generation.edit.scope import applied, scoped
from app.services.answering.generation import Generation
from app.services.models import Models
from app.services.tasks import Tasks
from app.text.event_words import activity_words
from app.ui.presenters.chat import ChatPresenter
from app.ui.presenters.code import CodePresenter

_DOING = {
    EditKind.EDIT: "Writing the change",
    EditKind.EXPLAIN: "Writing an explanation",
    EditKind.TESTS: "Writing tests",
    EditKind.TYPES: "Adding types",
    EditKind.DOCSTRING: "Writing a docstring",
    EditKind.TRANSLATE: "Translating",
    EditKind.REPAIR: "Fixing the error",
}
_NEW_FILES = (EditKind.TESTS, EditKind.TRANSLATE)


class EditView(Protocol):
    """What the code panel does; see `app.ui.widgets.panel.code_actions`."""

    def show_scope(self, selected: Selected) -> None: ...
    def show_activity(self, words: str) -> None: ...
    def show_trouble(self, words: str) -> None: ...
    def show_done(self) -> None: ...
    def show_words(self, title: str, text: str) -> None: ...


class EditPresenter:
    """Fulfils one wish at a time; a new one ends the one before."""

    def __init__(
        self,
        view: EditView,
        code: CodePresenter,
        chat: ChatPresenter,
        models: Models,
        generation: Generation,
        tasks: Tasks,
    ) -> None:
        self._view = view
        self._code = code
        self._chat = chat
        self._models = models
        self._generation = generation
        self._tasks = tasks
        self._running: asyncio.Task[None] | None = None

    @property
    def is_busy(self) -> bool:
        """Tell whether something is being written."""
        return self._running is not None and not self._running.done()

    def show_scope(self, edit: Edit) -> None:
        """Show what an edit would be about where nothing is selected."""

        async def show() -> None:
            found = await asyncio.to_thread(scoped, edit)
            self._view.show_scope(found.selected)

        self._tasks.start(show(), name="show scope")

    def wish(self, edit: Edit) -> None:
        """Do what the user wishes."""
        before = self._running
        self.stop()
        self._running = self._tasks.start(self._fulfil(edit, before), name="edit")

    def stop(self) -> None:
        """Stop writing; a new file keeps what it has, a change is not proposed."""
        if self._running is not None:
            self._running.cancel()

    async def _fulfil(self, edit: Edit, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await asyncio.wait({before})  # it says that it is done, which must not end this one
        trouble = ""
        try:
            self._view.show_activity(f"{_DOING[edit.kind]}…")
            model = self._models.status.model
            if model is None:
                raise NoModelError("No model is chosen.", hint="Choose one at the top.")
            edit = await asyncio.to_thread(scoped, edit)
            if edit.kind is EditKind.EXPLAIN and not is_base_model(await self._models.load(model)):
                self._ask_in_chat(edit)
            elif edit.kind in _NEW_FILES:
                await self._write_file(model, edit)
            else:
                await self._propose(model, edit)
        except AppError as error:
            trouble = str(error)
        finally:  # also after a bug, which is told elsewhere
            self._view.show_trouble(trouble) if trouble else self._view.show_done()

    def _ask_in_chat(self, edit: Edit) -> None:
        if not self._chat.ask(question(edit)):
            raise RequestError(
                "An answer is being written.", hint="Wait for it to finish, or stop it with Esc."
            )

    async def _write_file(self, model: ModelFile, edit: Edit) -> None:
        """Write tests or a translation into a tab of its own, as it comes."""
        key: int | None = None
        wished = self._generation.edit(model, edit)
        try:
            async with aclosing(wished) as events:
                async for event in events:
                    self._tell(edit, event)
                    if isinstance(event, TextDelta) and event.text:
                        if key is None:
                            key = self._code.open_new(new_name(edit))
                        self._code.write(key, event.text)
        finally:
            if key is not None:
                self._code.close_new(key)
        if key is None:
            raise EngineError(
                "The model wrote nothing.", hint="Select more code, or different code."
            )

    async def _propose(self, model: ModelFile, edit: Edit) -> None:
        text, reason = "", FinishReason.STOP
        async with aclosing(self._generation.edit(model, edit)) as events:
            async for event in events:
                self._tell(edit, event)
                if isinstance(event, Finished):
                    text, reason = event.text, event.reason
        if not text.strip():
            raise EngineError("The model wrote nothing.", hint="Try different words.")
        if edit.kind is EditKind.EXPLAIN:
            self._view.show_words("What this code does", text.strip())
            return
        if reason is not FinishReason.STOP:
            raise EngineError(
                "The model never finished, so nothing was changed.",
                hint="Select less code, or try different words.",
            )
        whole = await asyncio.to_thread(applied, edit, text)
        if whole == edit.selected.text:
            raise EngineError("The model changed nothing.", hint="Try different words.")
        self._code.propose(edit.selected.key, whole, of=edit.selected.text)

    def _tell(self, edit: Edit, event: object) -> None:
        """Say how far it is."""
        if isinstance(event, TextDelta) and event.text.strip():
            self._view.show_activity(f"{_DOING[edit.kind]}…")
        elif words := activity_words(event):
            self._view.show_activity(words)
