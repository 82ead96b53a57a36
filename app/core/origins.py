"""Where an answer came from: all that makes the same model write the same text again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app.core.context import Overflow
from app.core.messages import Message
from app.core.sampling import Sampling


@dataclass(frozen=True, slots=True)
class ModelMark:
    """Which file a model was.

    Size and time of change tell quickly whether a file may be the same, `sha256` (hexadecimal)
    tells for certain; it is empty until somebody needs it, for large files take their time.
    """

    name: str
    path: Path
    size_bytes: int
    modified_ns: int
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """One run of a model, as it was asked for.

    `messages` are exactly those that were to be read; where the last one is an answer, it went on
    with that. `overflow` says what happened where not all fitted the context. `sampling` has the
    seed that was used. `language` is the picked one's name, empty
    for any. `asked_at` is in seconds since the epoch. `output` names the format that alone was
    written, with its JSON schema; empty for none.
    """

    model: ModelMark
    messages: tuple[Message, ...]
    sampling: Sampling
    language: str = ""
    context_tokens: int = 0
    asked_at: float = 0.0
    overflow: Overflow = Overflow.FAIL
    output: str = ""
    schema: str = ""
