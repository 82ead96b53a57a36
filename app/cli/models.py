"""Which model a command means by `--model`."""

from __future__ import annotations

from pathlib import Path

from app.core.errors import NoModelError
from app.core.models import ModelFile
from app.core.split_files import name_of
from app.services.models import Models


async def model_named(models: Models, name: str) -> ModelFile:
    """Return the model of that path or name; without a name the one chosen last.

    Raises `ModelFileError` for a bad file, `NoModelError` for an unknown name.
    """
    if not name:
        problem = await models.restore_choice()
        if problem is not None:
            raise problem
        assert models.status.model is not None
        return models.status.model
    choices = [choice.model for choice in await models.choices() if choice.model is not None]
    for model in choices:
        named = {model.name, model.path.stem, name_of(model.path)}
        if name.lower() in map(str.lower, named):
            return model
    if "/" in name or "\\" in name or name.lower().endswith(".gguf"):
        return await models.files.inspect(_path(name))
    known = ", ".join(repr(model.name) for model in choices)
    raise NoModelError(
        f"There is no model {name!r}.",
        hint=f"Use a GGUF file, or one of: {known}." if known else "Use the path of a GGUF file.",
    )


def _path(name: str) -> Path:
    return Path(name).expanduser()
