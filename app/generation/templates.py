"""Runs a model file's own chat template, which is a stranger's program.

Jinja's sandbox keeps it from the machine; limits here keep it from running or growing for ever.
Each message goes in as a random mark and comes back as plain text, so no text, however hostile,
can turn into a control token.
"""

from __future__ import annotations

import re
import secrets
import sys
import time
from collections.abc import Sequence
from contextlib import contextmanager
from datetime import datetime
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn

from jinja2 import TemplateError

from app.core.errors import RequestError
from app.core.messages import Message
from app.core.models import ModelInfo
from app.core.prompts import Control
from app.generation.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

TIME_LIMIT_S = 2.0
_HINT = "Choose another model, or report the file to those who made it."


class _Refusal(TemplateError):
    """The template itself does not take this conversation."""


def render_template(messages: Sequence[Message], info: ModelInfo) -> list[str | Control]:
    """Render a conversation with the file's own template, as text and control tokens.

    May take up to `TIME_LIMIT_S`. Raises `RequestError` for a template that fails, loops or grows.
    """
    # Digits alone come through whatever a template does with a text: trim, upper case, JSON.
    marks = {f"{secrets.randbits(128):040}": message.text for message in messages}
    turns = [
        {"role": str(message.role), "content": mark}
        for message, mark in zip(messages, marks, strict=True)
    ]
    sandbox = Sandbox()
    sandbox.globals["raise_exception"] = _refuse
    sandbox.globals["strftime_now"] = lambda form: datetime.now().strftime(form)  # noqa: DTZ005 - the user's own clock
    ends = info.end_token_ids if info.end_token_id is None else (info.end_token_id,)
    end = next((t for t, i in info.control_tokens.items() if i in ends), "")
    begin = next((t for t, i in info.control_tokens.items() if i == info.begin_token_id), "")
    try:
        template = sandbox.from_string(info.chat_template)
        with _time_limit():
            text = template.render(
                messages=turns, add_generation_prompt=True, bos_token=begin, eos_token=end
            )
    except _Refusal as error:
        raise RequestError(
            f"The chat template of {info.name} does not take this conversation: {error}.",
            hint="It may know no system prompt: leave that empty. Else choose another model.",
        ) from error
    except Exception as error:
        # A stranger's program fails in any way it likes; all of them are the file's fault.
        raise RequestError(
            f"The chat template of {info.name} does not work: {error}.", hint=_HINT
        ) from error
    return _parts(text, marks, info)


def _parts(text: str, marks: dict[str, str], info: ModelInfo) -> list[str | Control]:
    parts: list[str | Control] = []
    pieces = [*marks, *sorted(info.control_tokens, key=len, reverse=True)]
    for piece in re.split("(" + "|".join(map(re.escape, pieces)) + ")", text):
        if piece in marks:
            parts.append(marks[piece])
        elif piece in info.control_tokens:
            parts.append(Control(piece))
        elif piece:
            parts.append(piece)
    return parts


def _refuse(message: str) -> NoReturn:
    raise _Refusal(message.strip().rstrip("."))


@contextmanager
def _time_limit() -> Iterator[None]:
    """Raise inside the running code, of this thread alone, when the time is over."""
    ends_at = time.monotonic() + TIME_LIMIT_S

    def look_at_clock(_frame: FrameType, _event: str, _argument: object) -> Any:  # noqa: ANN401
        if time.monotonic() > ends_at:
            raise TemplateError(f"it ran for more than {TIME_LIMIT_S:.0f} seconds")
        return look_at_clock

    before = sys.gettrace()
    sys.settrace(look_at_clock)
    try:
        yield
    finally:
        sys.settrace(before)
