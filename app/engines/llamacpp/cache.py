"""The key-value cache: slots, what each still holds, and reuse of what is already there.

All slots share one set of cells, one cell a token, and a common prefix may be shared by several
slots at no cost. Cells are counted as if nothing were shared, so the count errs towards caution.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

from llama_cpp import llama_cpp as lib


@dataclass(slots=True, eq=False)
class Slot:
    """One sequence of the cache; its first `n_cached` tokens are evaluated.

    `tokens` is the list of the run that uses the slot, and stays behind when the run is over.
    """

    sequence: int
    tokens: list[int] = field(default_factory=list)
    n_cached: int = 0
    is_busy: bool = False
    last_used: int = 0


class Cache:
    """Gives slots to runs and takes them back."""

    def __init__(self, memory: Any, slots: int, *, cells: int) -> None:  # noqa: ANN401
        self.cells = cells
        self._memory = memory
        self._slots = [Slot(i) for i in range(slots)]
        self._clock = 0

    @property
    def used_cells(self) -> int:
        """Return the cells in use, by live runs and by leftovers of ended ones."""
        return sum(slot.n_cached for slot in self._slots)

    def take(self, tokens: list[int], *, cheap_tokens: int = 0) -> Slot:
        """Return a free slot that holds the longest prefix of `tokens` found in any slot.

        At least the last token is left to evaluate, for its logits. The caller knows that a slot
        is free. Leftovers of up to `cheap_tokens` are dropped: every cell in use slows down each
        evaluation a little, so what is read anew in a moment is not worth its cells.
        """
        source = max(self._slots, key=lambda slot: _common(slot, tokens))
        common = min(_common(source, tokens), len(tokens) - 1)
        slot = self._target(source, common)
        if slot is source:
            self.cut(slot, common)
        else:
            self.clear(slot)
            if common and lib.llama_memory_can_shift(self._memory):
                lib.llama_memory_seq_cp(self._memory, source.sequence, slot.sequence, 0, common)
                slot.n_cached = common
        for other in self._slots:
            if other is not slot and not other.is_busy and 0 < other.n_cached <= cheap_tokens:
                self.clear(other)
        self._clock += 1
        slot.tokens, slot.is_busy, slot.last_used = tokens, True, self._clock
        return slot

    def _target(self, source: Slot, common: int) -> Slot:
        """Continue in the source itself, unless that would waste most of what it holds."""
        free = sorted((s for s in self._slots if not s.is_busy), key=lambda slot: slot.last_used)
        others = [slot for slot in free if slot is not source]
        is_continued = not source.is_busy and 2 * common >= source.n_cached
        return source if is_continued or not others else others[0]

    def cut(self, slot: Slot, length: int) -> None:
        """Keep the first `length` tokens only; models that cannot go back keep none."""
        if lib.llama_memory_seq_rm(self._memory, slot.sequence, length, -1):
            slot.n_cached = length
        else:
            self.clear(slot)

    def release(self, slot: Slot) -> None:
        """Take a slot back; what it holds stays for a later run."""
        slot.tokens = slot.tokens[: slot.n_cached]
        slot.is_busy = False

    def clear(self, slot: Slot) -> None:
        """Drop what a slot holds."""
        lib.llama_memory_seq_rm(self._memory, slot.sequence, -1, -1)
        slot.tokens, slot.n_cached = [], 0

    def clear_all(self) -> None:
        """Drop what all slots hold, so that the next tokens get the first cells in order."""
        for slot in self._slots:
            slot.tokens, slot.n_cached = [], 0
        lib.llama_memory_clear(self._memory, True)  # noqa: FBT003

    def make_room(self, cells: int) -> bool:
        """Drop leftovers, oldest first, until so many cells are free; tell whether they are."""
        idle = sorted(
            (slot for slot in self._slots if slot.n_cached and not slot.is_busy),
            key=lambda slot: slot.last_used,
        )
        while self.used_cells + cells > self.cells and idle:
            self.clear(idle.pop(0))
        return self.used_cells + cells <= self.cells


def _common(slot: Slot, tokens: list[int]) -> int:
    held = slot.tokens[: slot.n_cached]
    return sum(
        1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(held, tokens, strict=False))
    )
