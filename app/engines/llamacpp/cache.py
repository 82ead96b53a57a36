"""The key-value cache: slots, what each still holds, and reuse of what is already there.

All slots share one set of cells, one cell a token, and a common prefix may be shared by several
slots at no cost. Cells are counted as if nothing were shared, so the count errs towards caution.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from llama_cpp import llama_cpp as lib

from app.engines.llamacpp.aside import Aside, Prefix, common_length


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

    @property
    def held(self) -> list[int]:
        """Return the tokens that are evaluated."""
        return self.tokens[: self.n_cached]


class Cache:
    """Gives slots to runs and takes them back."""

    def __init__(self, context: Any, slots: int, *, cells: int, aside_bytes: int) -> None:  # noqa: ANN401
        self.cells = cells
        self._memory = lib.llama_get_memory(context)
        self._aside = Aside(context, limit_bytes=aside_bytes)
        self._slots = [Slot(i) for i in range(slots)]
        self._clock = 0

    @property
    def used_cells(self) -> int:
        """Return the cells in use, by live runs and by leftovers of ended ones."""
        return sum(slot.n_cached for slot in self._slots)

    def take(self, tokens: list[int], *, cheap_tokens: int = 0, from_nothing: bool = False) -> Slot:
        """Return a free slot that holds the longest prefix of `tokens` that is known.

        At least the last token is left to evaluate, for its logits. The caller knows that a slot
        is free, and with `from_nothing`, which wants the first cells and no prefix, that all are.
        What other idle slots hold is set aside: every cell in use slows down each evaluation.
        Leftovers of up to `cheap_tokens`, which are read anew in a moment, are dropped.
        """
        if from_nothing:
            self._clear_idle(cheap_tokens)
            self.clear_all()
            slot = self._slots[0]
        else:
            slot = self._with_prefix(tokens, cheap_tokens)
            self._clear_idle(cheap_tokens, but=slot)
        self._clock += 1
        slot.tokens, slot.is_busy, slot.last_used = tokens, True, self._clock
        return slot

    def _with_prefix(self, tokens: list[int], cheap_tokens: int) -> Slot:
        source = max(self._slots, key=lambda slot: common_length(slot.held, tokens))
        common = min(common_length(source.held, tokens), len(tokens) - 1)
        prefix, length = self._aside.longest(tokens)
        if prefix is not None and length > common + cheap_tokens:
            slot = self._restored(prefix, min(length, len(tokens) - 1), cheap_tokens)
            if slot is not None:
                return slot
            common = min(common_length(source.held, tokens), len(tokens) - 1)
        slot = self._target(source, common)
        if slot is source:
            if 2 * common < slot.n_cached and slot.n_cached > cheap_tokens:
                self._aside.keep(slot.sequence, slot.held)
            self.cut(slot, common)
        else:
            self._clear_idle(cheap_tokens, but=source)
            self.clear(slot)
            if common and lib.llama_memory_can_shift(self._memory):
                lib.llama_memory_seq_cp(self._memory, source.sequence, slot.sequence, 0, common)
                slot.n_cached = common
        return slot

    def _restored(self, prefix: Prefix, length: int, cheap_tokens: int) -> Slot | None:
        """Return a free slot with the first `length` tokens of a prefix; None without room."""
        self._clear_idle(cheap_tokens)
        if not self.make_room(len(prefix.tokens)):
            return None
        idle = (slot for slot in self._slots if not slot.is_busy)
        slot = min(idle, key=lambda slot: slot.n_cached)
        self.clear(slot)
        if not self._aside.restore(prefix, slot.sequence):
            self.clear(slot)
            return None
        slot.tokens, slot.n_cached = prefix.tokens, len(prefix.tokens)
        self.cut(slot, length)
        if 2 * length >= len(prefix.tokens):  # else most of it belongs to another chat
            self._aside.drop(prefix)
        return slot

    def _clear_idle(self, cheap_tokens: int, but: Slot | None = None) -> None:
        """Empty the idle slots; what is not read anew in a moment is set aside, or stays."""
        for slot in self._slots:
            if slot is but or slot.is_busy or not slot.n_cached:
                continue
            if slot.n_cached <= cheap_tokens or self._aside.keep(slot.sequence, slot.held):
                self.clear(slot)

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
        slot.tokens = slot.held
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
