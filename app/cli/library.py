"""`starwright models`: which model files there are, and what each of them is and can do."""

from __future__ import annotations

import sys
from typing import Any

from prompt_toolkit.utils import get_cwidth

from app.cli import terminal
from app.cli.arguments import Arguments
from app.cli.models import model_named
from app.core.errors import AppError
from app.core.models import ModelFile
from app.generation.capabilities import Capabilities, capabilities
from app.services.about import model_text
from app.services.models import ModelChoice
from app.services.services import Services
from app.text.for_terminals import in_one_line

_WIDEST_NAME = 40


def run_models(services: Services, arguments: Arguments) -> int:
    """Print the list, or one model; return the exit code."""
    work = _show if arguments.action == "show" else _list
    return terminal.run(work(services, arguments))


async def _list(services: Services, arguments: Arguments) -> int:
    choices = await services.models.choices()
    if arguments.json:
        terminal.print_json(models=[_choice_fields(choice) for choice in choices])
        return 0
    names = [
        in_one_line(choice.model.name if choice.model else choice.path.name) for choice in choices
    ]
    width = min(max(map(get_cwidth, names)), _WIDEST_NAME)
    for choice, name in zip(choices, names, strict=True):
        gap = " " * max(width - get_cwidth(name), 0)
        sys.stdout.write(f"{name}{gap}  {in_one_line(_line(choice))}\n")
    return 0


async def _show(services: Services, arguments: Arguments) -> int:
    try:
        model = await model_named(services.models, arguments.model)
    except AppError as error:
        terminal.show_error(error, as_json=arguments.json)
        return 1
    if arguments.json:
        terminal.print_json(**_model_fields(model), **_capability_fields(capabilities(model)))
    else:
        sys.stdout.write(model_text(model) + "\n")
    return 0


def _line(choice: ModelChoice) -> str:
    model = choice.model
    if model is None:
        return f"cannot be used: {choice.error}"
    fits = "fits" if choice.is_fitting else "too large"
    where = "built in" if model.is_builtin else str(model.path)
    return f"{model.quantization:<7} {model.size_bytes / 1e6:>9,.1f} MB  {fits:<9}  {where}"


def _choice_fields(choice: ModelChoice) -> dict[str, Any]:
    fields: dict[str, Any] = {"path": str(choice.path), "fits": choice.is_fitting}
    if choice.model is not None:
        fields |= _model_fields(choice.model)
    if choice.error is not None:
        fields["problem"] = str(choice.error)
    return fields


def _model_fields(model: ModelFile) -> dict[str, Any]:
    return {
        "name": model.name,
        "path": str(model.path),
        "is_builtin": model.is_builtin,
        "file_family": str(model.family),
        "architecture": model.architecture,
        "quantization": model.quantization,
        "size_bytes": model.size_bytes,
        "parameters": model.parameters,
        "context_tokens": model.context_tokens,
        "licence": model.licence,
        "has_chat_template": model.has_chat_template,
        "control_tokens": list(model.control_tokens),
    }


def _capability_fields(known: Capabilities) -> dict[str, Any]:
    return {
        "family": known.family,
        "formats": [
            {"format": str(one.format), "is_supported": one.is_supported, "detail": one.detail}
            for one in known.supports
        ],
    }
