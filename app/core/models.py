"""What is known of a model: before it is loaded, how to load it, and once it is loaded."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


class FileFamily(StrEnum):
    """The family of a model file, told by its own first bytes, never by its name."""

    GGUF = "gguf"
    LEGACY_GGML = "ggml"


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A model file as its header describes it; nothing is loaded yet.

    `context_tokens` is what the model was trained with. `cache_bytes_per_token` is the size of
    one token in the key-value cache at f16, 0 where the header does not tell. `control_tokens`
    are texts in the order of their ids; `infill_tokens` as in `ModelInfo`.
    """

    path: Path
    name: str
    family: FileFamily
    size_bytes: int
    architecture: str = ""
    quantization: str = ""
    context_tokens: int = 0
    cache_bytes_per_token: int = 0
    parameters: int = 0
    has_chat_template: bool = False
    control_tokens: tuple[str, ...] = ()
    infill_tokens: tuple[str, ...] = ()
    licence: str = ""
    is_builtin: bool = False

    def needed_bytes(self, context_tokens: int) -> int:
        """Return an estimate of the memory that loading with this context takes."""
        # Weights, cache, and about 5 % for compute buffers (measured on the 3B shape).
        return int((self.size_bytes + self.cache_bytes_per_token * context_tokens) * 1.05)

    def has_control(self, *texts: str) -> bool:
        """Tell whether the vocabulary holds all of these control tokens."""
        return all(text in self.control_tokens for text in texts)


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """How a model file is loaded. `context_tokens` and `threads` 0 mean: choose for me.

    `needed_bytes` is the estimate of the memory that this takes, 0 where nobody knows.
    """

    path: Path
    context_tokens: int = 0
    slots: int = 4
    threads: int = 0
    gpu_layers: int = 0
    needed_bytes: int = field(default=0, compare=False)


class ModelState(StrEnum):
    """How a model is doing."""

    IDLE = "idle"  # not loaded; it loads when it is asked
    WAITING = "waiting"  # for memory that models hold which others use
    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """A loaded model, as its engine describes it.

    `control_tokens` maps the text of each control token in the vocabulary to its id. Any of
    `end_token_ids` ends an answer; `end_token_id` is the one that templates mean by `eos_token`.
    `chat_template` is the Jinja text that the file carries, or an empty string. `infill_tokens`
    are the prefix, suffix and middle token that the file's metadata names, or nothing.
    """

    name: str
    architecture: str
    context_tokens: int
    slots: int
    vocabulary_size: int
    control_tokens: dict[str, int]
    end_token_ids: tuple[int, ...] = ()
    end_token_id: int | None = None
    begin_token_id: int | None = None
    adds_begin_token: bool = False
    chat_template: str = ""
    infill_tokens: tuple[str, ...] = ()
    size_bytes: int = 0

    @property
    def has_chat_template(self) -> bool:
        """Tell whether the file carries a chat template."""
        return bool(self.chat_template)

    def has_control(self, *texts: str) -> bool:
        """Tell whether the vocabulary holds all of these control tokens."""
        return all(text in self.control_tokens for text in texts)
