"""Which model is chosen and how it is doing, with the files there are and the models in memory.

Listeners are called on the asyncio thread after every change.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.core.errors import AppError, ModelFileError, ModelLoadError, ModelTooLargeError
from app.core.models import ModelFile, ModelInfo, ModelState
from app.services.inference.leases import Lease
from app.services.inference.places import PoolStatus
from app.services.inference.pool import Pool
from app.services.model_files import ModelFiles
from app.services.model_loads import ModelLoads
from app.store.load_mark import LoadMark
from app.store.settings import Settings


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """What the window shows of the chosen model."""

    model: ModelFile | None = None
    state: ModelState = ModelState.IDLE
    fraction: float = 0.0
    info: ModelInfo | None = None
    error: AppError | None = None


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """One line of the model picker. `error` says why a remembered file cannot be used."""

    path: Path
    model: ModelFile | None
    is_fitting: bool = True
    error: AppError | None = None


class Models:
    """The chosen model; `files` are those there are, `loads` what is in memory of them.

    Used on the asyncio thread.
    """

    def __init__(
        self,
        pool: Pool,
        settings: Settings,
        *,
        builtin: Path | None = None,
        load_mark: LoadMark | None = None,
    ) -> None:
        self.files = ModelFiles(settings, builtin)
        self.loads = ModelLoads(pool, settings)
        self._settings = settings
        self._load_mark = load_mark
        self._listeners: list[Callable[[ModelStatus], None]] = []
        self._status = ModelStatus()
        pool.listen(self._hear)

    @property
    def status(self) -> ModelStatus:
        """Return the chosen model and its state."""
        return self._status

    def listen(self, listener: Callable[[ModelStatus], None]) -> None:
        """Call `listener` after every change of `status`."""
        self._listeners.append(listener)

    async def choices(self) -> list[ModelChoice]:
        """Return the built-in model and every file the user opened, last opened first."""
        return [await self._choice(path) for path in self.files.paths()]

    async def open(self, path: Path) -> ModelFile:
        """Check a file, choose it and remember it in the list.

        Raises `ModelError`s; with a `StoreError` it is chosen, and will not be remembered.
        """
        path = await asyncio.to_thread(lambda: path.expanduser().absolute())
        model = await self.files.inspect(path)
        self.loads.check_fits(model)
        await self.choose(model)
        await self.files.remember(path)
        return model

    async def choose(self, model: ModelFile) -> None:
        """Make a model the chosen one and remember that; it is loaded by `load`."""
        self.loads.keep(model)
        self._set(self._state_of(model))
        await asyncio.to_thread(self._settings.set_chosen_model, str(model.path))

    async def restore_choice(self) -> AppError | None:
        """Choose what was chosen last time, else the built-in model; say why it was not.

        A model whose load failed last time is chosen as `FAILED`: it is loaded when it is asked.
        """
        chosen = self._settings.chosen_model
        problem: AppError | None = None
        if chosen and Path(chosen) != self.files.builtin:
            try:
                model = await self.files.inspect(Path(chosen))
            except ModelFileError as error:
                problem = error
            else:
                problem = await asyncio.to_thread(self._failed_before, model)
                state = ModelState.FAILED if problem else ModelState.IDLE
                self._set(ModelStatus(model, state, error=problem))
                return problem
        self._set(ModelStatus(model=await self.files.inspect(self.files.builtin)))
        return problem

    def lease(self, model: ModelFile) -> Lease:
        """Return a lease of a model. Raises `ModelTooLargeError` where it can never fit."""
        if self._status.model is not None and self._status.model.path == model.path:
            self.loads.keep(model)
        return self.loads.lease(model)

    async def load(self, model: ModelFile) -> ModelInfo:
        """Load a model unless it is loaded already; the state is told to listeners.

        Raises `ModelError`s. Cancelling the task cancels the load, where nobody else waits for it.
        """
        async with self.lease(model) as leased:
            return leased.info

    def _failed_before(self, model: ModelFile) -> ModelLoadError | None:
        failed = self._load_mark.read() if self._load_mark is not None else None
        if failed is None or failed.path != model.path:
            return None
        reason = failed.reason or "Starwright ended before it was loaded."
        return ModelLoadError(
            f"{model.name} was not loaded because loading it failed last time: {reason}",
            hint="Choose it again to try once more, or choose another model.",
        )

    async def _choice(self, path: Path) -> ModelChoice:
        try:
            model = await self.files.inspect(path)
        except ModelFileError as error:
            return ModelChoice(path, None, is_fitting=False, error=error)
        try:
            self.loads.check_fits(model)
        except ModelTooLargeError as error:
            return ModelChoice(path, model, is_fitting=False, error=error)
        return ModelChoice(path, model)

    def _state_of(self, model: ModelFile) -> ModelStatus:
        status = self.loads.status(model)
        return ModelStatus(model, status.state, status.fraction, status.info)

    def _hear(self, told: PoolStatus) -> None:
        """Take how a model in memory is doing, where it is the chosen one."""
        model = self._status.model
        if model is None or model.path != told.options.path:
            return
        if told.state is ModelState.FAILED and isinstance(told.error, AppError):
            self._set(ModelStatus(model, ModelState.FAILED, error=told.error))
        else:  # a bug of ours is told elsewhere; one loaded otherwise says nothing of this one
            self._set(self._state_of(model))

    def _set(self, status: ModelStatus) -> None:
        if status != self._status:
            self._status = status
            for listener in self._listeners:
                listener(status)
