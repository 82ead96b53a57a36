"""A chat that does not fit the context: asks the user what to do, before anything is sent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from app.core.context import Fit, Overflow, OverflowChoice
from app.core.errors import AppError
from app.core.models import ModelFile
from app.services.models import Models
from app.ui.presenters.views import OverflowView

Chosen = Callable[[OverflowChoice, bool], None]
"""Told what the user wants, and whether for this chat from now on."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do. `overflow` None: ask again, as the context is larger now."""

    overflow: Overflow | None
    remembered: OverflowChoice | None = None


class OverflowPresenter:
    """Decides for one window."""

    def __init__(self, view: OverflowView, models: Models) -> None:
        self._view = view
        self._models = models

    async def decide(
        self, fit: Fit, model: ModelFile, remembered: OverflowChoice
    ) -> Decision | None:
        """Return what to do: as remembered where that is possible, else as the user says.

        None: the user wants to do nothing. Raises what loading with a larger context raises; the
        context is then as it was.
        """
        choice, is_remembered = remembered, False
        if not _is_possible(choice, fit):
            choice, is_remembered = await self._asked(fit)
        kept = choice if is_remembered else None
        match choice:
            case OverflowChoice.TRIM:
                return Decision(Overflow.TRIM, kept)
            case OverflowChoice.SUMMARISE:
                return Decision(Overflow.SUMMARISE, kept)
            case OverflowChoice.RAISE:
                await self._raise(fit.raised_tokens, model)
                return Decision(None, kept)
            case _:
                return None

    async def _asked(self, fit: Fit) -> tuple[OverflowChoice, bool]:
        answer: asyncio.Future[tuple[OverflowChoice, bool]]
        answer = asyncio.get_running_loop().create_future()

        def chosen(choice: OverflowChoice, is_remembered: bool) -> None:  # noqa: FBT001
            if not answer.done():
                answer.set_result((choice, is_remembered))

        self._view.ask_overflow(fit, chosen)
        try:
            return await answer
        finally:
            if not answer.done() or answer.cancelled():
                self._view.close_overflow()

    async def _raise(self, tokens: int, model: ModelFile) -> None:
        before = self._models.loads.context_setting
        await asyncio.to_thread(self._models.loads.raise_context, tokens)
        try:
            await self._models.load(model)
        except (AppError, asyncio.CancelledError):
            await asyncio.shield(asyncio.to_thread(self._models.loads.raise_context, before))
            raise


def _is_possible(choice: OverflowChoice, fit: Fit) -> bool:
    match choice:
        case OverflowChoice.TRIM:
            return fit.can_trim
        case OverflowChoice.SUMMARISE:
            # Where only lines of files leave there is nothing to sum up, whatever the model can.
            return fit.can_summarise or (fit.can_trim and not fit.leaves_messages)
        case OverflowChoice.RAISE:
            return bool(fit.raised_tokens)
        case _:
            return False
