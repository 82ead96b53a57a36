"""`starwright complete`: continue a file or standard input, as a base model does."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from app.cli import terminal
from app.cli.arguments import Arguments
from app.cli.models import model_named
from app.core.errors import AppError, RequestError
from app.services.generation import CompletionRequest
from app.services.services import Services


def run_complete(services: Services, arguments: Arguments) -> int:
    """Print the continuation; return the exit code."""
    return terminal.run(_complete(services, arguments))


async def _complete(services: Services, arguments: Arguments) -> int:
    try:
        text = await asyncio.to_thread(_read, arguments.path)
        model = await model_named(services.models, arguments.model)
        events = services.generation.complete(model, CompletionRequest(text, arguments.sampling))
        shown = await terminal.show_answer(events, as_json=arguments.json)
    except AppError as error:
        terminal.show_error(error, as_json=arguments.json)
        return 1
    return 0 if shown.finished else terminal.INTERRUPTED


def _read(path: Path | None) -> str:
    if path is None or str(path) == "-":
        return sys.stdin.read()
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise RequestError(
            f"{path} cannot be read: {error.strerror}.", hint="Name a text file."
        ) from error
    except UnicodeError as error:
        raise RequestError(f"{path} is not UTF-8 text.", hint="Name a text file.") from error
