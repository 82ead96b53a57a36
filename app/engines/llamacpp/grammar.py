"""Grammars: GBNF text, or JSON schemas turned into it, compiled by llama.cpp.

GBNF: llama.cpp `grammars/README.md`.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Sequence
from typing import Any, Self

from llama_cpp import llama_cpp as lib
from llama_cpp.llama_grammar import json_schema_to_gbnf

from app.core.errors import GrammarError
from app.core.sampling import Sampling
from app.engines.llamacpp import library

_BAD_SCHEMA = (  # everything the converter was seen to raise for schemas it cannot use
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
    re.error,
)
_HINT = "GBNF grammars are described in llama.cpp's grammars/README.md; the first rule is root."


def compile_grammar(sampling: Sampling, vocabulary: Any) -> Any | None:  # noqa: ANN401
    """Return llama.cpp's sampler for the run's grammar or schema, None where it has neither.

    The caller frees it. Raises `GrammarError` naming the problem.
    """
    if sampling.json_schema is not None:
        text = _from_schema(sampling.json_schema)
    elif sampling.grammar is not None:
        text = sampling.grammar
    else:
        return None
    if not text.strip():
        raise GrammarError("The grammar is empty.", hint=_HINT)
    with library.start().errors(is_private=True) as errors, _CapturedStderr() as written:
        sampler = lib.llama_sampler_init_grammar(vocabulary, text.encode(), b"root")
    if not sampler:
        reason = _reason([*written.lines, *errors])
        raise GrammarError(f"The grammar cannot be used: {reason}.", hint=_HINT)
    return sampler


def _from_schema(schema: str) -> str:
    try:
        return str(json_schema_to_gbnf(schema))
    except _BAD_SCHEMA as error:
        reason = str(error) or type(error).__name__
        raise GrammarError(
            f"The JSON schema cannot be used: {reason}.",
            hint="References to other documents and some rare keywords are not supported.",
        ) from error


def _reason(lines: Sequence[str]) -> str:
    """Return the parser's reason, else the last thing that was said, which is the cause."""
    for line in lines:
        _, marker, reason = line.partition("error parsing grammar: ")
        if marker:
            return reason.strip().rstrip(".")
    return lines[-1].rstrip(".") if lines else "it has no rule named root"


class _CapturedStderr:
    """Collects what C code writes to standard error: the grammar parser tells its errors there.

    Holds for the whole process, for the fraction of a millisecond that parsing takes.
    """

    def __init__(self) -> None:
        self.lines: list[str] = []

    def __enter__(self) -> Self:
        self._file = tempfile.TemporaryFile()
        self._saved = os.dup(2)
        os.dup2(self._file.fileno(), 2)
        return self

    def __exit__(self, *_: object) -> None:
        os.dup2(self._saved, 2)
        os.close(self._saved)
        with self._file as file:
            file.seek(0)
            self.lines = file.read().decode("utf-8", "replace").splitlines()
