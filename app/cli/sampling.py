"""How the next token is chosen, as flags: one for each setting of `Sampling`."""

from __future__ import annotations

import argparse
from typing import Any

from app.core.sampling import DEFAULT_SAMPLING, Sampling

_NUMBERS = (
    ("temperature", float, "0 is greedy"),
    ("top_k", int, "choose among so many of the likeliest tokens; 0 is off"),
    ("top_p", float, "choose among the likeliest that together reach this; 1 is off"),
    ("min_p", float, "leave out what is less likely than this share of the likeliest; 0 is off"),
    ("typical_p", float, "choose among tokens of typical surprise; 1 is off"),
    ("repeat_penalty", float, "make what was just said less likely; 1 is off"),
    ("repeat_last_n", int, "what the penalties look back on, in tokens; -1 is the whole context"),
    ("presence_penalty", float, "taken off a token that was said"),
    ("frequency_penalty", float, "taken off a token for each time it was said"),
    ("seed", int, "the same seed gives the same text"),
    ("max_tokens", int, "end the answer after so many tokens"),
    ("logprobs", int, "with --json, tell so many of the likeliest tokens of each step"),
)


def add_sampling(parser: argparse.ArgumentParser) -> None:
    """Add the flags to a command."""
    for name, kind, purpose in _NUMBERS:
        default = getattr(DEFAULT_SAMPLING, name)
        told = purpose if default in (None, 0) else f"{purpose} (default {default})"
        parser.add_argument(_flag(name), type=kind, default=default, metavar="NUMBER", help=told)
    parser.add_argument(
        "--stop", dest="stop_texts", action="append", default=[], metavar="TEXT",
        help="end at this text; repeatable",
    )  # fmt: skip
    parser.add_argument(
        "--logit-bias", type=_bias, action="append", default=[], metavar="ID=NUMBER",
        help="add to the logit of a token; repeatable",
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


def _bias(words: str) -> tuple[int, float]:
    token, equals, bias = words.partition("=")
    try:
        if not equals:
            raise ValueError
        return int(token), float(bias)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{words!r} is not a token's id=number") from error
