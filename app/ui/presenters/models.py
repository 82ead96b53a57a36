"""The model picker's presenter: which models there are, which one is chosen, how its load goes."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

from app.core.errors import AppError, LoadCancelledError, ModelFileError, StoreError
from app.core.machine import available_memory_bytes
from app.core.models import ModelFile, ModelState
from app.generation.capabilities import capabilities
from app.generation.chat.chat_prompts import is_base_model
from app.services.about import about_pages
from app.services.models import Models, ModelStatus
from app.services.tasks import Tasks
from app.ui.presenters.views import ModelView

_MODEL = "model"
"""What problems of models are about: a new one takes the place of the last."""


class ModelPresenter:
    """One window's model picker."""

    def __init__(self, view: ModelView, models: Models, tasks: Tasks) -> None:
        self._view = view
        self._models = models
        self._tasks = tasks
        self._loading: asyncio.Task[None] | None = None
        self._failed: dict[Path, AppError] = {}  # what their headers do not tell
        models.listen(self._show)

    async def begin(self, path: Path | None) -> None:
        """Show the models, choose the one of last time (or `path`), and load it."""
        try:
            if path is not None:
                await self._models.open(path)
            else:
                problem = await self._models.restore_choice()
                if problem is not None:
                    self._view.conversation.show_problem(problem, about=_MODEL)
        except AppError as error:
            self._view.conversation.show_problem(error, about=_MODEL)
            if self._models.status.model is None:
                await self._fall_back()
        await self._list()
        if self._models.status.state is not ModelState.FAILED:  # that failed last time
            self._load()

    def choose(self, path: Path) -> None:
        """Check the file, make it the chosen model and load it."""
        self._tasks.start(self._choose(path), name="choose model")

    def forget_broken(self) -> None:
        """Take the files that cannot be used off the list; the files themselves stay."""

        async def forget() -> None:
            for path in await self._broken():
                await self._models.files.forget(path)
                self._failed.pop(path, None)
            await self._list()

        self._tasks.start(forget(), name="forget models")

    def about(self) -> None:
        """Show what the program and the chosen model are, and the licences."""

        async def show() -> None:
            model = self._models.status.model
            pages = await asyncio.to_thread(about_pages, model)
            self._view.dialogs.show_about([(page.title, page.text) for page in pages])

        self._tasks.start(show(), name="about")

    def cancel(self) -> None:
        """Stop loading."""
        if self._loading is not None:
            self._loading.cancel()

    async def _choose(self, path: Path) -> None:
        before = self._models.status.model
        try:
            await self._models.open(path)
        except StoreError as error:  # it cannot be remembered, and can be used all the same
            self._view.conversation.show_problem(error)
        except AppError as error:
            self._view.conversation.show_problem(error, about=_MODEL)
            await self._list()  # a file that was sound may be broken now
            return
        self.cancel()
        await self._list()
        self._load(before, is_wished=True)

    async def _fall_back(self) -> None:
        try:
            await self._models.restore_choice()
        except AppError as error:
            self._view.conversation.show_problem(error, about=_MODEL)

    async def _list(self) -> None:
        broken = await self._broken()
        choices = await self._models.choices()
        models = [choice.model for choice in choices if choice.model is not None]
        self._view.model_picker.set_models(
            [model for model in models if model.path not in broken],
            memory_bytes=available_memory_bytes(),
        )
        self._view.model_picker.set_broken(list(broken.items()))

    async def _broken(self) -> dict[Path, AppError]:
        """Return the remembered files that cannot be used, and why."""
        broken: dict[Path, AppError] = {}
        for choice in await self._models.choices():
            error = choice.error if choice.model is None else self._failed.get(choice.path)
            if error is not None:
                broken[choice.path] = error
        return broken

    def _load(self, before: ModelFile | None = None, *, is_wished: bool = False) -> None:
        model = self._models.status.model
        if model is not None:
            work = self._load_model(model, before, is_wished=is_wished)
            self._loading = self._tasks.start(work, name="load model")

    async def _load_model(
        self, model: ModelFile, before: ModelFile | None, *, is_wished: bool
    ) -> None:
        """Load a model; where it cannot be, the one `before` it is loaded again.

        Once one that the user wished for is there, a message about another is past.
        """
        try:
            await self._models.load(model)
            if is_wished:
                self._view.conversation.clear_problem(_MODEL)
            if self._failed.pop(model.path, None) is not None:
                await self._list()
        except LoadCancelledError:
            return
        except AppError as error:
            self._view.conversation.show_problem(error, about=_MODEL)
            if isinstance(error, ModelFileError):
                self._failed[model.path] = error
                await self._list()
            if before is None or before.path == model.path or self._models.status.model != model:
                return
            with suppress(StoreError):
                await self._models.choose(before)
            self._load()

    def _show(self, status: ModelStatus) -> None:
        if status.model is not None:
            self._view.model_picker.set_summary(capabilities(status.model).summary)
            self._view.model_picker.show_model(status.model, status.state, status.fraction)
            self._view.model_note.say(*_note(status))


def _note(status: ModelStatus) -> tuple[str, str]:
    """Say in one line what a person must know of the chosen model, and what else to open."""
    model = status.model
    if model is None:
        return "", ""
    if model.is_builtin:
        words = "The built-in demo model handles small tasks. For real work,"
        return words, "open a StarCoder 2 model…"
    if status.info is not None and is_base_model(status.info):
        return (
            f"{model.name} is a base model: it completes code, it does not chat. "
            "Your question is sent as a comment."
        ), ""
    return "", ""
