"""Texts of a grammar at random, and all its shortest ends: what a model could write."""

from __future__ import annotations

import random

from app.engines.llamacpp.grammar.gbnf import Characters, parse
from app.engines.llamacpp.grammar.network import Network


def text_of(network: Network, rng: random.Random, *, steps: int = 200) -> str:
    """Return a text of the grammar; after so many steps the shortest way to the end is taken."""
    out: list[str] = []
    waiting = [network.starts[network.root]]
    while waiting:
        place = waiting.pop()
        steps -= 1
        if steps < 0:
            out.append(network.shortest(place))
            continue
        opened = network.opened(place)
        chosen = rng.choice([*opened.reads, *opened.calls, *([None] if opened.is_end else [])])
        if chosen is None:
            continue
        what, after = chosen
        waiting.append(after)
        if isinstance(what, Characters):
            low, high = rng.choice(what.ranges)
            out.append(chr(rng.choice([low, high, rng.randint(low, high)])))
        else:
            waiting.append(network.starts[what])
    return "".join(out)


def network_of(grammar: str) -> Network:
    """Return the network of a grammar given as GBNF."""
    return Network(parse(grammar))
