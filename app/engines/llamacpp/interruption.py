"""Breaking off a long evaluation from inside, when somebody wants something else.

llama.cpp asks its abort callback before each of some hundred parts of an evaluation. The callback
is set for long evaluations only: asked from Python, it would slow down those under a millisecond.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from llama_cpp import llama_cpp as lib

ABORTED = 2  # what llama_decode returns then
_ASK_EVERY_S = 0.02
_CALM_S = 2.0


class Interruption:
    """Knows who may break off an evaluation, and whether long ones make sense now."""

    def __init__(self) -> None:
        self._is_wanted: Callable[[], bool] | None = None
        self._next_question = 0.0
        self._calm_from = 0.0
        self._callback = lib.ggml_abort_callback(self._ask)  # lives as long as C may call it

    def listen_to(self, is_wanted: Callable[[], bool]) -> None:
        """Set who is asked."""
        self._is_wanted = is_wanted

    @property
    def allows_long_steps(self) -> bool:
        """Tell whether somebody can break them off, and has not done so a moment ago.

        Someone who asks often, a token count with each key pressed, must not keep a prompt from
        being read: what is broken off is lost.
        """
        return self._is_wanted is not None and time.monotonic() >= self._calm_from

    @contextmanager
    def possible(self, context: Any) -> Iterator[None]:  # noqa: ANN401 - an opaque C pointer
        """Let evaluations inside the block be broken off."""
        self._next_question = time.monotonic() + _ASK_EVERY_S
        lib.llama_set_abort_callback(context, self._callback, None)
        try:
            yield
        finally:
            lib.llama_set_abort_callback(context, lib.ggml_abort_callback(), None)

    def _ask(self, _data: object) -> bool:
        now = time.monotonic()
        if now < self._next_question or self._is_wanted is None:
            return False
        self._next_question = now + _ASK_EVERY_S
        if not self._is_wanted():
            return False
        self._calm_from = now + _CALM_S
        return True
