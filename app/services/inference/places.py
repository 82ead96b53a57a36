"""What the pool knows of each model in memory, and of each request for one."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from app.core.models import LoadOptions, ModelInfo, ModelState
from app.services.inference.host import Host


@dataclass(frozen=True, slots=True)
class PoolStatus:
    """How one model is doing, as the pool's listeners are told. `error` is why it failed."""

    options: LoadOptions
    state: ModelState = ModelState.IDLE
    fraction: float = 0.0
    info: ModelInfo | None = None
    error: BaseException | None = None


@dataclass(slots=True, eq=False)
class Ticket:
    """One request for a model, from the moment it is asked for until it is given back.

    `news` says how the wait goes, to whoever asked: `READY` or an error is the last of it.
    """

    options: LoadOptions
    loop: asyncio.AbstractEventLoop
    news: asyncio.Queue[PoolStatus | BaseException] = field(default_factory=asyncio.Queue)
    place: Place | None = None
    is_told_to_wait: bool = False


@dataclass(slots=True, eq=False)
class Place:
    """A model that has memory or is taking it, until its engine is closed.

    `tickets` are who uses it or waits for its load. `hidden_bytes` are what it uses and the system
    still calls free: the pages of a file that is mapped may go, and would be read again and again.
    """

    options: LoadOptions
    free_before_bytes: int
    status: PoolStatus
    host: Host | None = None
    tickets: set[Ticket] = field(default_factory=set)
    last_used: int = 0
    hidden_bytes: int = 0
    is_leaving: bool = False  # promised to a load that waits: nobody else gets it
    is_ending: bool = False
    leaves: asyncio.TimerHandle | None = None

    @property
    def needed_bytes(self) -> int:
        """Return the memory it was thought to take."""
        return self.options.needed_bytes

    @property
    def is_ready(self) -> bool:
        """Tell whether it is loaded and not about to go."""
        return self.status.state is ModelState.READY and not self.is_ending

    @property
    def is_loading(self) -> bool:
        """Tell whether it is being loaded, and somebody wants it."""
        return self.status.state is ModelState.LOADING and not self.is_ending

    def uncounted_bytes(self, free_bytes: int) -> int:
        """Return what it uses, or will once it is loaded, of what the system calls free now."""
        if self.status.state is ModelState.READY:
            return self.hidden_bytes
        taken = max(self.free_before_bytes - free_bytes, 0)
        return max(self.needed_bytes - taken, 0)

    def stay(self) -> None:
        """Take back that it leaves."""
        if self.leaves is not None:
            self.leaves.cancel()
            self.leaves = None
