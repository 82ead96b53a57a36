"""The models a user can choose from, which one is chosen, and whether it is loaded.

Knows files through `app.library`, memory through `app.services.inference.pool`. Listeners are
called on the asyncio thread after every change.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from app.core.errors import AppError, ModelFileError, ModelLoadError, ModelTooLargeError
from app.core.models import LoadOptions, ModelFile, ModelInfo, ModelState
from app.core.paths import builtin_model_path
from app.library.headers import read_header
from app.services.inference.leases import Lease
from app.services.inference.places import PoolStatus
from app.services.inference.pool import Pool
from app.store.load_mark import LoadMark
from app.store.settings import Settings

DEFAULT_CONTEXT_TOKENS = 16_384
CONTEXT_STEP = 1_024


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
    """The model list and the chosen model. Used on the asyncio thread."""

    def __init__(
        self,
        pool: Pool,
        settings: Settings,
        *,
        builtin: Path | None = None,
        load_mark: LoadMark | None = None,
    ) -> None:
        self._pool = pool
        self._settings = settings
        self._builtin = builtin or builtin_model_path()
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
        paths = [self._builtin, *(Path(text) for text in self._settings.opened_models)]
        return [await self._choice(path) for path in dict.fromkeys(paths)]

    async def inspect(self, path: Path) -> ModelFile:
        """Read a file's header. Raises `ModelFileError`."""
        model = await asyncio.to_thread(read_header, path)
        return replace(model, is_builtin=path == self._builtin)

    async def open(self, path: Path) -> ModelFile:
        """Check a file, choose it and remember it in the list.

        Raises `ModelError`s; with a `StoreError` it is chosen, and will not be remembered.
        """
        path = await asyncio.to_thread(lambda: path.expanduser().absolute())
        model = await self.inspect(path)
        self.check_fits(model)
        await self.choose(model)
        if path != self._builtin:
            await asyncio.to_thread(self._settings.remember_model, str(path))
        return model

    async def forget(self, path: Path) -> None:
        """Take a file off the list; the file itself stays."""
        await asyncio.to_thread(self._settings.forget_model, str(path))

    async def choose(self, model: ModelFile) -> None:
        """Make a model the chosen one and remember that; it is loaded by `load`."""
        self._pool.keep(self.load_options(model))
        self._set(self._state_of(model))
        await asyncio.to_thread(self._settings.set_chosen_model, str(model.path))

    async def restore_choice(self) -> AppError | None:
        """Choose what was chosen last time, else the built-in model; say why it was not.

        A model whose load failed last time is chosen as `FAILED`: it is loaded when it is asked.
        """
        chosen = self._settings.chosen_model
        problem: AppError | None = None
        if chosen and Path(chosen) != self._builtin:
            try:
                model = await self.inspect(Path(chosen))
            except ModelFileError as error:
                problem = error
            else:
                problem = await asyncio.to_thread(self._failed_before, model)
                state = ModelState.FAILED if problem else ModelState.IDLE
                self._set(ModelStatus(model, state, error=problem))
                return problem
        self._set(ModelStatus(model=await self.inspect(self._builtin)))
        return problem

    def load_options(self, model: ModelFile) -> LoadOptions:
        """Return how a model is loaded: its own context, at most the default or the setting."""
        wanted = self._settings.context_tokens or DEFAULT_CONTEXT_TOKENS
        context = min(model.context_tokens or wanted, wanted)
        return LoadOptions(
            path=model.path,
            context_tokens=context,
            threads=self._settings.threads,
            needed_bytes=model.needed_bytes(context),
        )

    def raised_context(self, model: ModelFile, needed_tokens: int) -> int:
        """Return a larger context that holds `needed_tokens`, 0 where there is none.

        Never larger than the model was trained with, and none that memory will not do for.
        """
        least = -(-needed_tokens // CONTEXT_STEP) * CONTEXT_STEP
        now = self.load_options(model).context_tokens
        available = self._pool.most_bytes()
        for wanted in (max(least, 2 * now), least):
            tokens = min(wanted, model.context_tokens)
            if max(needed_tokens, now + 1) <= tokens and model.needed_bytes(tokens) <= available:
                return tokens
        return 0

    @property
    def context_setting(self) -> int:
        """Return the context that the user wants models to have, 0 for their own."""
        return self._settings.context_tokens

    def raise_context(self, tokens: int) -> None:
        """Let models be loaded with this context from now on. Raises `StoreError`; writes."""
        self._settings.set_value("engine.context_tokens", tokens)

    def check_fits(self, model: ModelFile) -> None:
        """Raise `ModelTooLargeError`, with the numbers, where memory will not do."""
        self._pool.check_fits(self.load_options(model), model.name)

    def lease(self, model: ModelFile) -> Lease:
        """Return a lease of a model. Raises `ModelTooLargeError` where it can never fit."""
        self.check_fits(model)
        options = self.load_options(model)
        if self._status.model is not None and self._status.model.path == model.path:
            self._pool.keep(options)
        return self._pool.lease(options)

    def lease_loaded(self, model: ModelFile) -> Lease | None:
        """Return a lease of a model that is loaded and free, else None."""
        return self._pool.lease_loaded(self.load_options(model))

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
            model = await self.inspect(path)
        except ModelFileError as error:
            return ModelChoice(path, None, is_fitting=False, error=error)
        try:
            self.check_fits(model)
        except ModelTooLargeError as error:
            return ModelChoice(path, model, is_fitting=False, error=error)
        return ModelChoice(path, model)

    def _state_of(self, model: ModelFile) -> ModelStatus:
        status = self._pool.status(self.load_options(model))
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
