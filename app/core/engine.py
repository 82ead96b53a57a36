"""The engine protocol: what every kind of loaded model can do.

One inference thread makes, uses and closes an engine; see `app.services.inference.host`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from app.core.events import RunId, StepEvent
from app.core.models import LoadOptions, ModelInfo
from app.core.prompts import Prompt
from app.core.sampling import Sampling


class Engine(Protocol):
    """A loaded model. Made, used and closed on the inference thread only."""

    @property
    def info(self) -> ModelInfo:
        """Describe the loaded model."""
        ...

    def tokenize(self, text: str, *, special: bool = False) -> list[int]:
        """Return token ids of `text`; `special` turns control-token texts into their ids."""
        ...

    def start(self, run: RunId, prompt: Prompt, sampling: Sampling) -> None:
        """Begin a run in a free slot.

        Raises `PromptTooLongError`, `GrammarError`, `EngineError` (no free slot, or a control
        token that the vocabulary lacks). `sampling.seed` is always set. Stop texts are
        the assembler's business (`app.generation.assembly`), stop tokens the engine's. An engine
        may begin the run later, when memory for it is free, without saying so.
        """
        ...

    def step(self) -> list[StepEvent]:
        """Advance every live run once and return what happened, in order.

        Takes about 150 ms at most, but see `Interruptible`. Raises `EngineDiedError` when the
        engine is lost.
        """
        ...

    def stop(self, run: RunId) -> None:
        """End a run now, without an event; an unknown or ended run is no error."""
        ...

    def close(self) -> None:
        """Give all memory back. May be called twice."""
        ...


@runtime_checkable
class Interruptible(Protocol):
    """An engine that can break off a step without losing a run.

    While nothing but prompts is evaluated, its steps may then take some seconds: large slices
    are read faster than small ones.
    """

    def interrupt_when(self, is_wanted: Callable[[], bool]) -> None:
        """Set what is asked every 20 ms or so during a long step; True breaks the step off."""
        ...


@runtime_checkable
class Sharing(Protocol):
    """An engine that computes with threads of its own, and can do with a part of the cores."""

    def share_cores(self, among: int) -> None:
        """Set how many engines compute at once, this one among them; takes effect soon."""
        ...


LoadProgress = Callable[[float], bool]
"""Called with a fraction from 0 to 1 while a model loads; False cancels the load."""

EngineFactory = Callable[[LoadOptions, LoadProgress], Engine]
"""Loads a model. Raises `ModelError`s; `LoadCancelledError` when the callback said False."""
