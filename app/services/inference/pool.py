"""The pool: all models in memory, who may use them, and what has to go for another.

Everything that counts, fits, renders or runs takes a lease, so nobody's model is swapped away
between loading and asking. A load that does not fit unloads the least recently used models that
nobody leases; where that is not enough it waits, and what it waits for is promised to it: nobody
else gets a lease of that any more. Loads begin in the order they were asked for, one at a time.
"""

from __future__ import annotations

import asyncio
import queue
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import count

from app.core.engine import EngineFactory
from app.core.errors import EngineError, LoadCancelledError, ModelTooLargeError
from app.core.machine import available_memory_bytes
from app.core.models import LoadOptions, ModelState
from app.core.split_files import name_of
from app.services.inference.cores import Cores
from app.services.inference.crossing import post
from app.services.inference.host import Host
from app.services.inference.leases import Lease
from app.services.inference.places import Place, PoolStatus, Ticket
from app.services.inference.worker import Ended, Loaded, News, Progress

KEEP_ALIVE_S = 300.0
"""How long a model that nobody uses stays in memory, as with Ollama."""
_JOIN_S = 10.0


class Pool:
    """The models in memory. Used on the asyncio thread; each has an inference thread of its own."""

    def __init__(
        self,
        open_engine: EngineFactory,
        *,
        free_bytes: Callable[[], int] = available_memory_bytes,
        keep_alive_s: float = KEEP_ALIVE_S,
    ) -> None:
        self._open_engine = open_engine
        self._free_bytes = free_bytes
        self._keep_alive_s = keep_alive_s
        self._places: list[Place] = []
        self._waiting: list[Ticket] = []
        self._listeners: list[Callable[[PoolStatus], None]] = []
        self._kept: LoadOptions | None = None
        self._clock = count(1)
        self._cores = Cores()
        self._news: queue.SimpleQueue[tuple[Place, News]] = queue.SimpleQueue()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_closed = False

    def listen(self, listener: Callable[[PoolStatus], None]) -> None:
        """Call `listener` on the asyncio thread after every change of a model's state."""
        self._listeners.append(listener)

    def status(self, options: LoadOptions) -> PoolStatus:
        """Return how a model is doing."""
        place = self._usable(options)
        if place is not None:
            return place.status
        is_waiting = any(t.options == options and t.is_told_to_wait for t in self._waiting)
        return PoolStatus(options, ModelState.WAITING if is_waiting else ModelState.IDLE)

    def keep(self, options: LoadOptions | None) -> None:
        """Let this one model stay however long nobody uses it, until another needs its memory."""
        self._kept = options
        for place in self._places:
            if place.is_ready and not place.tickets:
                self._rest(place)

    def check_fits(self, options: LoadOptions, name: str = "") -> None:
        """Raise `ModelTooLargeError`, with the numbers, where memory will not do at any time.

        What all loaded models hold counts as free: whoever uses them gives them back.
        """
        if self._usable(options) is not None:
            return  # it has its memory, or is taking it now
        most = self.most_bytes()
        if options.needed_bytes > most:
            raise ModelTooLargeError(
                f"{name or name_of(options.path)} needs about {options.needed_bytes / 1e9:.1f} GB "
                f"of memory, but only {most / 1e9:.1f} GB is free.",
                hint="Close other programs, or choose a smaller or more quantized file.",
            )

    def most_bytes(self) -> int:
        """Return the memory that one model could have, if all others went."""
        return self._room() + sum(place.needed_bytes for place in self._places)

    def lease(self, options: LoadOptions) -> Lease:
        """Return a lease of a model, which begins when it is entered; see `Lease`."""
        return Lease(self, options)

    def lease_loaded(self, options: LoadOptions) -> Lease | None:
        """Return a lease that will not wait, None where the model is not loaded and free."""
        self._take_news()
        place = self._usable(options)
        return Lease(self, options) if place is not None and place.is_ready else None

    def enter(self, options: LoadOptions) -> Ticket:
        """Stand in line for a model, as `Lease` does; `advance` comes next.

        Raises `EngineError` when the program closes.
        """
        if self._is_closed:
            raise _closing()
        self._loop = asyncio.get_running_loop()
        self._take_news()
        ticket = Ticket(options, self._loop)
        self._waiting.append(ticket)
        return ticket

    def advance(self) -> None:
        """Give what can be given, in order: to be called after every change."""
        if not self._is_closed:
            self._advance()

    def give_back(self, ticket: Ticket) -> None:
        """Take a model back, or a request for one. A load that nobody waits for is broken off."""
        try:
            self._take_back(ticket)
        finally:
            self.advance()

    def close(self) -> None:
        """End everything that goes on; who waits is told. Waits a few seconds at most."""
        self._is_closed = True
        for ticket in self._waiting:
            post(ticket.loop, partial(ticket.news.put_nowait, _closing()))
        hosts = [place.host for place in self._places if place.host is not None]
        for place in self._places:
            place.stay()
        for host in hosts:
            host.end()
        for host in hosts:
            host.join(_JOIN_S)

    # --- who gets what -------------------------------------------------------------------

    def _usable(self, options: LoadOptions) -> Place | None:
        for place in self._places:
            if place.options == options and not (place.is_ending or place.is_leaving):
                return place
        return None

    def _advance(self) -> None:
        self._find_dead()
        promised = [place for place in self._places if place.is_leaving]
        for leaving in promised:
            leaving.is_leaving = False
        is_held_up = any(place.status.state is ModelState.LOADING for place in self._places)
        for ticket in list(self._waiting):
            place = self._usable(ticket.options)
            if place is not None:
                self._grant(ticket, place)
            elif not is_held_up:
                is_held_up = self._try_to_load(ticket, promised)

    def _find_dead(self) -> None:
        """Lend nobody an engine that was lost a moment ago; its thread tells so soon."""
        for place in self._places:
            if place.host is not None and place.host.is_over and not place.is_ending:
                place.is_ending = True
                if place.status.state is ModelState.READY:
                    self._tell(self.status(place.options))

    def _try_to_load(self, ticket: Ticket, promised: list[Place]) -> bool:
        """Load a model, make room for it, or refuse it; tell whether the next must wait."""
        lacking = ticket.options.needed_bytes - self._room()
        if lacking <= 0:
            self._load(ticket)
            return True
        try:
            self.check_fits(ticket.options)
        except ModelTooLargeError as error:
            self._waiting.remove(ticket)
            ticket.news.put_nowait(error)
            return False
        going = self._must_go(lacking, promised)
        if any(place.tickets for place in going):
            for place in going:
                place.is_leaving = True
            if not ticket.is_told_to_wait:
                ticket.is_told_to_wait = True
                status = PoolStatus(ticket.options, ModelState.WAITING)
                ticket.news.put_nowait(status)
                self._tell(status)
        else:
            for place in going:
                self._end(place)
        return True

    def _must_go(self, lacking: int, promised: list[Place]) -> list[Place]:
        """Return which models have to go for so much memory: those that nobody uses first."""
        lacking -= sum(place.needed_bytes for place in self._places if place.is_ending)
        going = []
        for place in sorted(
            (place for place in self._places if not place.is_ending),
            key=lambda place: (bool(place.tickets), place not in promised, place.last_used),
        ):
            if lacking <= 0:
                break
            going.append(place)
            lacking -= place.needed_bytes
        return going

    def _room(self) -> int:
        """Return the memory that nobody uses or is about to take."""
        free = self._free_bytes()
        return free - sum(place.uncounted_bytes(free) for place in self._places)

    def _load(self, ticket: Ticket) -> None:
        status = PoolStatus(ticket.options, ModelState.LOADING)
        for other in self._places:  # the same file, loaded otherwise before
            if other.options.path == ticket.options.path and other.is_ready and not other.tickets:
                self._end(other)
        place = Place(ticket.options, self._free_bytes(), status)
        self._places.append(place)
        place.host = Host(
            self._open_engine, ticket.options, lambda news: self._send(place, news), self._cores
        )
        self._grant(ticket, place)
        self._tell(status)

    def _grant(self, ticket: Ticket, place: Place) -> None:
        self._waiting.remove(ticket)
        ticket.place = place
        place.tickets.add(ticket)
        place.last_used = next(self._clock)
        place.stay()
        ticket.news.put_nowait(place.status)
        if place.is_ready:  # news to whom it was told that another load of the file failed
            self._tell(place.status)

    def _take_back(self, ticket: Ticket) -> None:
        place = ticket.place
        if ticket in self._waiting:
            self._waiting.remove(ticket)
            if ticket.is_told_to_wait:
                self._tell(self.status(ticket.options))
        elif place is not None:
            place.tickets.discard(ticket)
            place.last_used = next(self._clock)
            if not place.tickets and not place.is_ending:
                self._rest(place)

    def _rest(self, place: Place) -> None:
        """Nobody uses a model: break its load off, or let it leave after a while."""
        place.stay()
        if place.is_loading:
            self._end(place)
        elif place.is_ready and place.options != self._kept and self._loop is not None:
            with suppress(RuntimeError):  # the loop is closed: the program ends
                place.leaves = self._loop.call_later(self._keep_alive_s, self._leave, place)

    def _leave(self, place: Place) -> None:
        if not place.tickets and place.is_ready:
            self._end(place)

    def _end(self, place: Place) -> None:
        assert place.host is not None
        place.stay()
        place.is_ending = True
        place.host.end()
        self._tell(self.status(place.options))

    # --- what the threads tell -----------------------------------------------------------

    def _send(self, place: Place, news: News) -> None:
        """Take what a model's thread tells, on that thread."""
        self._news.put((place, news))
        if self._loop is not None:
            post(self._loop, self._take_news)

    def _take_news(self) -> None:
        with suppress(queue.Empty):
            while True:
                self._hear(*self._news.get_nowait())

    def _hear(self, place: Place, news: News) -> None:
        try:
            match news:
                case Progress(fraction):
                    self._change(place, replace(place.status, fraction=fraction))
                case Loaded(info):
                    place.hidden_bytes = place.uncounted_bytes(self._free_bytes())
                    self._change(place, PoolStatus(place.options, ModelState.READY, 1.0, info))
                case Ended(error):
                    self._remove(place, error)
        finally:  # a listener's bug holds up nobody
            if not isinstance(news, Progress):
                self.advance()

    def _change(self, place: Place, status: PoolStatus) -> None:
        place.status = status
        if not place.is_ending:
            for ticket in place.tickets:
                ticket.news.put_nowait(status)
            self._tell(status)

    def _remove(self, place: Place, error: BaseException | None) -> None:
        self._places.remove(place)
        place.stay()
        is_news, place.is_ending = not place.is_ending, True
        status = self.status(place.options)
        if place.status.state is ModelState.LOADING:
            name = place.options.path.name
            error = error or LoadCancelledError(f"Loading {name} was cancelled.")
            for ticket in place.tickets:
                ticket.news.put_nowait(error)
            if not isinstance(error, LoadCancelledError):
                status = PoolStatus(place.options, ModelState.FAILED, error=error)
        if is_news:
            self._tell(status)

    def _tell(self, status: PoolStatus) -> None:
        for listener in self._listeners:
            listener(status)


def _closing() -> EngineError:
    return EngineError("The program is closing.")
