"""A lease: a loaded model that stays with whoever holds it until it is given back."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol

from app.core.events import GenerationEvent
from app.core.models import LoadOptions, ModelInfo, ModelState
from app.core.prompts import Prompt
from app.core.sampling import Sampling
from app.generation.assembly import Assembler
from app.services.inference.host import Host
from app.services.inference.places import PoolStatus, Ticket
from app.services.inference.runs import Urgency


@dataclass(frozen=True, slots=True)
class LeasedModel:
    """A loaded model, as long as its lease lasts."""

    options: LoadOptions
    info: ModelInfo
    host: Host

    async def tokenize(self, *texts: str) -> list[list[int]]:
        """Return the token ids of each text, special parsing off. Raises `EngineError`."""
        return await self.host.tokenize(*texts)

    def run(
        self,
        prompt: Prompt,
        sampling: Sampling,
        *,
        assembler: Assembler | None = None,
        urgency: Urgency = Urgency.CHAT,
    ) -> AsyncGenerator[GenerationEvent, None]:
        """Answer a prompt; see `Host.run`."""
        return self.host.run(prompt, sampling, assembler=assembler, urgency=urgency)


class Lender(Protocol):
    """Who gives models and takes them back; see `app.services.inference.pool`."""

    def enter(self, options: LoadOptions) -> Ticket:
        """Stand in line for a model."""
        ...

    def advance(self) -> None:
        """Give what can be given."""
        ...

    def give_back(self, ticket: Ticket) -> None:
        """Take a model back, or a request for one."""
        ...


class Lease:
    """Holds a model while it is entered: loads it where it is not, or waits for its turn.

    Raises what loading raises: `ModelError`s, and `EngineError` when the program closes. Whoever
    is cancelled leaves. Ask for no second lease while you hold one: it may wait for yours.
    """

    def __init__(self, lender: Lender, options: LoadOptions) -> None:
        self._lender = lender
        self._options = options
        self._ticket: Ticket | None = None

    async def __aenter__(self) -> LeasedModel:
        async with aclosing(self.news()) as news:
            async for _ in news:
                pass
        return self.model

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.give_back()

    async def news(self) -> AsyncGenerator[PoolStatus, None]:
        """Begin the lease and give how the wait for it goes, for who wants to tell that.

        Once it ends there is a `model`. Call `give_back` then, and before it ends in any case.
        """
        self._ticket = self._lender.enter(self._options)
        try:
            self._lender.advance()
            while True:
                status = await self._ticket.news.get()
                if isinstance(status, BaseException):
                    raise status
                if status.state is ModelState.READY:
                    return
                yield status
        except BaseException:
            self.give_back()
            raise

    @property
    def model(self) -> LeasedModel:
        """Return the model, once the wait for it is over."""
        assert self._ticket is not None
        place = self._ticket.place
        assert place is not None
        assert place.host is not None
        assert place.status.info is not None
        return LeasedModel(place.options, place.status.info, place.host)

    def give_back(self) -> None:
        """End the lease, also while it is waited for; nothing happens the second time."""
        ticket, self._ticket = self._ticket, None
        if ticket is not None:
            self._lender.give_back(ticket)
