"""Grammars: GBNF text, or JSON schemas turned into it, checked before a run begins.

GBNF: llama.cpp `grammars/README.md`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from app.core.errors import GrammarError
from app.core.sampling import Sampling
from app.engines.llamacpp.grammar.gbnf import refused
from app.engines.llamacpp.grammar.json_schema import grammar_of_schema
from app.engines.llamacpp.grammar.lark import lark_of
from app.engines.llamacpp.grammar.network import Network, read_network

_MOST_TO_WRITE = 100_000
"""A grammar whose shortest text is longer has no end that anybody waits for."""


@dataclass(frozen=True, slots=True)
class Grammar:
    """A grammar that has an end: for `ending` a network, for `constraint` Lark."""

    network: Network
    lark: str


def grammar_of(sampling: Sampling) -> str:
    """Return the run's grammar, made of its schema where it has one; empty where it has neither.

    Raises `GrammarError` for a schema that cannot be used and for a grammar without a word.
    """
    if sampling.json_schema is not None:
        return grammar_of_schema(sampling.json_schema)
    if sampling.grammar is None:
        return ""
    if not sampling.grammar.strip():
        raise refused("is empty")
    return sampling.grammar


@lru_cache(maxsize=2)
def read_grammar(text: str) -> Grammar:
    """Return a grammar that has a finite text. Raises `GrammarError` naming why not."""
    rules, network = read_network(text)
    length = network.length_of("root")
    if length is None:
        raise GrammarError(
            "The grammar can never finish: its rules refer to each other without end.",
            hint="Give every recursive rule an alternative that does not refer back to it.",
        )
    if length > _MOST_TO_WRITE:
        raise GrammarError(
            f"The shortest text that the grammar allows has {length:,} characters.",
            hint=f"At most {_MOST_TO_WRITE:,} are supported: ask for less at once.",
        )
    return Grammar(network, lark_of(rules, network))
