"""The Jinja that models' own chat templates are written for.

What Hugging Face's renderer offers them (transformers, `utils/chat_template_utils.py`) and
llama.cpp runs: a sandbox that reaches nothing of the machine, loop controls, `{% generation %}`,
`tojson` as they have it, `raise_exception` and `strftime_now`. It keeps a template from the
machine, not from its time and memory: one step in C can last for ever or fill it. So
`app.services.answering.rendering` runs this room's `run_template` in a child process, the only one
that loads Jinja.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, NoReturn

from jinja2 import TemplateError, nodes
from jinja2.ext import Extension
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

from app.core.errors import RequestError
from app.generation.chat.templates import HINT, TemplateJob

LONGEST = 4_000_000
"""Characters of a prompt without its messages' texts."""


class Refusal(TemplateError):
    """The template itself does not take this conversation."""


def run_template(job: TemplateJob) -> str:
    """Run a template in this very process. May hang and may fill the memory.

    Raises `RequestError`.
    """
    turns = [
        {"role": role, "content": [{"type": "text", "text": text}] if job.has_parts else text}
        for role, text in job.turns
    ]
    try:
        text = (
            Sandbox()
            .from_string(job.template)
            .render(
                messages=turns, add_generation_prompt=True, bos_token=job.begin, eos_token=job.end
            )
        )
    except Refusal as error:
        raise RequestError(
            f"The chat template of {job.model} does not accept this conversation: {_short(error)}.",
            hint="It may not support a system prompt: leave that empty, or choose another model.",
        ) from error
    except MemoryError:
        raise
    except Exception as error:
        # A stranger's program fails in any way it likes; all of them are the file's fault.
        raise RequestError(
            f"The chat template of {job.model} does not work: {_short(error)}.", hint=HINT
        ) from error
    if len(text) > LONGEST:
        raise RequestError(
            f"The chat template of {job.model} does not work: its prompt is far too long.",
            hint=HINT,
        )
    return text


class Sandbox(ImmutableSandboxedEnvironment):
    """Raises `TemplateError` for what a template may not do, `Refusal` where it says so itself."""

    def __init__(self) -> None:
        super().__init__(
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.loopcontrols", _Generation],
        )
        self.filters["tojson"] = _to_json
        self.globals["raise_exception"] = _refuse
        self.globals["strftime_now"] = _now


class _Generation(Extension):
    """`{% generation %}` marks for training what the model writes; nothing of it is rendered."""

    tags = {"generation"}  # noqa: RUF012 - as Jinja declares it

    def parse(self, parser: Parser) -> nodes.Node:
        """Return what stands between the marks, in a scope of its own as there."""
        line = next(parser.stream).lineno
        body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
        return nodes.Scope(body, lineno=line)


def _to_json(
    value: Any,  # noqa: ANN401
    ensure_ascii: bool = False,  # noqa: FBT001, FBT002
    indent: int | None = None,
    separators: tuple[str, str] | None = None,
    sort_keys: bool = False,  # noqa: FBT001, FBT002
) -> str:
    """Return JSON without HTML's escapes, which Jinja's own filter writes."""
    return json.dumps(
        value,
        ensure_ascii=ensure_ascii,
        indent=indent,
        separators=separators,
        sort_keys=sort_keys,
    )


def _refuse(message: object) -> NoReturn:
    raise Refusal(str(message).strip().rstrip("."))


def _now(form: str) -> str:
    return datetime.now().strftime(form)  # noqa: DTZ005 - the user's own clock


def _short(error: Exception) -> str:
    """Return the words of an error, which are the template's to choose."""
    text = " ".join(str(error).split())
    return text if len(text) <= 300 else f"{text[:300]}…"
