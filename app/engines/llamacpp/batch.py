"""What goes into one evaluation: tokens of several runs, and how many of them.

`Batch` wraps llama.cpp's structure; `Pace` keeps a step with prompt tokens near 150 ms.
"""

from __future__ import annotations

from typing import Any

from llama_cpp import llama_cpp as lib

_STEP_S = 0.15
_FIRST_SLICE_TOKENS = 16
_SMALLEST_SLICE_TOKENS = 4
_LARGEST_GROWTH = 4


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
    """Chooses how many tokens a step may hold, from how long the last ones took."""

    def __init__(self, largest: int) -> None:
        self._largest = largest
        self.tokens = min(_FIRST_SLICE_TOKENS, largest)

    def learn(self, n_tokens: int, seconds: float) -> None:
        """Take the time of a step that was as large as `tokens` allowed."""
        fitting = n_tokens * _STEP_S / max(seconds, 1e-6)
        wanted = min(fitting, self.tokens * _LARGEST_GROWTH, self._largest)
        # The matrix kernels take rows four at a time: 8 tokens cost as much as 7.
        self.tokens = max(int(wanted) // 4 * 4, min(_SMALLEST_SLICE_TOKENS, self._largest))
