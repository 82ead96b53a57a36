"""Runs a model file's own chat template, which is a stranger's program.

Each message goes in as a random mark and comes back as plain text, so no text, however hostile,
can turn into a control token. The template itself runs elsewhere: see
`app.generation.chat.sandbox`.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from app.core.errors import RequestError
from app.core.messages import Message
from app.core.models import ModelInfo
from app.core.prompts import Control

HINT = "Choose another model, or report the problem to the author of the file."


@dataclass(frozen=True, slots=True)
class TemplateJob:
    """A template and what it is given: (role, content) of each turn, names of control tokens.

    With `has_parts` each content is a list of parts, as some templates want it.
    """

    model: str
    template: str
    turns: tuple[tuple[str, str], ...]
    begin: str = ""
    end: str = ""
    has_parts: bool = False


RunTemplate = Callable[[TemplateJob], str]
"""Returns what a template makes of its turns. Raises `RequestError`."""


def render_template(
    messages: Sequence[Message], info: ModelInfo, run: RunTemplate
) -> list[str | Control]:
    """Render a conversation with the file's own template, as text and control tokens.

    Raises `RequestError`.
    """
    marks: dict[str, str] = {}
    turns = tuple(_marked(messages, marks))
    job = TemplateJob(
        info.name,
        info.chat_template,
        turns,
        begin=_named(info, (info.begin_token_id,)),
        end=_named(info, info.end_token_ids if info.end_token_id is None else (info.end_token_id,)),
    )
    text = run(job)
    if not _has_last(text, turns):
        text = run(replace(job, has_parts=True))
        if not _has_last(text, turns):
            raise RequestError(
                f"The chat template of {info.name} leaves the last message out.", hint=HINT
            )
    return list(_parts(text, marks, info))


def unusable(model: str) -> RequestError:
    """Return the error for a template that was ended because it took too much."""
    return RequestError(
        f"The chat template of {model} does not work: it takes too much time or memory.",
        hint=HINT,
    )


def _marked(messages: Sequence[Message], marks: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Put a mark in each text's place.

    Digits alone come through whatever a template does with a text: trim, upper case, JSON.
    """
    for message in messages:
        mark = f"{secrets.randbits(128):040}"
        marks[mark] = message.text
        yield str(message.role), mark


def _named(info: ModelInfo, ids: Sequence[int | None]) -> str:
    return next((token for token, number in info.control_tokens.items() if number in ids), "")


def _has_last(text: str, turns: Sequence[tuple[str, str]]) -> bool:
    return not turns or turns[-1][1] in text


def _parts(text: str, marks: dict[str, str], info: ModelInfo) -> Iterator[str | Control]:
    tokens = [token for token in info.control_tokens if token and token in text]
    pieces = [*marks, *sorted(tokens, key=len, reverse=True)]
    for piece in re.split("(" + "|".join(map(re.escape, pieces)) + ")", text):
        if piece in marks:
            yield marks[piece]
        elif piece in info.control_tokens:
            yield Control(piece)
        elif piece:
            yield piece
