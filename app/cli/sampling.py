"""How the next token is chosen, as flags: one for each setting of `Sampling`."""

from __future__ import annotations

import argparse
from typing import Any

from app.cli.words import as_text, number, token_bias, whole_number
from app.core.sampling import DEFAULT_SAMPLING, Sampling

_NUMBERS = (
    ("temperature", number, "randomness; 0 always picks the most likely token"),
    ("top_k", whole_number, "consider only the k most likely tokens; 0 turns it off"),
    ("top_p", number, "consider only the most likely tokens that add up to p; 1 turns it off"),
    ("min_p", number, "skip tokens below this share of the most likely one; 0 turns it off"),
    ("typical_p", number, "locally typical sampling; 1 turns it off"),
    ("repeat_penalty", number, "make recent tokens less likely; 1 turns it off"),
    ("repeat_last_n", whole_number, "tokens the penalties look back on; -1 is the whole context"),
    ("presence_penalty", number, "subtract this from every token already used"),
    ("frequency_penalty", number, "subtract this from a token for each time it was used"),
    ("seed", whole_number, "the same seed gives the same text"),
    ("max_tokens", whole_number, "stop after this many tokens"),
    ("logprobs", whole_number, "with --json, list this many of the most likely tokens per step"),
)


def add_sampling(parser: argparse.ArgumentParser) -> None:
    """Add the flags to a command."""
    group = parser.add_argument_group("sampling")
    for name, kind, purpose in _NUMBERS:
        default = getattr(DEFAULT_SAMPLING, name)
        told = purpose if default in (None, 0) else f"{purpose} (default {default})"
        group.add_argument(_flag(name), type=kind, default=default, metavar="NUMBER", help=told)
    group.add_argument(
        "--stop", dest="stop_texts", type=as_text, action="append", default=[], metavar="TEXT",
        help="stop at this text; repeatable",
    )  # fmt: skip
    group.add_argument(
        "--logit-bias", type=token_bias, action="append", default=[], metavar="ID=NUMBER",
        help="add a number to the logit of a token; repeatable",
    )  # fmt: skip


def sampling_from(found: argparse.Namespace) -> Sampling:
    """Return what was given, the default for the rest. Raises `RequestError`."""
    if not hasattr(found, "temperature"):  # a command that writes nothing
        return DEFAULT_SAMPLING
    numbers: dict[str, Any] = {name: getattr(found, name) for name, _, _ in _NUMBERS}
    return Sampling(
        stop_texts=tuple(found.stop_texts), logit_bias=tuple(found.logit_bias), **numbers
    )


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")
