"""Prefixes set aside: what idle slots hold, copied out of the cells into plain memory and back.

llama.cpp evaluates each token against every cell up to the highest in use, whoever's it is, so an
idle chat left in the cells slows down all others. A copy costs milliseconds, reading anew seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from llama_cpp import llama_cpp as lib


@dataclass(frozen=True, slots=True, eq=False)
class Prefix:
    """Evaluated tokens and the state of their cells, as llama.cpp writes it."""

    tokens: list[int]
    state: npt.NDArray[np.uint8]


class Aside:
    """Keeps prefixes up to a number of bytes in all, the oldest make way."""

    def __init__(self, context: Any, *, limit_bytes: int) -> None:  # noqa: ANN401
        self._context = context
        self._limit_bytes = limit_bytes
        self._kept: list[Prefix] = []  # the oldest first

    def longest(self, tokens: list[int]) -> tuple[Prefix | None, int]:
        """Return the prefix that shares most with `tokens`, and how many tokens it shares."""
        shared = [(common_length(kept.tokens, tokens), kept) for kept in self._kept]
        length, best = max(shared, key=lambda pair: pair[0], default=(0, None))
        return best, length

    def keep(self, sequence: int, tokens: list[int]) -> bool:
        """Copy what a sequence holds, which is `tokens`; False where there is no room for it."""
        size = int(lib.llama_state_seq_get_size(self._context, sequence))
        if not 0 < size <= self._limit_bytes:
            return False
        while sum(kept.state.nbytes for kept in self._kept) + size > self._limit_bytes:
            self._kept.pop(0)
        state = np.empty(size, np.uint8)
        written = lib.llama_state_seq_get_data(self._context, _pointer(state), size, sequence)
        if written != size:
            return False
        self._kept.append(Prefix(tokens, state))
        return True

    def restore(self, prefix: Prefix, sequence: int) -> bool:
        """Put a prefix into an empty sequence; False where llama.cpp finds no cells for it."""
        size = prefix.state.nbytes
        pointer = _pointer(prefix.state)
        return bool(lib.llama_state_seq_set_data(self._context, pointer, size, sequence))

    def drop(self, prefix: Prefix) -> None:
        """Forget a prefix."""
        self._kept = [kept for kept in self._kept if kept is not prefix]


def common_length(one: list[int], other: list[int]) -> int:
    """Return how many tokens two lists have in common from their beginning."""
    for index, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return index
    return min(len(one), len(other))


def _pointer(state: npt.NDArray[np.uint8]) -> Any:  # noqa: ANN401
    return np.ctypeslib.as_ctypes(state)
