"""What an engine reads: text and control tokens, kept apart.

User text is tokenized with special parsing off, always. A control token is named by its text and
looked up in the model file's own vocabulary, so text that merely looks like one stays text.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Control:
    """A control token by its text in the vocabulary, for example `<fim_prefix>`.

    SentencePiece puts a space before each text; with `is_glued` not before the one that follows.
    """

    text: str
    is_glued: bool = False


@dataclass(frozen=True, slots=True)
class Prompt:
    """The parts of a prompt in order, and the texts and control tokens that end an answer.

    `stop_tokens` are control tokens by text; ones the vocabulary lacks are ignored.
    `stop_texts` are the prompt format's own; a caller's are added in `Sampling.stop_texts`.
    """

    parts: tuple[str | Control, ...]
    stop_tokens: tuple[str, ...] = ()
    stop_texts: tuple[str, ...] = ()

    def as_text(self) -> str:
        """Return the prompt as a person may read it, control tokens spelled out."""
        return "".join(part if isinstance(part, str) else part.text for part in self.parts)
