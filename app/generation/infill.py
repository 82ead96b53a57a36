"""From a hole in a file to a prompt: one table of what each family was trained on.

StarCoder 2's layout is that of arXiv:2402.19173, section 5.1: with other files of the repository
before the file that has the hole, whose path stands after `<fim_prefix>`. Sources of the other
families: the model cards of Qwen2.5-Coder, DeepSeek-Coder, CodeGemma, Granite Code, SantaCoder and
Codestral, and arXiv:2308.12950 (Code Llama).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.core.errors import RequestError
from app.core.models import ModelInfo
from app.core.prompts import Control, Prompt


@dataclass(frozen=True, slots=True)
class InfillFormat:
    """How one family of models is asked to fill a hole.

    `middle` is empty where nothing follows the prefix (Codestral). `is_suffix_first` says that the
    suffix comes before the prefix. `repository` and `file` are the control tokens before a
    repository's name and between its files, empty where the family has none; `between` stands
    after a name or path and after each file. `is_path_inside`: the path of the file with the hole
    comes after the prefix token, not before it.
    """

    family: str
    prefix: str
    suffix: str
    middle: str
    ends: tuple[str, ...] = ()
    repository: str = ""
    file: str = ""
    is_suffix_first: bool = False
    is_path_inside: bool = False

    @property
    def tokens(self) -> tuple[str, ...]:
        """Return the control tokens without which there is no infill."""
        return tuple(token for token in (self.prefix, self.suffix, self.middle) if token)


_STARCODER = ("<|endoftext|>", "<fim_pad>", "<file_sep>", "<repo_name>")
_QWEN = ("<|endoftext|>", "<|fim_pad|>", "<|file_sep|>", "<|repo_name|>", "<|im_end|>",
         "<|file_separator|>", "<|end_of_text|>")  # fmt: skip

FORMATS: tuple[InfillFormat, ...] = (
    InfillFormat(
        "StarCoder 2", "<fim_prefix>", "<fim_suffix>", "<fim_middle>", _STARCODER,
        repository="<repo_name>", file="<file_sep>", is_path_inside=True,
    ),
    InfillFormat(
        "StarCoder, Granite Code", "<fim_prefix>", "<fim_suffix>", "<fim_middle>", _STARCODER,
    ),
    InfillFormat(
        "Qwen2.5-Coder", "<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", _QWEN,
        repository="<|repo_name|>", file="<|file_sep|>",
    ),
    InfillFormat(
        "CodeGemma, Granite", "<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", _QWEN,
    ),
    InfillFormat("SantaCoder", "<fim-prefix>", "<fim-suffix>", "<fim-middle>", ("<|endoftext|>",)),
    InfillFormat(
        "DeepSeek-Coder", "<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>",  # noqa: RUF001
        ("<｜end▁of▁sentence｜>", "<|EOT|>"),  # noqa: RUF001
    ),
    InfillFormat("Code Llama", "▁<PRE>", "▁<SUF>", "▁<MID>", ("▁<EOT>", "</s>")),
    InfillFormat("Codestral", "[PREFIX]", "[SUFFIX]", "", ("</s>",), is_suffix_first=True),
)  # fmt: skip
"""A format with more tokens stands before its plainer kin: the first that fits is taken."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of the same project, shown to the model before the one with the hole."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Hole:
    """Where to write: the text before and after, and the file's path in its project, if known."""

    prefix: str
    suffix: str
    path: str = ""

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


def infill_format(info: ModelInfo) -> InfillFormat | None:
    """Return the format that the loaded file's vocabulary supports, None where it has none."""
    for known in FORMATS:
        needed = (*known.tokens, *((known.repository, known.file) if known.repository else ()))
        if info.has_control(*needed):
            return known
    return None


def render_infill(
    hole: Hole, info: ModelInfo, *, files: Sequence[SourceFile] = (), repository: str = ""
) -> Prompt:
    """Render a hole, after other files of its project where the family was trained on that.

    With neither `repository` nor a path, files stand without metadata, as in half of StarCoder
    2's training. Raises `RequestError` where the model cannot fill holes.
    """
    chosen = infill_format(info)
    if chosen is None:
        raise RequestError(
            f"{info.name} cannot fill in the middle: its vocabulary has no tokens for it.",
            hint="Choose a StarCoder 2 base model: 3B, 7B or 15B, not instruct.",
        )
    before: list[str | Control] = []
    prefix = hole.prefix
    if files and chosen.file:
        before, path = _project(chosen, hole.path, files, repository)
        if chosen.is_path_inside:
            prefix = path + prefix
        else:
            before.append(path)
    asked = _hole(chosen, prefix, hole.suffix)
    stops = dict.fromkeys((*chosen.ends, *chosen.tokens))
    return Prompt((*before, *asked), stop_tokens=tuple(stops))


def _hole(chosen: InfillFormat, prefix: str, suffix: str) -> list[str | Control]:
    first: list[str | Control] = [Control(chosen.prefix), prefix]
    second: list[str | Control] = [Control(chosen.suffix), suffix]
    parts = second + first if chosen.is_suffix_first else first + second
    if chosen.middle:
        parts.append(Control(chosen.middle))
    return [part for part in parts if part != ""]


def _project(
    chosen: InfillFormat, path: str, files: Sequence[SourceFile], repository: str
) -> tuple[list[str | Control], str]:
    """Return what stands before the hole's file, and that file's own path line."""
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
    return parts, f"{path}\n" if has_names else end
