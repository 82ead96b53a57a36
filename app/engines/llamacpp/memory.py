"""How much memory a model takes, how much there is, and the context that fits.

Linux grants memory that it does not have and kills a process later, so sizes are compared before
anything is allocated.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from llama_cpp import llama_cpp as lib

from app.core.errors import ModelTooLargeError
from app.core.split_files import size_of

DEFAULT_CONTEXT_TOKENS = 16_384
SMALLEST_CONTEXT_TOKENS = 1_024
_SPARE_CACHE_BYTES = 256 << 20
_ASIDE_BYTES = 1 << 30


def check_weights(path: Path, free_bytes: int) -> None:
    """Raise `ModelTooLargeError` where the file alone is larger than the free memory."""
    size = size_of(path)
    if size > free_bytes:
        raise _too_large(path, size, free_bytes)


def choose_context(
    model: Any,  # noqa: ANN401 - an opaque C pointer
    path: Path,
    *,
    wanted_tokens: int,
    free_bytes: int,
) -> int:
    """Return the context to use: the one wanted, or where 0 is wanted, a large one that fits.

    Never more than the model was trained with. Raises `ModelTooLargeError`.
    """
    trained = int(lib.llama_model_n_ctx_train(model)) or DEFAULT_CONTEXT_TOKENS
    tokens = min(wanted_tokens or DEFAULT_CONTEXT_TOKENS, trained)
    size, per_token = size_of(path), cache_bytes_per_token(model)
    if not wanted_tokens:
        while tokens > SMALLEST_CONTEXT_TOKENS and size + tokens * per_token > free_bytes:
            tokens //= 2
    needed = size + tokens * per_token
    if needed > free_bytes:
        raise _too_large(path, needed, free_bytes, context_tokens=tokens)
    return tokens


def choose_cells(context_tokens: int, slots: int, bytes_per_token: int) -> int:
    """Return how many tokens the cache holds for all slots together.

    One context, shared; more where it costs next to nothing, up to a context for each slot.
    """
    spare = _SPARE_CACHE_BYTES // max(bytes_per_token, 1)
    return max(context_tokens, min(context_tokens * slots, spare))


def choose_aside_bytes(left_bytes: int) -> int:
    """Return how many bytes of idle chats may be kept beside the cells: a quarter of what is left.

    1 GiB at most: 35,000 tokens of the 3B, 13,000 of the 15B.
    """
    return max(0, min(left_bytes // 4, _ASIDE_BYTES))


def cache_bytes_per_token(model: Any) -> int:  # noqa: ANN401
    """Return the bytes of one token in the key-value cache at f16."""
    heads = max(int(lib.llama_model_n_head(model)), 1)
    head_width = int(lib.llama_model_n_embd(model)) // heads
    kv_width = int(lib.llama_model_n_head_kv(model)) * head_width
    return int(lib.llama_model_n_layer(model)) * kv_width * 2 * 2


def _too_large(
    path: Path, needed: int, free: int, *, context_tokens: int = 0
) -> ModelTooLargeError:
    with_context = f" with a context of {context_tokens:,} tokens" if context_tokens else ""
    hint = "a smaller context, " if context_tokens else ""
    return ModelTooLargeError(
        f"{path.name} needs {needed / 1e9:.1f} GB of memory{with_context}, "
        f"but only {free / 1e9:.1f} GB is free.",
        hint=f"Choose {hint}a smaller model or a smaller quantization, or close other programs.",
    )
