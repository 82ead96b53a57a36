"""The parent's side: an engine to whoever holds it, in truth the end of a pipe."""

from __future__ import annotations

import logging
import pkgutil
from dataclasses import dataclass
from typing import cast

from app.core.engine import Engine, EngineFactory, LoadProgress
from app.core.errors import (
    AppError,
    EngineDiedError,
    EngineError,
    LoadCancelledError,
    ModelLoadError,
)
from app.core.events import RunEnded, RunId, StepEvent
from app.core.models import LoadOptions, ModelInfo
from app.core.prompts import Prompt
from app.core.sampling import Sampling
from app.engines.isolated import child, wire
from app.processes.process import END_WAIT_S, ChildGoneError, ChildProcess, Death

_STEP_WAIT_S = 0.05
_LOAD_WAIT_S = 0.1


@dataclass(frozen=True, slots=True)
class ByName:
    """An `EngineFactory` by name, `package.module:function`, imported only where it is called."""

    name: str

    def __call__(self, options: LoadOptions, progress: LoadProgress) -> Engine:
        """Import the factory and call it."""
        factory = cast("EngineFactory", pkgutil.resolve_name(self.name))
        return factory(options, progress)


def open_isolated(factory: EngineFactory, options: LoadOptions, progress: LoadProgress) -> Isolated:
    """Load an engine in a child process; `factory` must be picklable.

    Raises what the factory raises, `LoadCancelledError`, and `ModelLoadError` where it dies.
    """
    link = _Link(factory, options)
    try:
        info = _wait_for_load(link, options, progress)
    except BaseException:  # also Ctrl-C: nothing may be left behind
        link.close(wait_s=0.0)
        raise
    return Isolated(info, link)


def _wait_for_load(link: _Link, options: LoadOptions, progress: LoadProgress) -> ModelInfo:
    fraction = 0.0
    while progress(fraction):
        try:
            report = link.receive(_LOAD_WAIT_S)
        except EngineDiedError as death:
            raise _died_loading(options, link) from death
        match report:
            case wire.Loading(fraction=told):
                fraction = told
            case wire.Loaded(info):
                return info
            case wire.Refused(error):
                raise error
    raise LoadCancelledError(f"Loading {options.path.name} was cancelled.")


def _died_loading(options: LoadOptions, link: _Link) -> ModelLoadError:
    name = options.path.name
    if link.death.was_short_of_memory:
        return ModelLoadError(
            f"Loading {name} took more memory than is free: the system ended the engine.",
            hint="Close other programs, or choose a smaller model or context.",
        )
    return ModelLoadError(
        f"The engine {link.death.cause} while loading {name}.",
        hint="The file may be damaged: download it again, or choose another model.",
    )


