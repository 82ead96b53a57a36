"""Grammars: GBNF text, or JSON schemas turned into it, compiled by llama.cpp.

GBNF: llama.cpp `grammars/README.md`.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from typing import Any, Self

from llama_cpp import llama_cpp as lib

from app.core.errors import GrammarError
from app.core.sampling import Sampling
from app.engines.llamacpp import library
from app.engines.llamacpp.json_schema import grammar_of_schema

_HINT = "GBNF grammars are described in llama.cpp's grammars/README.md; the first rule is root."


def grammar_of(sampling: Sampling) -> str:
    """Return the run's grammar, made of its schema where it has one; empty where it has neither.

    Raises `GrammarError` for a schema that cannot be used and for a grammar without a word.
    """
    if sampling.json_schema is not None:
        return grammar_of_schema(sampling.json_schema)
    if sampling.grammar is None:
        return ""
    if not sampling.grammar.strip():
        raise GrammarError("The grammar is empty.", hint=_HINT)
    return sampling.grammar


def compile_grammar(text: str, vocabulary: Any) -> Any:  # noqa: ANN401
    """Return llama.cpp's sampler for a grammar, which the caller frees.

    Raises `GrammarError` naming the problem.
    """
    if "\0" in text:  # in C the text would end there
        raise GrammarError("The grammar has a NUL character in it.", hint=_HINT)
    with library.start().errors(is_private=True) as errors, _CapturedStderr() as written:
        sampler = lib.llama_sampler_init_grammar(vocabulary, text.encode(), b"root")
    if not sampler:
        reason = _reason([*written.lines, *errors])
        raise GrammarError(f"The grammar cannot be used: {reason}.", hint=_HINT)
    return sampler


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
