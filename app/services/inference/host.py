"""The inference thread: owns the loaded engine and runs the loop.

Take commands, `step()`, turn pieces into events, hand them to asyncio in batches. Window, server
and command line all go through here, so that one slow answer never blocks another: several runs
share each step. A request that finds no free slot waits in order; so does a change of model until
the runs of the model before it have ended.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from app.core.engine import Engine, EngineFactory
from app.core.errors import AppError, EngineError, LoadCancelledError, NoModelError
from app.core.events import (
    NO_TOKEN,
    Finished,
    FinishReason,
    GenerationEvent,
    Piece,
    PromptProgress,
    Queued,
    Reading,
    RunEnded,
    StepEvent,
    TextDelta,
    Timings,
    TokenDetail,
)
from app.core.models import LoadOptions, ModelInfo
from app.core.prompts import Prompt
from app.core.sampling import Sampling
from app.generation.assembly import Assembler
from app.services.threads import start_thread

_log = logging.getLogger(__name__)

Deliver = Callable[["GenerationEvent | BaseException"], None]


@dataclass(slots=True)
class Run:
    """One request, from the moment it is asked for. Its fields belong to the inference thread."""

    number: int
    options: LoadOptions
    prompt: Prompt
    sampling: Sampling
    deliver: Deliver
    assembler: Assembler
    asked_at: float
    ahead: int = -1
    started_at: float = 0.0
    read_at: float = 0.0
    first_at: float = 0.0
    prompt_tokens: int = 0
    reused_tokens: int = 0
    written_tokens: int = 0
    told_tokens: int = 0
    text: list[str] = field(default_factory=list)
    details: list[TokenDetail] = field(default_factory=list)


@dataclass(slots=True)
class _Load:
    options: LoadOptions
    progress: Callable[[float], None]
    answer: Callable[[ModelInfo | BaseException], None]
    is_cancelled: bool = False


@dataclass(frozen=True, slots=True)
class _Unload:
    answer: Callable[[None], None]


@dataclass(frozen=True, slots=True)
class _Stop:
    number: int


@dataclass(frozen=True, slots=True)
class _Tokenize:
    texts: tuple[str, ...]
    answer: Callable[[list[list[int]] | BaseException], None]


class _Close:
    pass


class Inference:
    """The asyncio side of the inference thread. All methods belong to one event loop's thread."""

    def __init__(self, open_engine: EngineFactory) -> None:
        self._worker = _Worker(open_engine)
        self._thread = start_thread("inference", self._worker.work)
        self._next_number = 0

    @property
    def loaded(self) -> LoadOptions | None:
        """Return how the loaded model was asked for, None while none is loaded."""
        return self._worker.loaded

    async def load(
        self, options: LoadOptions, progress: Callable[[float], None] = lambda _: None
    ) -> ModelInfo:
        """Load a model unless it is loaded already. Cancelling the caller cancels the load.

        `progress` is called with fractions on the asyncio thread. Raises `ModelError`s.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[ModelInfo] = loop.create_future()
        command = _Load(
            options,
            progress=lambda fraction: _post(loop, lambda: progress(fraction)),
            answer=lambda value: _post(loop, lambda: _resolve(future, value)),
        )
        self._send(command)
        try:
            return await future
        finally:
            # Read by the worker between two progress calls; setting a flag is atomic.
            command.is_cancelled = True

    async def unload(self) -> None:
        """Give the model's memory back, once its runs have ended."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        self._send(_Unload(answer=lambda value: _post(loop, lambda: _resolve(future, value))))
        await future

    async def tokenize(self, *texts: str) -> list[list[int]]:
        """Return the token ids of each text, special parsing off. Raises `NoModelError`."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[list[list[int]]] = loop.create_future()
        self._send(
            _Tokenize(texts, answer=lambda value: _post(loop, lambda: _resolve(future, value)))
        )
        return await future

    async def run(
        self,
        options: LoadOptions,
        prompt: Prompt,
        sampling: Sampling,
        *,
        assembler: Assembler | None = None,
    ) -> AsyncGenerator[GenerationEvent, None]:
        """Answer a prompt with the model that `options` loaded.

        `assembler` decides what of the pieces is shown and when the run ends by its text; the
        plain one ends at the prompt's and the sampling's stop texts.

        Ends with `Finished`, or raises the `AppError` that ended it. Closing the iterator stops
        the run within one step.
        """
        loop = asyncio.get_running_loop()
        arrived: asyncio.Queue[GenerationEvent | BaseException] = asyncio.Queue()
        self._next_number += 1
        run = Run(
            number=self._next_number,
            options=options,
            prompt=prompt,
            sampling=sampling,
            deliver=self._worker.batcher(loop, arrived),
            assembler=assembler or _assembler(prompt, sampling),
            asked_at=time.perf_counter(),
        )
        self._send(run)
        try:
            while True:
                event = await arrived.get()
                if isinstance(event, BaseException):
                    raise event
                yield event
                if isinstance(event, Finished):
                    return
        finally:
            self._worker.inbox.put(_Stop(run.number))

    def _send(self, command: object) -> None:
        if self._worker.is_closing:
            raise EngineError("The program is closing.")
        self._worker.inbox.put(command)

    def close(self) -> None:
        """End the thread and the engine; who still waits is told. Waits a few seconds at most."""
        self._worker.is_closing = True
        self._worker.inbox.put(_Close())
        self._thread.join(timeout=10)


def _post(loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> None:
    with suppress(RuntimeError):  # the loop has closed meanwhile: nobody waits for this any more
        loop.call_soon_threadsafe(call)


def _resolve(future: asyncio.Future[Any], value: object) -> None:
    if future.done():
        return
    if isinstance(value, BaseException):
        future.set_exception(value)
    else:
        future.set_result(value)


class _Worker:
    """The thread's side. Only `inbox`, `is_closing` and `loaded` are touched from outside."""

    def __init__(self, open_engine: EngineFactory) -> None:
        self.inbox: queue.SimpleQueue[object] = queue.SimpleQueue()
        self.loaded: LoadOptions | None = None
        self.is_closing = False
        self._open_engine = open_engine
        self._engine: Engine | None = None
        self._live: dict[int, Run] = {}
        self._waiting: deque[Run | _Load | _Unload] = deque()
        self._outbox: list[tuple[asyncio.AbstractEventLoop, Callable[[], None]]] = []

    def batcher(
        self,
        loop: asyncio.AbstractEventLoop,
        arrived: asyncio.Queue[GenerationEvent | BaseException],
    ) -> Deliver:
        """Return how a run's events reach its queue: collected, and handed over once a step."""

        def deliver(event: GenerationEvent | BaseException) -> None:
            self._outbox.append((loop, lambda: arrived.put_nowait(event)))

        return deliver

    def work(self) -> None:
        """Run the loop until `_Close`."""
        while not self.is_closing:
            self._take_commands()
            self._begin_waiting()
            if self._live:
                self._step()
            self._flush()
        self._turn_away()
        self._drop_engine()

    def _turn_away(self) -> None:
        """Answer everyone who still waits, so that nobody waits for ever."""
        error = EngineError("The program is closing.")
        with suppress(queue.Empty):
            while True:
                self._take(self.inbox.get_nowait())
        for command in (*self._live.values(), *self._waiting):
            match command:
                case Run():
                    command.deliver(error)
                case _Load():
                    command.answer(error)
                case _Unload():
                    command.answer(None)
        self._live.clear()
        self._waiting.clear()
        self._flush()

    def _take_commands(self) -> None:
        # Sleep only where nothing runs; what waits then needs no free slot and began already.
        must_wait = not self._live and not self._waiting
        while True:
            try:
                command = self.inbox.get(block=must_wait)
            except queue.Empty:
                return
            must_wait = False
            self._take(command)

    def _take(self, command: object) -> None:
        match command:
            case Run() | _Load() | _Unload():
                self._waiting.append(command)
            case _Stop(number):
                self._stop(number)
            case _Tokenize(texts, answer):
                answer(self._tokenized(texts))
            case _:
                self.is_closing = True

    def _tokenized(self, texts: tuple[str, ...]) -> list[list[int]] | BaseException:
        if self._engine is None:
            return NoModelError("No model is loaded.", hint="Choose a model first.")
        try:
            return [self._engine.tokenize(text) for text in texts]
        except AppError as error:
            if not self._live:
                self._drop_engine()
            return error

    # --- what waits, in order ------------------------------------------------------------

    def _begin_waiting(self) -> None:
        while self._waiting and not self.is_closing:
            first = self._waiting[0]
            if isinstance(first, _Load) and first.is_cancelled:
                pass  # holds up nobody behind it
            elif isinstance(first, Run) and self._engine is not None:
                if len(self._live) >= self._engine.info.slots:
                    break
            elif self._live and not self._is_loaded(first):
                break
            self._waiting.popleft()
            self._begin(first)
        self._tell_queue()

    def _is_loaded(self, command: object) -> bool:
        return isinstance(command, _Load) and command.options == self.loaded

    def _begin(self, command: Run | _Load | _Unload) -> None:
        match command:
            case Run():
                self._start(command)
            case _Load():
                command.answer(self._load(command))
            case _Unload():
                self._drop_engine()
                command.answer(None)

    def _tell_queue(self) -> None:
        ahead = 0
        for command in self._waiting:
            if isinstance(command, Run):
                if command.ahead != ahead:
                    command.ahead = ahead
                    command.deliver(Queued(ahead))
                ahead += 1

    def _load(self, command: _Load) -> ModelInfo | BaseException:
        if self._engine is not None and self._is_loaded(command):
            return self._engine.info
        if command.is_cancelled:
            return LoadCancelledError(f"Loading {command.options.path.name} was cancelled.")
        self._flush()
        self._drop_engine()  # two models at once may not fit

        def progress(fraction: float) -> bool:
            command.progress(fraction)
            return not (command.is_cancelled or self.is_closing)

        try:
            self._engine = self._open_engine(command.options, progress)
        except AppError as error:
            return error
        except Exception as error:  # noqa: BLE001 - the job boundary: the caller is told
            _log.exception("Loading a model failed")
            return error
        self.loaded = command.options
        return self._engine.info

    def _drop_engine(self) -> None:
        engine, self._engine, self.loaded = self._engine, None, None
        if engine is not None:
            engine.close()

    # --- runs ----------------------------------------------------------------------------

    def _start(self, run: Run) -> None:
        if self._engine is None or run.options != self.loaded:
            run.deliver(NoModelError("The model was unloaded.", hint="Try again."))
            return
        run.started_at = time.perf_counter()
        try:
            self._engine.start(run.number, run.prompt, run.sampling)
        except Exception as error:  # noqa: BLE001 - the job boundary: the caller is told
            if not isinstance(error, AppError):
                _log.exception("Starting a run failed")
            run.deliver(error)
            if not self._live and isinstance(error, EngineError):
                self._check_engine(error)
            return
        self._live[run.number] = run

    def _stop(self, number: int) -> None:
        if self._live.pop(number, None) is not None and self._engine is not None:
            self._engine.stop(number)
        for waiting in self._waiting:
            if isinstance(waiting, Run) and waiting.number == number:
                self._waiting.remove(waiting)
                break

    def _step(self) -> None:
        assert self._engine is not None
        try:
            events = self._engine.step()
        except Exception as error:  # noqa: BLE001 - the job boundary: every run is told
            if not isinstance(error, AppError):
                _log.exception("The engine failed")
            self._fail_all(error)
            return
        for event in events:
            run = self._live.get(event.run)
            if run is not None:
                self._take_event(run, event)
        for run in list(self._live.values()):
            self._give_text(run)

    def _check_engine(self, error: EngineError) -> None:
        # A dead child says so by failing every call; drop it, the next request loads afresh.
        if type(error) is not EngineError:
            self._drop_engine()

    def _fail_all(self, error: BaseException) -> None:
        for run in self._live.values():
            self._give_all_text(run)
            run.deliver(error)
        self._live.clear()
        self._drop_engine()

    def _take_event(self, run: Run, event: StepEvent) -> None:
        match event:
            case PromptProgress():
                run.prompt_tokens = event.total_tokens
                run.reused_tokens = event.reused_tokens
                if event.done_tokens >= event.total_tokens and not run.read_at:
                    run.read_at = time.perf_counter()
                run.deliver(Reading(event.done_tokens, event.total_tokens, event.reused_tokens))
            case Piece():
                self._take_piece(run, event)
            case RunEnded():
                if event.reason is FinishReason.ERROR:
                    self._live.pop(run.number)
                    self._give_all_text(run)
                    run.deliver(EngineError(event.error or "The engine failed."))
                else:
                    run.text.append(run.assembler.finish())
                    self._finish(run, event.reason)

    def _take_piece(self, run: Run, piece: Piece) -> None:
        run.written_tokens += piece.token_id != NO_TOKEN
        if not run.first_at:
            run.first_at = time.perf_counter()
        run.text.append(run.assembler.feed(piece.data))
        if piece.logprob is not None:
            run.details.append(
                TokenDetail(piece.token_id, piece.data, piece.logprob, piece.candidates)
            )
        if run.assembler.stopped_by:
            assert self._engine is not None
            self._engine.stop(run.number)
            self._finish(run, FinishReason.STOP)

    def _give_text(self, run: Run) -> None:
        """Send what the run wrote in this step as one event."""
        text = "".join(run.text)
        if text:
            tokens = run.written_tokens - run.told_tokens
            run.deliver(TextDelta(text, tokens, tuple(run.details)))
            run.told_tokens = run.written_tokens
            run.details.clear()
        run.text.clear()

    def _give_all_text(self, run: Run) -> None:
        """Send also what was held back: no stop text can follow any more."""
        run.text.append(run.assembler.finish())
        self._give_text(run)

    def _finish(self, run: Run, reason: FinishReason) -> None:
        self._live.pop(run.number, None)
        self._give_text(run)
        assert run.sampling.seed is not None
        run.deliver(
            Finished(
                reason=reason,
                text="",
                timings=_timings(run, time.perf_counter()),
                seed=run.sampling.seed,
                stopped_by=run.assembler.stopped_by,
            )
        )

    def _flush(self) -> None:
        """Hand the collected events over: one wake-up of each event loop, whatever their number."""
        outbox, self._outbox = self._outbox, []
        calls: dict[asyncio.AbstractEventLoop, list[Callable[[], None]]] = {}
        for loop, call in outbox:
            calls.setdefault(loop, []).append(call)
        for loop, batch in calls.items():
            _post(loop, lambda batch=batch: _call_all(batch))  # type: ignore[misc]


def _assembler(prompt: Prompt, sampling: Sampling) -> Assembler:
    """Return what ends at the stop texts; where the answer begins a line, also without its end."""
    begins_line = prompt.as_text().endswith("\n")
    first = [stop[1:] for stop in prompt.stop_texts if stop.startswith("\n")]
    stops = (*prompt.stop_texts, *sampling.stop_texts)
    return Assembler(stops, first if begins_line else ())


def _call_all(calls: list[Callable[[], None]]) -> None:
    for call in calls:
        call()


def _timings(run: Run, now: float) -> Timings:
    read_at = run.read_at or run.first_at or now
    first_at = run.first_at or now
    return Timings(
        prompt_tokens=run.prompt_tokens,
        reused_tokens=run.reused_tokens,
        written_tokens=run.written_tokens,
        prompt_s=read_at - run.started_at,
        first_token_s=first_at - run.started_at,
        writing_s=now - first_at,
        total_s=now - run.asked_at,
    )
