"""What a model file can be asked for, read from the file: its tokens, its template, its family.

The About dialog, the model picker and `starwright models show` say this before anything is loaded.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.core.models import FileFamily, ModelFile
from app.generation.families import infill_format, is_starcoder2_instruct

_HUGE = 12_000_000_000


class PromptFormat(StrEnum):
    """A way to ask a model."""

    COMPLETION = "completion"
    INFILL = "fill in the middle"
    REPOSITORY = "other files of the project"
    CHAT = "chat"
    VALID = "output format"


@dataclass(frozen=True, slots=True)
class Support:
    """Whether a file supports one format; `detail` says how, or why not."""

    format: PromptFormat
    is_supported: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What one model file can be asked for."""

    family: str
    supports: tuple[Support, ...]

    def has(self, wanted: PromptFormat) -> bool:
        """Tell whether the file supports a format."""
        return any(one.format is wanted and one.is_supported for one in self.supports)

    @property
    def summary(self) -> str:
        """Say in one sentence what the model can do."""
        words = [words for known, words in _SUMMARY.items() if self.has(known)]
        return f"It {', '.join(words[:-1])} and {words[-1]}." if words[1:] else f"It {words[0]}."


_SUMMARY = {
    PromptFormat.COMPLETION: "completes code",
    PromptFormat.INFILL: "fills in the middle",
    PromptFormat.REPOSITORY: "reads other files of a project",
    PromptFormat.CHAT: "chats",
}


def capabilities(model: ModelFile) -> Capabilities:
    """Tell what a model file can be asked for."""
    return Capabilities(
        family_name(model),
        (
            Support(
                PromptFormat.COMPLETION, is_supported=True, detail="continues a text where it ends"
            ),
            _infill(model),
            _repository(model),
            _chat(model),
            _valid(model),
        ),
    )


def family_name(model: ModelFile) -> str:
    """Say which family of models a file belongs to, as far as it tells."""
    if model.is_builtin:
        return "demo model, StarCoder 2 architecture"
    if model.architecture == "starcoder2":
        size = "15B" if model.parameters > _HUGE else f"{model.parameters / 1e9:.0f}B"
        kind = " instruct" if is_starcoder2_instruct(model) else ""
        return f"StarCoder 2 {size}{kind}" if model.parameters > 1e9 else "StarCoder 2"
    chosen = infill_format(model)
    return f"{model.architecture} ({chosen.family})" if chosen else model.architecture


def _infill(model: ModelFile) -> Support:
    chosen = infill_format(model)
    if chosen is not None:
        return Support(PromptFormat.INFILL, is_supported=True, detail=chosen.layout)
    why = "the vocabulary has no tokens for it"
    if is_starcoder2_instruct(model):
        why = "StarCoder 2 instruct was trained to follow instructions, not to fill gaps"
    elif model.family is FileFamily.LEGACY_GGML:
        why = "a legacy file does not say"
    return Support(PromptFormat.INFILL, is_supported=False, detail=why)


def _repository(model: ModelFile) -> Support:
    chosen = infill_format(model)
    if chosen is None or not chosen.file:
        why = "its family reads one file at a time"
        return Support(PromptFormat.REPOSITORY, is_supported=False, detail=why)
    place = "after" if chosen.is_path_inside else "before"
    layout = (
        f"{chosen.repository} name {chosen.file} path, code, for completion and in the middle; "
        f"the path of the file with the hole stands {place} {chosen.prefix}"
    )
    return Support(PromptFormat.REPOSITORY, is_supported=True, detail=layout)


def _chat(model: ModelFile) -> Support:
    if model.has_chat_template:
        detail = "uses the chat template in the file"
    elif is_starcoder2_instruct(model):
        detail = "uses StarCoder 2's instruct format; the file has no chat template"
    else:
        detail = (
            "a base model has no chat format: the question is sent as a comment, "
            "and the answer is code"
        )
        return Support(PromptFormat.CHAT, is_supported=False, detail=detail)
    return Support(PromptFormat.CHAT, is_supported=True, detail=detail)


def _valid(model: ModelFile) -> Support:
    if model.family is FileFamily.LEGACY_GGML:
        why = "the engine for legacy files does not support grammars"
        return Support(PromptFormat.VALID, is_supported=False, detail=why)
    detail = "JSON, JSON with a schema, YAML, TOML, CSV and SQL, enforced by a grammar"
    return Support(PromptFormat.VALID, is_supported=True, detail=detail)
