"""`starwright complete`: continue a file or standard input, as a base model does."""

from __future__ import annotations

import asyncio

from app.cli import terminal
from app.cli.arguments import Arguments
from app.cli.files import read_text
from app.cli.models import model_named
from app.core.context import Overflow
from app.core.errors import AppError
from app.services.generation import CompletionRequest
from app.services.services import Services


def run_complete(services: Services, arguments: Arguments) -> int:
    """Print the continuation; return the exit code."""
    return terminal.run(_complete(services, arguments))


async def _complete(services: Services, arguments: Arguments) -> int:
    try:
        text = await asyncio.to_thread(read_text, arguments.path)
        model = await model_named(services.models, arguments.model)
        request = CompletionRequest(text, arguments.sampling, arguments.overflow)
        events = services.generation.complete(model, request)
        shown = await terminal.show_answer(events, as_json=arguments.json)
    except AppError as error:
        if arguments.overflow is Overflow.FAIL:
            error = terminal.with_flag(error, Overflow.TRIM)
        terminal.show_error(error, as_json=arguments.json)
        return 1
    return 0 if shown.finished else terminal.INTERRUPTED
