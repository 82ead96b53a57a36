"""Holds answers to a format: reads its grammar and puts it into the sampling."""

from __future__ import annotations

from dataclasses import replace

from app.core.errors import RequestError
from app.core.paths import resources_path
from app.core.sampling import Sampling
from app.generation.chat.outputs import Output, OutputFormat
from app.generation.chat.word_rules import names_except


def held(sampling: Sampling, output: Output | None) -> Sampling:
    """Return the sampling that writes nothing but the wanted document.

    Raises `RequestError` where the request has a grammar or stop texts of its own.
    """
    if output is None:
        return sampling
    if sampling.stop_texts:
        raise RequestError(
            "Stop texts would cut the document short.",
            hint="A document ends by itself: remove the stop texts or the format.",
        )
    if sampling.grammar is not None or sampling.json_schema is not None:
        raise RequestError(
            "A grammar and an output format are both set.", hint="Set only one of them."
        )
    if output.schema:
        return replace(sampling, json_schema=output.schema)
    return replace(sampling, grammar=grammar_text(output.format))


def grammar_text(wanted: OutputFormat) -> str:
    """Return a format's grammar, the names it forbids included."""
    text = (resources_path() / "grammars" / wanted.grammar).read_text(encoding="utf-8")
    return text + names_except("name", wanted.reserved) if wanted.reserved else text
