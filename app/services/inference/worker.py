"""The inference thread of one model: loads the engine, steps it, closes it, and ends.

The thread opens the engine itself, since an engine's child process dies with the thread that made
it. A run that finds no free slot waits, the more urgent first, else in order.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from app.core.engine import Engine, EngineFactory
from app.core.errors import AppError, EngineDiedError, EngineError, LoadCancelledError
from app.core.models import LoadOptions, ModelInfo
from app.services.inference.cores import Cores, Part
from app.services.inference.crossing import Outbox
from app.services.inference.runs import Run

LEAST_PROGRESS = 0.01
"""Progress of a load is told in steps of a hundredth: llama.cpp calls for every tensor."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Progress:
    """So much of the model is loaded, from 0 to 1."""

    fraction: float


@dataclass(frozen=True, slots=True)
class Loaded:
    """The model is there and runs."""

    info: ModelInfo


@dataclass(frozen=True, slots=True)
class Ended:
    """The engine is closed and its memory free; `error` says why, where nobody wanted it."""

    error: BaseException | None


News = Progress | Loaded | Ended
"""What a model's thread tells of itself: progress, then `Loaded`, and always `Ended` at last."""


@dataclass(frozen=True, slots=True)
class Stop:
    """The run of this number is not wanted any more."""

    number: int


@dataclass(frozen=True, slots=True)
class Tokenize:
    """The token ids of texts are wanted."""

    texts: tuple[str, ...]
    answer: Callable[[list[list[int]] | BaseException], None]


class _End:
    """The model is not wanted any more."""


Command = Run | Stop | Tokenize | _End


