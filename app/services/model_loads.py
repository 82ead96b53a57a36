"""How model files are loaded, whether they fit, and leases of them; see `inference.pool`."""

from __future__ import annotations

from app.core.models import LoadOptions, ModelFile
from app.services.inference.leases import Lease
from app.services.inference.places import PoolStatus
from app.services.inference.pool import Pool
from app.store.settings import Settings

DEFAULT_CONTEXT_TOKENS = 16_384
CONTEXT_STEP = 1_024


class ModelLoads:
    """Model files in memory, with the context that the settings want for them."""

    def __init__(self, pool: Pool, settings: Settings) -> None:
        self._pool = pool
        self._settings = settings

    def options(self, model: ModelFile) -> LoadOptions:
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
        now = self.options(model).context_tokens
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
        self._pool.check_fits(self.options(model), model.name)

    def status(self, model: ModelFile) -> PoolStatus:
        """Return how a model is doing."""
        return self._pool.status(self.options(model))

    def keep(self, model: ModelFile) -> None:
        """Let this model, and no other, stay however long nobody uses it."""
        self._pool.keep(self.options(model))

    def lease(self, model: ModelFile) -> Lease:
        """Return a lease of a model. Raises `ModelTooLargeError` where it can never fit."""
        self.check_fits(model)
        return self._pool.lease(self.options(model))

    def lease_loaded(self, model: ModelFile) -> Lease | None:
        """Return a lease of a model that is loaded and free, else None: nothing is loaded."""
        return self._pool.lease_loaded(self.options(model))
