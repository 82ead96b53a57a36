"""The one error tree. A dialog, an HTTP status and an exit code are three views of it.

The message names the thing that failed, the hint says what to do about it. Anything that is not
an `AppError` is a bug of ours and is shown and logged as one.
"""

from __future__ import annotations


class AppError(Exception):
    """A failure the user can understand and act on."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()

    def __reduce__(self) -> tuple[object, ...]:
        # Exceptions cross the border of the engine process; the hint is keyword-only.
        return _rebuild, (type(self), self.message, self.hint)


def _rebuild(kind: type[AppError], message: str, hint: str) -> AppError:
    return kind(message, hint=hint)


class ModelError(AppError):
    """Something is wrong with a model."""


class ModelFileError(ModelError):
    """A model file is missing, unreadable, damaged or of a kind we do not know."""


class ModelTooLargeError(ModelError):
    """A model does not fit into this machine's memory."""


class ModelLoadError(ModelError):
    """A model ended the engine while it was loaded, now or last time."""


class NoModelError(ModelError):
    """Something needs a model and none is loaded or chosen."""


class LoadCancelledError(ModelError):
    """The user stopped a model from loading."""


class EngineError(AppError):
    """The engine refused a request or failed while it ran."""


class EngineDiedError(EngineError):
    """The engine's process ended by itself; the next request starts a fresh one."""


class PromptTooLongError(AppError):
    """A prompt does not fit the context, and nothing is ever cut in silence."""


class GrammarError(AppError):
    """A grammar or JSON schema cannot be used."""


class RequestError(AppError):
    """A request carries a value out of range or of the wrong kind."""


class StoreError(AppError):
    """User data cannot be read or written."""


class DamagedError(StoreError):
    """A file of the user's is damaged; what can be read of it can be rescued."""


class SettingsError(AppError):
    """A settings file or value is wrong."""


class NetworkError(AppError):
    """A connection is not allowed or did not work."""


class DisplayError(AppError):
    """No display was found to open a window on."""
