"""What goes into one evaluation: tokens of several runs, and how many of them.

`Batch` wraps llama.cpp's structure; `Pace` keeps a step with prompt tokens near the time wanted.
"""

from __future__ import annotations

from typing import Any

from llama_cpp import llama_cpp as lib

_FIRST_SLICE_TOKENS = 16
_SMALLEST_SLICE_TOKENS = 4
_LARGEST_GROWTH = 4
_SLICE_STRETCH = 1.25
_TILE_TOKENS = 64


class Batch:
    """A reusable batch of up to `size` tokens. Owns C memory: `close` it."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._batch = lib.llama_batch_init(size, 0, 1)
        self._is_open = True

    def __len__(self) -> int:
        return int(self._batch.n_tokens)

    def clear(self) -> None:
        """Forget all tokens."""
        self._batch.n_tokens = 0

    def add(self, tokens: list[int], *, position: int, sequence: int, wants_logits: bool) -> int:
        """Add tokens of one sequence; return the index of the last, whose logits may be wanted."""
        batch = self._batch
        index = batch.n_tokens
        for token in tokens:
            batch.token[index] = token
            batch.pos[index] = position
            batch.n_seq_id[index] = 1
            batch.seq_id[index][0] = sequence
            batch.logits[index] = 0
            index += 1
            position += 1
        batch.n_tokens = index
        batch.logits[index - 1] = wants_logits
        return int(index - 1)

    def decode(self, context: Any) -> int:  # noqa: ANN401 - an opaque C pointer
        """Evaluate the batch; return llama_decode's code: 0 done, 1 no room, else a failure."""
        return int(lib.llama_decode(context, self._batch))

    def close(self) -> None:
        """Give the C memory back."""
        if self._is_open:
            lib.llama_batch_free(self._batch)
            self._is_open = False


class Pace:
    """Chooses how many tokens a step may hold, from how fast the last ones were read."""

    def __init__(self, largest: int) -> None:
        self._largest = largest
        self._tried = 0
        self.tokens_per_s = 0.0

    def tokens_in(self, seconds: float) -> int:
        """Return how many tokens a step of this length may evaluate."""
        if not self._tried:
            return min(_FIRST_SLICE_TOKENS, self._largest)
        wanted = min(self.tokens_per_s * seconds, self._tried * _LARGEST_GROWTH, self._largest)
        return max(int(wanted), min(_SMALLEST_SLICE_TOKENS, self._largest))

    def learn(self, n_tokens: int, seconds: float) -> None:
        """Take the time of a step that evaluated parts of prompts."""
        if 2 * n_tokens >= min(self._tried, _FIRST_SLICE_TOKENS):  # else it says little
            self._tried = max(self._tried, n_tokens)
            self.tokens_per_s = n_tokens / max(seconds, 1e-6)


def even_slice(lacking: int, allowed: int) -> int:
    """Return the next slice of a prompt: about what is allowed, with no small rest at the end.

    A multiple of 64 where it can be, else of four: the matrix kernels take rows four at a time,
    flash attention 64. On the 3B shape slices of 64 and 128 tokens were read as fast as 256 at
    once, 88 and 104 at 0.98 and 0.93 of it.
    """
    slices = -(-lacking // max(int(allowed * _SLICE_STRETCH), 1))
    if slices < 2:
        return lacking
    even = -(-lacking // slices)
    return even // _TILE_TOKENS * _TILE_TOKENS or min(lacking, -(-even // 4) * 4)
