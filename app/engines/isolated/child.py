"""The child process: it owns the real engine and steps it as long as runs are live.

It does not wait for the parent between steps. Events are sent every few milliseconds, so a model
that writes a token in less than one does not pay for a message with each.
"""

from __future__ import annotations

import logging
import os
import time
from multiprocessing.connection import Connection

from app.core.engine import Engine, EngineFactory, Interruptible, Sharing
from app.core.errors import AppError
from app.core.events import RunEnded, RunId, StepEvent
from app.core.models import LoadOptions
from app.engines.isolated import wire
from app.processes.settling import die_with_parent, settle

_SEND_EVERY_S = 0.004

logger = logging.getLogger(__name__)


def main(pipe: Connection, factory: EngineFactory, options: LoadOptions, log_level: int) -> None:
    """Load the engine, serve the parent until its end of the pipe closes, and go."""
    settle()
    die_with_parent()
    # A crash ends quietly: llama.cpp would start a debugger, where there is one, and print its
    # stack to the terminal.
    os.environ["GGML_NO_BACKTRACE"] = "1"
    logging.basicConfig(level=log_level, handlers=[_PipeHandler(pipe)], force=True)
    try:
        engine = _load(pipe, factory, options)
        if engine is not None:
            _Server(pipe, engine).serve()
            engine.close()
    except (EOFError, ConnectionError):  # the parent is gone or has closed the engine
        return
    except Exception:
        logger.exception("The engine process failed")  # a bug of ours: told, then fatal
        raise


def _load(pipe: Connection, factory: EngineFactory, options: LoadOptions) -> Engine | None:
    def progress(fraction: float) -> bool:
        pipe.send(wire.Loading(fraction))
        return True  # a parent that cancels ends this process

    try:
        engine = factory(options, progress)
    except AppError as error:
        pipe.send(wire.Refused(error))
        return None
    pipe.send(wire.Loaded(engine.info))
    return engine


class _Server:
    """Serves one engine over one pipe."""

    def __init__(self, pipe: Connection, engine: Engine) -> None:
        self._pipe = pipe
        self._engine = engine
        self._live: set[RunId] = set()
        if isinstance(engine, Interruptible):
            engine.interrupt_when(self._has_request)

    def _has_request(self) -> bool:
        try:
            return self._pipe.poll()
        except OSError:  # the parent is gone; `serve` finds out
            return True

    def serve(self) -> None:
        """Answer requests and step, until the pipe closes (`EOFError`) or the engine is lost."""
        while True:
            while self._pipe.poll(0 if self._live else None):
                self._answer(self._pipe.recv())
            try:
                events = self._run_for(_SEND_EVERY_S)
            except AppError as error:
                self._pipe.send(wire.Lost(error))
                return
            if events:
                self._pipe.send(wire.Happened(events))

    def _run_for(self, seconds: float) -> list[StepEvent]:
        """Step at least once, and on until the time is over or no run is live."""
        events: list[StepEvent] = []
        end = time.perf_counter() + seconds
        while self._live:
            new = self._engine.step()
            for event in new:
                events.append(event)
                if isinstance(event, RunEnded):
                    self._live.discard(event.run)
            if not new or time.perf_counter() >= end:  # nothing new: broken off by a request
                break
        return events

    def _answer(self, request: wire.Request) -> None:
        match request:
            case wire.Stop(run):
                self._live.discard(run)
                self._engine.stop(run)
            case wire.Share(among):
                if isinstance(self._engine, Sharing):
                    self._engine.share_cores(among)
            case wire.Knock():
                self._pipe.send(wire.Ready())
                self._pipe.send(self._reply(self._pipe.recv()))

    def _reply(self, request: wire.Request) -> wire.Reply | wire.Refused:
        token_ids: list[int] = []
        try:
            match request:
                case wire.Start(run, prompt, sampling):
                    self._engine.start(run, prompt, sampling)
                    self._live.add(run)
                case wire.Tokenize(text, special):
                    token_ids = self._engine.tokenize(text, special=special)
        except AppError as error:
            return wire.Refused(error)
        return wire.Reply(token_ids)


class _PipeHandler(logging.Handler):
    """Sends log lines to the parent, whose log file is the only one."""

    def __init__(self, pipe: Connection) -> None:
        super().__init__()
        self._pipe = pipe
        self.setFormatter(logging.Formatter("%(message)s"))  # the parent's log adds the rest

    def emit(self, record: logging.LogRecord) -> None:
        """Send one line; without a parent there is nobody to tell."""
        try:
            self._pipe.send(wire.Logged(record.name, record.levelno, self.format(record)))
        except OSError:
            self.close()
