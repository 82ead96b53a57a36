"""From a hole in a file to a prompt, in the layout of the model's family.

StarCoder 2's is that of arXiv:2402.19173, section 5.1: other files of the repository stand before
the file that has the hole, whose path comes after `<fim_prefix>`. See `app.generation.families`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.core.errors import RequestError
from app.core.models import ModelFile, ModelInfo
from app.core.prompts import Control, Prompt
from app.generation.families import (
    InfillFormat,
    infill_format,
    is_starcoder2_instruct,
    stop_tokens,
)
from app.generation.infill.repository import SourceFile, files_before


@dataclass(frozen=True, slots=True)
class Hole:
    """Where to write: the text before and after, and the file's path in its project, if known.

    `begun` is what of the text between them is there already; see `app.generation.infill.begun`.
    """

    prefix: str
    suffix: str
    path: str = ""
    begun: str = ""

    @classmethod
    def at(cls, text: str, line: int, column: int, path: str = "") -> Hole:
        """Cut a text at a cursor, both counted from 1. Raises `RequestError` outside the text.

        A column one past the line's last character is the line's end; CR LF is one line end.
        """
        lines = re.split(r"(?<=\n)|(?<=\r)(?!\n)", text)
        if not 1 <= line <= len(lines):
            count = f"{len(lines)} line{'s' * (len(lines) != 1)}"
            raise RequestError(
                f"Line {line} is outside the file, which has {count}.",
                hint=f"Choose a line from 1 to {len(lines)}.",
            )
        width = len(lines[line - 1].rstrip("\r\n"))
        if not 1 <= column <= width + 1:
            raise RequestError(
                f"Column {column} is outside line {line}, which has {width} characters.",
                hint=f"Choose a column from 1 to {width + 1}.",
            )
        offset = sum(map(len, lines[: line - 1])) + column - 1
        return cls(text[:offset], text[offset:], path)


def render_infill(
    hole: Hole, info: ModelInfo, *, files: Sequence[SourceFile] = (), repository: str = ""
) -> Prompt:
    """Render a hole, after other files of its project where the family was trained on that.

    With neither `repository` nor a path, files stand without metadata, as in half of StarCoder
    2's training. Raises `RequestError` where the model cannot fill holes.
    """
    chosen = infill_format(info)
    if chosen is None:
        raise no_infill(info)
    before: list[str | Control] = []
    prefix = hole.prefix
    if files and chosen.file:
        before, path = files_before(chosen, hole.path, files, repository)
        if chosen.is_path_inside:
            prefix = path + prefix
        else:
            before.append(path)
    asked = [part for part in (*_hole(chosen, prefix, hole.suffix), hole.begun) if part != ""]
    return Prompt((*before, *asked), stop_tokens=stop_tokens(info))


def no_infill(model: ModelInfo | ModelFile) -> RequestError:
    """Return the error for a model that cannot fill holes, naming some that can."""
    why = (
        "it was trained to follow instructions, not to fill gaps"
        if is_starcoder2_instruct(model)
        else "its vocabulary has no tokens for it"
    )
    return RequestError(
        f"{model.name} cannot fill in the middle: {why}.",
        hint="Choose a StarCoder 2 base model, 3B, 7B or 15B (not instruct), or the demo model.",
    )


def _hole(chosen: InfillFormat, prefix: str, suffix: str) -> list[str | Control]:
    first: list[str | Control] = [Control(chosen.prefix), prefix]
    second: list[str | Control] = [Control(chosen.suffix, is_glued=True), suffix]
    parts = second + first if chosen.is_suffix_first else first + second
    if chosen.middle:
        parts.append(Control(chosen.middle, is_glued=True))
    return [part for part in parts if part != ""]
