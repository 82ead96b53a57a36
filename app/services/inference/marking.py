"""Notes on disk which model is being loaded, so that what crashes the program is not loaded again.

The note goes away when the load ended well, was cancelled or was refused for want of memory; see
`app.store.load_mark`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from app.core.engine import Engine, EngineFactory, LoadProgress
from app.core.errors import AppError, LoadCancelledError, ModelTooLargeError, StoreError
from app.core.models import LoadOptions
from app.store.load_mark import LoadMark


def noting_loads(open_engine: EngineFactory, mark: LoadMark) -> EngineFactory:
    """Return a factory that keeps the note while it loads. It is called on inference threads."""

    def open_noted(options: LoadOptions, progress: LoadProgress) -> Engine:
        _suppressed(lambda: mark.set(options.path))
        try:
            engine = open_engine(options, progress)
        except (LoadCancelledError, ModelTooLargeError):  # another day there is more memory
            mark.clear()
            raise
        except AppError as error:
            reason = error.message
            _suppressed(lambda: mark.set(options.path, reason))
            raise
        mark.clear()
        return engine

    return open_noted


def _suppressed(write: Callable[[], None]) -> None:
    with suppress(StoreError):  # a full disk is told where it matters
        write()
