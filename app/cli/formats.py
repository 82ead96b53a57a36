"""What a command line says of the form of an answer: a format, a schema, a grammar."""

from __future__ import annotations

from dataclasses import replace

from app.cli.arguments import Arguments
from app.cli.files import read_text
from app.core.sampling import Sampling
from app.generation.chat.outputs import Output, output_of


def output_in(arguments: Arguments) -> Output | None:
    """Return the format that is wanted, with its schema. Raises `StoreError` for a bad file."""
    if arguments.schema is None:
        return output_of(arguments.format)
    return output_of("json", read_text(arguments.schema))


def sampling_in(arguments: Arguments) -> Sampling:
    """Return the sampling, with the grammar of a file. Raises `StoreError` for a bad file."""
    if arguments.grammar is None:
        return arguments.sampling
    grammar = read_text(arguments.grammar)
    return replace(arguments.sampling, grammar=grammar)
