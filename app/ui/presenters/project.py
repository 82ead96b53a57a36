"""The project of the window: its folder, and what of it and of open tabs an infill reads first."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from app.core.commands import SUGGEST
from app.core.errors import RequestError
from app.core.models import ModelFile
from app.services.answering.generation import Generation, InfillRequest
from app.services.project import Context, Project
from app.services.tasks import Tasks
from app.ui.presenters.code import CodePresenter
from app.ui.presenters.views import ProjectView, PromptView


class ProjectPresenter:
    """The project of one window; its infills ask here what to read first."""

    def __init__(
        self,
        views: Sequence[ProjectView],
        prompts: PromptView,
        project: Project,
        code: CodePresenter,
        generation: Generation,
        tasks: Tasks,
    ) -> None:
        self._views = views
        self._prompts = prompts
        self._project = project
        self._code = code
        self._generation = generation
        self._tasks = tasks

    def show(self) -> None:
        """Show which folder it is, for example because the settings changed."""
        for view in self._views:
            view.show_project(self._project.folder)

    def begin(self) -> None:
        """Look the folder through, once the window stands."""
        self._tasks.start(self._project.warm(), name="warm project")

    def choose(self, folder: Path | None) -> None:
        """Choose the folder, or none."""

        async def choose() -> None:
            await self._project.choose(folder)
            self.show()
            await self._project.warm()

        self._tasks.start(choose(), name="choose project")

    async def context_for(self, name: str, before: str) -> Context:
        """Return what should be read before the tab of this name; see `Project.context_for`."""
        own = self._code.file_named(name)
        path, text = (own.path, own.text) if own is not None else (name, before)
        opened = [file for file in self._code.files() if file.path != path]
        return await self._project.context_for(path, text, opened)

    def show_last(self, last: tuple[ModelFile, InfillRequest] | None) -> None:
        """Show what the model read before the last infill, to the letter."""

        async def show() -> None:
            if last is None:
                raise RequestError(
                    "There is no suggestion yet.",
                    hint=f"Put the cursor in code and press {SUGGEST.named_keys}.",
                )
            self._prompts.show_prompt(await self._generation.infill_prompt(*last))

        self._tasks.start(show(), name="show infill")
