"""What goes wrong outside of any dialog: shown in the window, and a bug of ours as one."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Protocol

from app.core.errors import AppError

_log = logging.getLogger(__name__)


class ProblemView(Protocol):
    """Where problems are shown."""

    def show_problem(self, error: AppError) -> None:
        """Show an error that belongs to no answer."""


class Trouble:
    """Takes what nobody else took: failed tasks, uncaught exceptions, and signals to end.

    `log` is the file that a bug is written to.
    """

    def __init__(self, view: ProblemView, log: Path) -> None:
        self._view = view
        self._log_path = log
        self._end: Callable[[], None] = lambda: None

    def watch(self, end: Callable[[], None]) -> None:
        """Take trouble of the running loop from now on; `end` closes the program."""
        self._end = end
        loop = asyncio.get_running_loop()
        for name in (signal.SIGINT, signal.SIGTERM):
            if sys.platform != "win32":
                loop.add_signal_handler(name, end)
        loop.set_exception_handler(lambda _, context: self._report_context(context))
        sys.excepthook = self._report_uncaught

    def report(self, error: BaseException) -> None:
        """Show an error; what is no `AppError` is a bug of ours, and goes into the log whole."""
        if isinstance(error, AppError):
            self._view.show_problem(error)
            return
        _log.error("A bug", exc_info=error)
        problem = AppError(
            f"Something went wrong inside Starwright: {type(error).__name__}.",
            hint=f"Nothing is lost. Please report it with {self._log_path}.",
        )
        try:
            self._view.show_problem(problem)
        except Exception:  # noqa: BLE001 - a second bug must not hide the first
            _log.exception("The bug could not be shown")

    def _report_context(self, context: dict[str, object]) -> None:
        error = context.get("exception")
        self.report(error if isinstance(error, BaseException) else RuntimeError(str(context)))

    def _report_uncaught(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._end()
            return
        self.report(error.with_traceback(trace))
