"""The Jinja that models' own chat templates are written for.

What Hugging Face's renderer offers them (transformers, `utils/chat_template_utils.py`) and
llama.cpp runs: a sandbox that reaches nothing of the machine, loop controls, `{% generation %}`,
`tojson` as they have it, `raise_exception` and `strftime_now`. It keeps a template from the
machine, not from its time and memory: see `app.generation.templates`.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, NoReturn

from jinja2 import TemplateError, nodes
from jinja2.ext import Extension
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment


class Refusal(TemplateError):
    """The template itself does not take this conversation."""


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
