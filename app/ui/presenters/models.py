"""The model picker's presenter: which models there are, which one is chosen, how its load goes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from app.core.errors import AppError, LoadCancelledError, ModelFileError, StoreError
from app.core.models import ModelFile
from app.generation.chat_prompts import is_base_model
from app.services.about import Page, about_pages
from app.services.models import Models, ModelState, ModelStatus
from app.services.tasks import Tasks


class ModelView(Protocol):
    """What the window does for this presenter."""

    def show_models(self, models: Sequence[ModelFile]) -> None: ...  # noqa: D102
    def show_model(self, model: ModelFile, state: ModelState, fraction: float) -> None: ...  # noqa: D102
    def show_model_note(self, text: str) -> None: ...  # noqa: D102
    def show_problem(self, error: AppError) -> None: ...  # noqa: D102
    def show_about(self, pages: Sequence[Page]) -> None: ...  # noqa: D102


class ModelPresenter:
    """One window's model picker."""

    def __init__(self, view: ModelView, models: Models, tasks: Tasks) -> None:
        self._view = view
        self._models = models
        self._tasks = tasks
        self._loading: asyncio.Task[None] | None = None
        models.listen(self._show)

    async def begin(self, path: Path | None) -> None:
        """Show the models, choose the one of last time (or `path`), and load it."""
        try:
            if path is not None:
                await self._models.open(path)
            else:
                problem = await self._models.restore_choice()
                if problem is not None:
                    self._view.show_problem(problem)
        except AppError as error:
            self._view.show_problem(error)
            if self._models.status.model is None:
                await self._fall_back()
        await self._list()
        if self._models.status.state is not ModelState.FAILED:  # that failed last time
            self._load()

    def choose(self, path: Path) -> None:
        """Check the file, make it the chosen model and load it."""
        self._tasks.start(self._choose(path), name="choose model")

    def about(self) -> None:
        """Show what the program and the chosen model are, and the licences."""

        async def show() -> None:
            model = self._models.status.model
            self._view.show_about(await asyncio.to_thread(about_pages, model))

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
            self._view.show_problem(error)
        except AppError as error:
            self._view.show_problem(error)
            return
        self.cancel()
        await self._list()
        self._load(before)

    async def _fall_back(self) -> None:
        try:
            await self._models.restore_choice()
        except AppError as error:
            self._view.show_problem(error)

    async def _list(self) -> None:
        choices = await self._models.choices()
        self._view.show_models([choice.model for choice in choices if choice.model is not None])

    def _load(self, before: ModelFile | None = None) -> None:
        model = self._models.status.model
        if model is not None:
            self._loading = self._tasks.start(self._load_model(model, before), name="load model")

    async def _load_model(self, model: ModelFile, before: ModelFile | None) -> None:
        """Load a model; where it cannot be, the one `before` it is loaded again."""
        try:
            await self._models.load(model)
        except LoadCancelledError:
            return
        except AppError as error:
            self._view.show_problem(error)
            if isinstance(error, ModelFileError):
                with suppress(StoreError):  # one message is enough; it is refused again next time
                    await self._models.forget(model.path)
                await self._list()
            if before is None or before.path == model.path or self._models.status.model != model:
                return
            with suppress(StoreError):
                await self._models.choose(before)
            self._load()

    def _show(self, status: ModelStatus) -> None:
        if status.model is not None:
            self._view.show_model(status.model, status.state, status.fraction)
            self._view.show_model_note(_note(status))


def _note(status: ModelStatus) -> str:
    """Say in one line what a person must know of the chosen model."""
    model = status.model
    if model is None:
        return ""
    if model.is_builtin:
        return (
            f"This is the built-in demo model ({model.size_bytes / 2**20:.1f} MiB): it knows small "
            "tasks. Real work wants a StarCoder 2 file."
        )
    if status.info is not None and is_base_model(status.info):
        return (
            f"{model.name} is a base model: it completes code, it does not chat. "
            "Your question goes in as a comment."
        )
    return ""
