"""`starwright complete`: continue a file or standard input, as a base model does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from app.cli import terminal
from app.cli.arguments import Arguments
from app.cli.files import path_in_project, read_context, read_text
from app.cli.formats import output_in, sampling_in
from app.cli.models import model_named
from app.cli.screens import show_answer
from app.core.context import Overflow
from app.core.errors import AppError
from app.services.answering.generation import CompletionRequest
from app.services.services import Services


def run_complete(services: Services, arguments: Arguments) -> int:
    """Print the continuation; return the exit code."""
    return terminal.run(_complete(services, arguments))


async def _complete(services: Services, arguments: Arguments) -> int:
    try:
        output, sampling = output_in(arguments), sampling_in(arguments)
        request = replace(_request(arguments), sampling=sampling, output=output)
        model = await model_named(services.models, arguments.model)
        events = services.generation.complete(model, request)
        shown = await show_answer(events, as_json=arguments.json)
    except AppError as error:
        if arguments.overflow is Overflow.FAIL:
            error = terminal.with_flag(error, Overflow.TRIM)
        terminal.show_error(error, as_json=arguments.json)
        return 1
    return 0 if shown.finished else terminal.INTERRUPTED


def _request(arguments: Arguments) -> CompletionRequest:
    path, root = arguments.path, Path.cwd()
    is_file = path is not None and str(path) != "-"
    files = read_context(arguments.context, root)
    return CompletionRequest(
        read_text(path),
        arguments.sampling,
        arguments.overflow,
        path=path_in_project(path, root) if path is not None and is_file else "",
        files=files,
        repository=root.name if files else "",
    )