class Isolated:
    """An engine in a child process; satisfies `app.core.engine.Engine`."""

    def __init__(self, info: ModelInfo, link: _Link) -> None:
        self._info = info
        self._link = link
        self._live: set[RunId] = set()
        self._events: list[StepEvent] = []
        self._death: AppError | None = None

    @property
    def info(self) -> ModelInfo:
        """Describe the loaded model."""
        return self._info

    @property
    def process_id(self) -> int:
        """Return the child's process id, 0 once closed."""
        return self._link.process_id

    def tokenize(self, text: str, *, special: bool = False) -> list[int]:
        """Return the ids of `text`; waits for the child's current step."""
        return self._call(wire.Tokenize(text, special))

    def start(self, run: RunId, prompt: Prompt, sampling: Sampling) -> None:
        """Begin a run; see `Engine.start` for what is raised. Waits for the current step."""
        self._call(wire.Start(run, prompt, sampling))
        self._live.add(run)

    def stop(self, run: RunId) -> None:
        """End a run now; see `Engine.stop`."""
        if run not in self._live:
            return
        self._live.discard(run)
        self._events = [event for event in self._events if event.run != run]
        self._say(wire.Stop(run))

    def share_cores(self, among: int) -> None:
        """Let the child compute with a part of its threads; see `Sharing`."""
        if not self._link.is_closed:
            self._say(wire.Share(among))

    def step(self) -> list[StepEvent]:
        """Return what happened since the last call, waiting for it 50 ms at most.

        The child does not wait for this: it goes on by itself while runs are live. Raises
        `EngineDiedError` once all it said before its death was returned.
        """
        if self._link.is_closed:
            return []
        if not self._events and self._death is None:
            self._collect(_STEP_WAIT_S if self._live else 0.0)
        if self._death is not None and not self._events:
            raise self._death
        events, self._events = self._events, []
        return events

    def close(self) -> None:
        """End the child; safe to call twice, never hangs."""
        self._live.clear()
        self._events.clear()
        self._link.close()

    def _collect(self, wait_s: float) -> None:
        try:
            while (report := self._link.receive(wait_s)) is not None:
                self._take(report)
                wait_s = 0.0
        except EngineDiedError as error:
            self._death = error

    def _say(self, request: wire.Stop | wire.Share) -> None:
        """Send what needs no answer; whether the child is dead shows with the next step."""
        if self._death is None:
            try:
                self._link.send(request)
            except EngineDiedError as error:
                self._death = error

    def _call(self, request: wire.Start | wire.Tokenize) -> list[int]:
        """Send a request, however large, and wait for its reply; events are kept meanwhile."""
        if self._link.is_closed:
            raise EngineError("The model is closed.")
        if self._death is not None:
            raise self._death
        try:
            self._link.send(wire.Knock())
            self._wait_for_answer()
            self._link.send(request)
            return self._wait_for_answer()
        except EngineDiedError as error:
            self._death = error
            raise

    def _wait_for_answer(self) -> list[int]:
        while True:
            match self._link.receive(None):
                case wire.Ready():
                    return []
                case wire.Reply(token_ids):
                    return token_ids
                case wire.Refused(error):
                    raise error
                case wire.Happened() | wire.Lost() as report:
                    self._take(report)
                    if self._death is not None:
                        raise self._death

    def _take(self, report: wire.Report) -> None:
        match report:
            case wire.Happened(events):
                for event in events:
                    if event.run in self._live:
                        self._events.append(event)
                        if isinstance(event, RunEnded):
                            self._live.discard(event.run)
            case wire.Lost(error):
                self._death = error


class _Link:
    """The child process, in the words of `wire`; its death is an `EngineDiedError`."""

    def __init__(self, factory: EngineFactory, options: LoadOptions) -> None:
        level = logging.getLogger("app").getEffectiveLevel()
        self._process = ChildProcess(
            child.main, (factory, options, level), name="starwright-engine"
        )
        self.death = Death("", was_short_of_memory=False)

    @property
    def process_id(self) -> int:
        return self._process.process_id

    @property
    def is_closed(self) -> bool:
        return self._process.is_closed

    def send(self, request: wire.Request) -> None:
        try:
            self._process.send(request)
        except ChildGoneError as error:
            raise self._died() from error

    def receive(self, wait_s: float | None) -> wire.Report | None:
        """Log the log lines and return the next other report; None after `wait_s` of silence."""
        try:
            while self._process.has_message(wait_s):
                report = cast("wire.Report", self._process.receive())
                if not isinstance(report, wire.Logged):
                    return report
                logging.getLogger(report.logger).log(report.level, "%s", report.text)
        except ChildGoneError as error:
            raise self._died() from error
        return None

    def _died(self) -> EngineDiedError:
        self.death = self._process.death()
        cure = "Send again to restart it. What was written so far is kept."
        if self.death.was_short_of_memory:
            return EngineDiedError(
                "The system ended the engine because memory ran out.",
                hint=f"{cure} Close other programs, or choose a smaller model or context.",
            )
        return EngineDiedError(f"The engine {self.death.cause}.", hint=cure)

    def close(self, wait_s: float = END_WAIT_S) -> None:
        """End the child; after `wait_s` also one that does not go by itself."""
        self._process.close(wait_s)