class Worker:
    """The thread's side of one model. Other threads use what is public."""

    def __init__(
        self,
        open_engine: EngineFactory,
        options: LoadOptions,
        tell: Callable[[News], None],
        cores: Cores,
    ) -> None:
        self.outbox = Outbox()
        self._part = Part(cores)
        self._open_engine = open_engine
        self._options = options
        self._tell = tell
        self._inbox: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self._closing = threading.Lock()
        self._why_over: BaseException | None = None
        self._is_ending = False
        self._live: dict[int, Run] = {}
        self._waiting: list[Run] = []

    # --- from any thread -----------------------------------------------------------------

    def send(self, command: Command) -> None:
        """Let the thread do something. Raises the error that ended the model, where one has."""
        with self._closing:
            if self._why_over is not None:
                raise self._why_over
            self._inbox.put(command)

    @property
    def is_over(self) -> bool:
        """Tell whether the engine is lost or closed: whoever asks now is refused."""
        return self._why_over is not None

    def stop(self, number: int) -> None:
        """Let the thread forget a run, which may be over."""
        self._inbox.put(Stop(number))

    def end(self) -> None:
        """Let the thread end: it breaks off a load or its runs, and closes the engine."""
        self._is_ending = True  # read between two steps or calls of progress; setting it is atomic
        self._inbox.put(_End())

    # --- on its own thread ---------------------------------------------------------------

    def work(self) -> None:
        """Load, serve until `end` or the engine is lost, and close."""
        engine, error = self._load()
        if engine is not None:
            self._tell(Loaded(engine.info))
            error = self._serve(engine)
            self._part.leave()
            with suppress(AppError):
                engine.close()
        self._turn_away(error)
        self._tell(Ended(error))

    def _load(self) -> tuple[Engine | None, BaseException | None]:
        told = -1.0

        def progress(fraction: float) -> bool:
            nonlocal told
            if fraction - told >= LEAST_PROGRESS or (fraction >= 1 and told < 1):
                told = fraction
                self._tell(Progress(fraction))
            return not self._is_ending

        try:
            if self._is_ending:
                raise LoadCancelledError(f"Loading {self._options.path.name} was cancelled.")
            return self._open_engine(self._options, progress), None
        except AppError as error:
            return None, error
        except Exception as error:  # noqa: BLE001 - the job boundary: the caller is told
            _log.exception("Loading a model failed")
            return None, error

    def _serve(self, engine: Engine) -> BaseException | None:
        try:
            while not self._is_ending:
                self._take_commands(engine)
                self._begin_waiting(engine)
                self._part.take(engine, is_busy=bool(self._live))
                if self._live:
                    self._step(engine)
                self.outbox.flush()
        except _EngineLostError as lost:
            return lost.__cause__
        except Exception as error:  # noqa: BLE001 - the job boundary: every run is told
            _log.exception("The inference thread failed")
            return error
        return None

    def _turn_away(self, error: BaseException | None) -> None:
        """Answer everyone who is still here, so that nobody waits for ever."""
        live_error = error or EngineError("The program is closing.")
        late_error = live_error
        if error is not None and not isinstance(error, AppError):
            late_error = EngineDiedError("The engine failed.", hint="Ask again to start a new one.")
        with self._closing:
            self._why_over = late_error
        for run in self._live.values():
            run.fail(live_error)
        for run in self._waiting:
            run.fail(late_error)
        with suppress(queue.Empty):
            while True:
                match self._inbox.get_nowait():
                    case Run() as run:
                        run.fail(late_error)
                    case Tokenize(answer=answer):
                        answer(late_error)
        self.outbox.flush()

    def _take_commands(self, engine: Engine) -> None:
        # Sleep only where nothing runs; what waits then needs no free slot and began already.
        must_wait = not self._live and not self._waiting
        while True:
            try:
                command = self._inbox.get(block=must_wait)
            except queue.Empty:
                return
            must_wait = False
            match command:
                case Run():
                    self._put_in_line(command)
                case Stop(number):
                    self._stop(engine, number)
                case Tokenize(texts, answer):
                    self._tokenize(engine, texts, answer)
                case _:
                    return

    def _put_in_line(self, run: Run) -> None:
        behind = (n for n, other in enumerate(self._waiting) if other.urgency > run.urgency)
        self._waiting.insert(next(behind, len(self._waiting)), run)

    def _tokenize(
        self,
        engine: Engine,
        texts: tuple[str, ...],
        answer: Callable[[list[list[int]] | BaseException], None],
    ) -> None:
        try:
            answer([engine.tokenize(text) for text in texts])
        except Exception as error:  # noqa: BLE001 - the job boundary: the caller is told
            answer(error)
            self._check(error)

    def _begin_waiting(self, engine: Engine) -> None:
        while self._waiting and len(self._live) < engine.info.slots:
            run = self._waiting.pop(0)
            run.begin()
            try:
                engine.start(run.number, run.prompt, run.sampling)
            except Exception as error:  # noqa: BLE001 - the job boundary: the caller is told
                if not isinstance(error, AppError):
                    _log.exception("Starting a run failed")
                run.fail(error)
                self._check(error)
            else:
                self._live[run.number] = run
        for ahead, run in enumerate(self._waiting):
            run.wait(ahead)

    def _stop(self, engine: Engine, number: int) -> None:
        if self._live.pop(number, None) is not None:
            engine.stop(number)
        self._waiting = [run for run in self._waiting if run.number != number]

    def _step(self, engine: Engine) -> None:
        try:
            events = engine.step()
        except Exception as error:
            if not isinstance(error, AppError):
                _log.exception("The engine failed")
            raise _EngineLostError from error
        for event in events:
            run = self._live.get(event.run)
            if run is not None:
                run.take(event)
                if run.is_over:
                    self._stop(engine, run.number)
        for run in self._live.values():
            run.give_text()

    def _check(self, error: Exception) -> None:
        # A dead child fails every call. Where runs are live, the next step gives their last words.
        if isinstance(error, EngineDiedError) and not self._live:
            raise _EngineLostError from error


class _EngineLostError(Exception):
    """The engine is of no use any more; the cause says why."""
