"""`starwright infill`: fill in the middle of a file, at a cursor."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from app.cli import terminal
from app.cli.arguments import Arguments
from app.cli.files import path_in_project, read_context, read_text
from app.cli.models import model_named
from app.cli.screens import show_answer
from app.core.errors import AppError, RequestError
from app.generation.capabilities import PromptFormat, capabilities
from app.generation.infill.holes import Hole
from app.services.answering.generation import InfillRequest
from app.services.project import Project, whole_folder
from app.services.services import Services
from app.services.tasks import Tasks
from app.text.for_terminals import in_one_line

PROJECT_PATIENCE_S = 60.0
"""How long a project's folder is looked through, however large it is."""


def run_infill(services: Services, arguments: Arguments) -> int:
    """Print what belongs at the cursor; return the exit code."""
    return terminal.run(_infill(services, arguments))


async def _infill(services: Services, arguments: Arguments) -> int:
    try:
        request = _request(arguments)
        if arguments.project is not None:
            request = await _with_project(services, arguments.project, request)
        model = await model_named(services.models, arguments.model)
        if request.files and not capabilities(model).has(PromptFormat.REPOSITORY):
            name = in_one_line(model.name)
            terminal.show_note(f"{name} reads one file at a time. The others are not sent.")
        events = services.generation.infill(model, request)
        shown = await show_answer(events, as_json=arguments.json)
    except AppError as error:
        terminal.show_error(error, as_json=arguments.json)
        return 1
    return 0 if shown.finished else terminal.INTERRUPTED


def _request(arguments: Arguments) -> InfillRequest:
    assert arguments.path is not None
    text = read_text(arguments.path)
    root = Path.cwd()
    if arguments.project is not None:
        root = whole_folder(arguments.project)
    try:
        path = path_in_project(arguments.path, root)
        hole = Hole.at(text, arguments.line, arguments.column, path)
    except RequestError as error:
        raise RequestError(f"{arguments.path}: {error.message}", hint=error.hint) from error
    files = read_context(arguments.context, root)
    return InfillRequest(
        hole,
        files=files,
        repository=root.name if files else "",
        sampling=arguments.sampling,
        is_raw=arguments.raw,
    )


async def _with_project(services: Services, folder: Path, request: InfillRequest) -> InfillRequest:
    """Return the request with the files of a project that are near, after those named."""
    failed: list[BaseException] = []
    tasks = Tasks(failed.append)
    project = Project(
        services.settings, tasks, folder=await asyncio.to_thread(whole_folder, folder)
    )
    hole = request.hole
    files, repository = await project.context_for(
        hole.path, hole.prefix, request.files, patience_s=PROJECT_PATIENCE_S
    )
    await tasks.close()
    if failed:
        raise failed[0]
    named = {file.path for file in request.files}
    near = tuple(file for file in files if file.path not in named)
    for file in near:
        terminal.show_note(f"Also sent: {in_one_line(file.path)}")
    # What was named is the user's own choice; what was found keeps to the budget.
    tokens = 0 if request.files else int(services.settings.value("project.context_tokens"))
    return replace(request, files=request.files + near, repository=repository, files_tokens=tokens)
