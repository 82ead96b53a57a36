"""Builds every object by hand, wires them, starts the wanted front and closes all in reverse.

The only module that knows every room. Imports of a front stand inside its function, so that the
terminal never pays for Qt.
"""

from __future__ import annotations

import errno
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from app.core.engine import Engine, EngineFactory, LoadProgress
from app.core.errors import AppError, DisplayError, ModelFileError
from app.core.models import FileFamily, LoadOptions
from app.core.paths import user_paths
from app.core.privacy import make_private_file
from app.engines.isolated import ByName, open_isolated
from app.library.headers import read_header
from app.services.answering.generation import Generation
from app.services.answering.rendering import Rendering
from app.services.code_checks import CodeChecks
from app.services.inference.marking import noting_loads
from app.services.inference.pool import Pool
from app.services.models import Models
from app.services.services import Services
from app.store.load_mark import LoadMark
from app.store.settings import Settings

if TYPE_CHECKING:
    from app.cli.arguments import Arguments


# By name: only the child process loads the native library, never the window's.
ENGINES = {FileFamily.GGUF: ByName("app.engines.llamacpp:open_model")}
"""What runs each family of files. A new engine is a line here, and one of `tests/contracts`."""
NO_DISPLAY = 3
_UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EIO)


def open_engine(options: LoadOptions, progress: LoadProgress) -> Engine:
    """Load a model with the engine that its own header asks for, in a child process."""
    model = read_header(options.path)
    engine = ENGINES.get(model.family)
    if engine is None:
        raise ModelFileError(
            f"{options.path.name} is a legacy GGML file, which this version cannot run.",
            hint="Convert it to GGUF with a llama.cpp of 2023, or get a GGUF file of the model.",
        )
    return open_isolated(engine, options, progress)


@contextmanager
def services(factory: EngineFactory = open_engine) -> Iterator[Services]:
    """Build the services and close them at the end, whatever happened between."""
    paths = user_paths()
    settings = Settings(paths.settings)
    load_mark = LoadMark(paths.load_mark)
    pool = Pool(noting_loads(factory, load_mark))
    code_checks = CodeChecks()
    rendering = Rendering()
    try:
        models = Models(pool, settings, load_mark=load_mark)
        generation = Generation(models, rendering)
        yield Services(paths, settings, pool, models, generation, code_checks)
    finally:
        code_checks.close()
        rendering.close()
        pool.close()


def log_to_file(path: Path) -> None:
    """Write warnings to the log file. Prompts, answers and secrets are never logged."""
    try:
        make_private_file(path)
        handler: logging.Handler = _PrivateLog(
            path,
            maxBytes=1_000_000,
            backupCount=2,
            encoding="utf-8",
            delay=True,
            errors="backslashreplace",
        )
    except OSError:
        handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])


class _PrivateLog(RotatingFileHandler):
    """A log that nobody but the user may read, and whose full disk is no news on a terminal."""

    def _open(self) -> TextIOWrapper:
        make_private_file(Path(self.baseFilename))
        return super()._open()

    def handleError(self, record: logging.LogRecord) -> None:
        """Leave the line out where it cannot be written; what cannot be formatted is a bug."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handleError(record)


def start(arguments: Arguments) -> int:
    """Start the front the command line asks for; return the exit code."""
    log = user_paths().log
    log_to_file(log)
    sys.excepthook = partial(_told_bug, log, arguments.json)
    try:
        return _front(arguments)
    except DisplayError as error:
        from app.cli.terminal import show_no_display

        show_no_display(error)
        return NO_DISPLAY
    except AppError as error:
        from app.cli.terminal import show_error

        show_error(error, as_json=arguments.json)
        return 1
    except KeyboardInterrupt:
        from app.cli.terminal import INTERRUPTED

        return INTERRUPTED
    except BrokenPipeError:
        from app.cli.terminal import leave_output

        return leave_output()
    except OSError as error:
        if error.errno not in _UNWRITABLE:
            raise
        from app.cli.terminal import leave_output, show_error

        leave_output()
        told = AppError(
            f"The output cannot be written: {error.strerror}.", hint="Check where it goes."
        )
        show_error(told)
        return 1


def _told_bug(
    log: Path,
    as_json: bool,  # noqa: FBT001 - of a partial
    kind: type[BaseException],
    error: BaseException,
    trace: TracebackType | None,
) -> None:
    """Tell of a bug of ours as of any error; the log has the traceback."""
    from app.cli.terminal import show_bug

    logging.getLogger(__name__).critical("A bug", exc_info=(kind, error, trace))
    show_bug(error, log, as_json=as_json)


def _front(arguments: Arguments) -> int:
    match arguments.command:
        case "window":
            from app.ui.start.run import run_window

            return run_window(services, arguments.files)
        case "doctor":
            from app.cli.doctor import Examined, run_doctor
            from app.ui.start.display import has_display
            from app.ui.start.qt_libraries import check_qt_libraries

            examined = Examined(user_paths(), open_engine, has_display, check_qt_libraries)
            return run_doctor(examined, as_json=arguments.json)
        case "chat":
            from app.cli.chat import run_chat

            with services() as built:
                return run_chat(built, arguments)
        case "models":
            from app.cli.library import run_models

            with services() as built:
                return run_models(built, arguments)
        case "infill":
            from app.cli.infill import run_infill

            with services() as built:
                return run_infill(built, arguments)
        case _:
            from app.cli.complete import run_complete

            with services() as built:
                return run_complete(built, arguments)
