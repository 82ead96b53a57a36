"""Other files of a project before the one that is written in, and plain completion after them.

StarCoder 2, arXiv:2402.19173, section 5.1: `<repo_name>name<file_sep>path`, a line end, the code,
`<file_sep>` and the next; in half of its training without names: `<file_sep>code<file_sep>code`.
Qwen2.5-Coder, arXiv:2409.12186, figure 4: with a line end after each name, path and file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.core.errors import RequestError
from app.core.models import ModelInfo
from app.core.prompts import Control, Prompt
from app.generation.families import InfillFormat, infill_format, stop_tokens


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of the same project, shown to the model before the one that is written in."""

    path: str
    text: str


def render_completion(
    text: str,
    info: ModelInfo,
    *,
    path: str = "",
    files: Sequence[SourceFile] = (),
    repository: str = "",
) -> Prompt:
    """Render a text for continuation, as base models were trained, after files of its project.

    Without a name or a path somewhere, files stand without metadata. Raises `RequestError` where
    the family was never shown more than one file.
    """
    before: list[str | Control] = []
    heading = ""
    if files:
        chosen = infill_format(info)
        if chosen is None or not chosen.file:
            raise RequestError(
                f"{info.name} reads one file at a time: "
                "its family was not trained on several files of a project.",
                hint="Remove the other files, or choose a StarCoder 2 base model.",
            )
        before, heading = files_before(chosen, path, files, repository)
    whole = heading + text
    return Prompt((*before, whole) if whole else tuple(before), stop_tokens=stop_tokens(info))


def files_before(
    chosen: InfillFormat, path: str, files: Sequence[SourceFile], repository: str
) -> tuple[list[str | Control], str]:
    """Return what stands before the file that is written in, and that file's own path line."""
    # Metadata all or none: a training example never had some paths and lacked others.
    has_names = bool(repository and path and all(file.path for file in files))
    end = "" if chosen.is_path_inside else "\n"
    parts: list[str | Control] = []
    if has_names:
        parts += [Control(chosen.repository), repository + end]
    for file in files:
        heading = f"{file.path}\n" if has_names else end
        parts += [Control(chosen.file), heading + file.text + end]
    parts.append(Control(chosen.file))
    return [part for part in parts if part != ""], f"{path}\n" if has_names else end
