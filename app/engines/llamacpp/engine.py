"""The engine: several runs in one batch per step, none of which can starve or kill another.

A run waits for room, reads its prompt in slices, writes a token per step. Where the shared cells
run out although runs were admitted with care, the youngest waits again and is read anew later:
its text goes on where it was, nothing is lost but time.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from llama_cpp import llama_cpp as lib

from app.core.errors import EngineError, PromptTooLongError
from app.core.events import (
    NO_TOKEN,
    FinishReason,
    Piece,
    PromptProgress,
    RunEnded,
    RunId,
    StepEvent,
)
from app.core.models import ModelInfo
from app.core.prompts import Prompt
from app.core.sampling import Sampling
from app.engines.llamacpp.batch import Batch, Pace, even_slice
from app.engines.llamacpp.cache import Cache, Slot
from app.engines.llamacpp.interruption import ABORTED, Interruption
from app.engines.llamacpp.sampler import Choice, Sampler
from app.engines.llamacpp.threads import Threads
from app.engines.llamacpp.vocabulary import Vocabulary

_STEP_S = 0.15
_LONG_STEP_S = 6.0
_CHEAP_S = 1.0  # what is read in this time is not worth keeping for later
_EXACT_TOKENS = 32  # a slice that never follows the clock: how it is cut rounds numbers otherwise
_CLAIM_TOKENS = 512  # a run with no or a huge max_tokens asks for this much room to begin


@dataclass(frozen=True, slots=True)
class Native:
    """What a loaded model owns in C memory."""

    model: Any
    context: Any
    vocabulary: Vocabulary
    batch: Batch
    cache: Cache
    threads: Threads

    def warm_up(self) -> None:
        """Evaluate one token, so that the first answer does not wait for the file's pages."""
        self.batch.clear()
        self.batch.add([0], position=0, sequence=0, wants_logits=True)
        self.batch.decode(self.context)
        lib.llama_memory_clear(lib.llama_get_memory(self.context), True)  # noqa: FBT003

    def close(self) -> None:
        """Free everything, the model last."""
        self.batch.close()
        lib.llama_free(self.context)
        lib.llama_model_free(self.model)


@dataclass(slots=True, eq=False)
class _Run:
    """One answer in the making. `tokens` are the prompt's and the written ones."""

    id: RunId
    tokens: list[int]
    prompt_tokens: int
    end: int  # as many tokens are there when the run is over
    has_limit: bool  # max_tokens ends it, not the context
    stop_ids: frozenset[int]
    sampler: Sampler
    is_exact: bool = False  # alone, from an empty cache, in slices that are always the same
    slot: Slot | None = None
    reused_tokens: int = 0
    is_reading: bool = True

    @property
    def claim(self) -> int:
        """Return the cells this run wants to be sure of."""
        return min(self.end, len(self.tokens) + _CLAIM_TOKENS)


@dataclass(frozen=True, slots=True)
class _Share:
    """A run's part of a batch: how many tokens, and the index of the last one."""

    run: _Run
    slot: Slot
    n_tokens: int
    output: int


class LlamaCpp:
    """A loaded GGUF model; satisfies `app.core.engine.Engine`."""

    def __init__(self, info: ModelInfo, native: Native) -> None:
        self._info = info
        self._native: Native | None = native
        self._vocabulary = native.vocabulary
        self._cache = native.cache
        self._pace = Pace(native.batch.size // 2)  # slices may be stretched
        self._interruption = Interruption()
        self._live: list[_Run] = []
        self._pending: deque[_Run] = deque()

    @property
    def info(self) -> ModelInfo:
        """Describe the loaded model."""
        return self._info

    def tokenize(self, text: str, *, special: bool = False) -> list[int]:
        """Return the ids of `text`; see `Engine.tokenize`."""
        self._open()
        return self._vocabulary.tokenize(text, special=special)

    def start(self, run: RunId, prompt: Prompt, sampling: Sampling) -> None:
        """Begin a run, or let it wait for room; see `Engine.start` for what is raised."""
        self._open()
        if len(self._live) + len(self._pending) >= self._info.slots:
            raise EngineError(
                f"All {self._info.slots} slots of the model are busy.", hint="Try again in a while."
            )
        tokens = self._vocabulary.render(prompt)
        room = self._info.context_tokens - len(tokens)
        if room < 1:
            raise PromptTooLongError(
                f"The prompt has {len(tokens):,} tokens, but the context holds "
                f"{self._info.context_tokens:,}, including the answer.",
                hint="Shorten the prompt, or load the model with a larger context.",
            )
        limit = room + 1 if sampling.max_tokens is None else sampling.max_tokens
        sampler = Sampler(sampling, self._vocabulary, context_tokens=self._info.context_tokens)
        sampler.read_prompt(tokens)
        self._pending.append(
            _Run(
                id=run,
                tokens=tokens,
                prompt_tokens=len(tokens),
                end=len(tokens) + min(limit, room),
                has_limit=limit <= room,
                stop_ids=self._vocabulary.stop_ids(prompt),
                sampler=sampler,
                is_exact=sampling.is_exact,
            )
        )

    def step(self) -> list[StepEvent]:
        """Advance every live run once; see `Engine.step`."""
        if self._native is None:
            return []
        self._admit()
        shares = self._fill(self._native.batch)
        if not shares:
            return []
        before = time.perf_counter()
        code = self._evaluate(self._native)
        if code:
            return self._decode_failed(code, shares)
        is_reading = any(share.n_tokens > 1 for share in shares)
        events: list[StepEvent] = []
        for share in shares:
            share.slot.n_cached += share.n_tokens
            events += self._advance(share, self._native.context)
        if is_reading:
            self._pace.learn(len(self._native.batch), time.perf_counter() - before)
        return events

    def interrupt_when(self, is_wanted: Callable[[], bool]) -> None:
        """Take long steps while only prompts are read; see `Interruptible`."""
        self._interruption.listen_to(is_wanted)

    def share_cores(self, among: int) -> None:
        """Compute with a part of the threads; see `Sharing`."""
        if self._native is not None:
            self._native.threads.share(among)

    def stop(self, run: RunId) -> None:
        """End a run now; see `Engine.stop`."""
        for known in (*self._live, *self._pending):
            if known.id == run:
                self._end(known)

    def close(self) -> None:
        """Give all memory back; safe to call twice."""
        if self._native is None:
            return
        for run in (*self._live, *self._pending):
            self._end(run)
        self._native.close()
        self._native = None

    def _open(self) -> None:
        if self._native is None:
            raise EngineError("The model is closed.")

    # -- room for runs

    def _admit(self) -> None:
        """Let waiting runs in, in order, as long as all that are in are sure of their room."""
        while self._pending:
            is_alone = self._pending[0].is_exact or any(run.is_exact for run in self._live)
            if self._live and is_alone:
                return
            claimed = sum(run.claim for run in self._live)
            if self._live and claimed + self._pending[0].claim > self._cache.cells:
                return
            run = self._pending.popleft()
            cheap_tokens = int(self._pace.tokens_per_s * _CHEAP_S)
            run.slot = self._cache.take(
                run.tokens, cheap_tokens=cheap_tokens, from_nothing=run.is_exact
            )
            if run.is_reading:
                run.reused_tokens = run.slot.n_cached
            self._live.append(run)

    def _fill(self, batch: Batch) -> list[_Share]:
        """Fill the batch with every live run's next tokens, for which there is room."""
        counts = self._counts()
        while not self._cache.make_room(sum(counts)) and len(self._live) > 1:
            self._set_back(self._live.pop())
            counts = self._counts()
        batch.clear()
        shares = []
        for run, wanted in zip(self._live, counts, strict=True):
            count = min(wanted, batch.size - len(batch))
            if run.slot is None or not count:
                continue
            first = run.slot.n_cached
            tokens = run.tokens[first : first + count]
            output = batch.add(
                tokens,
                position=first,
                sequence=run.slot.sequence,
                wants_logits=first + count == len(run.tokens),
            )
            shares.append(_Share(run, run.slot, count, output))
        return shares

    def _counts(self) -> list[int]:
        """Return how many tokens each live run gets: one for writers, equal slices for readers."""
        if len(self._live) == 1 and self._live[0].is_exact and self._live[0].slot is not None:
            lacks = len(self._live[0].tokens) - self._live[0].slot.n_cached
            return [min(lacks, _EXACT_TOKENS)]
        lacking = [len(run.tokens) - (run.slot.n_cached if run.slot else 0) for run in self._live]
        writers = lacking.count(1)
        readers = len(lacking) - writers
        left = self._pace.tokens_in(_LONG_STEP_S if self._may_be_long else _STEP_S) - writers
        counts = [1] * len(lacking)
        for index in sorted(range(len(lacking)), key=lacking.__getitem__):
            if lacking[index] > 1:  # short ones first: what they do not need goes to the others
                share = max(left // readers, 1)
                counts[index] = even_slice(lacking[index], share)
                left -= counts[index]
                readers -= 1
        return counts

    @property
    def _may_be_long(self) -> bool:
        """Nobody waits for a token, and who else wants something can break the step off."""
        return self._interruption.allows_long_steps and all(run.is_reading for run in self._live)

    def _evaluate(self, native: Native) -> int:
        is_exact = any(run.is_exact for run in self._live)
        with ExitStack() as around:
            around.enter_context(
                native.threads.all_at_work() if is_exact else native.threads.at_work()
            )
            if self._may_be_long:
                around.enter_context(self._interruption.possible(native.context))
            return native.batch.decode(native.context)

    def _set_back(self, run: _Run) -> None:
        if run.slot is not None:
            self._cache.release(run.slot)
            self._cache.clear(run.slot)
            run.slot = None
        self._pending.appendleft(run)

    # -- what became of a batch

    def _advance(self, share: _Share, context: Any) -> list[StepEvent]:  # noqa: ANN401
        run, slot = share.run, share.slot
        events: list[StepEvent] = []
        if run.is_reading:
            events.append(
                PromptProgress(run.id, slot.n_cached, run.prompt_tokens, run.reused_tokens)
            )
        if slot.n_cached < len(run.tokens):
            return events
        run.is_reading = False
        choice = run.sampler.choose(context, share.output)
        if choice is not None and choice.token in self._vocabulary.end_ids:
            return [*events, self._finish(run, FinishReason.STOP)]
        if choice is None and run.sampler.problem:
            return [*events, *self._cut(run, FinishReason.ERROR, run.sampler.problem)]
        if choice is None or choice.token in run.stop_ids:
            return [*events, *self._cut(run, FinishReason.STOP)]
        events.append(self._write(run, choice))
        if len(run.tokens) >= run.end:
            events += self._cut(run, FinishReason.LENGTH if run.has_limit else FinishReason.CONTEXT)
        return events

    def _cut(self, run: _Run, reason: FinishReason, error: str = "") -> list[StepEvent]:
        """End a run where its grammar may not be satisfied yet, and add what it lacks."""
        written = b"".join(map(self._vocabulary.piece, run.tokens[run.prompt_tokens :]))
        lacking = run.sampler.ending(written)
        pieces = [Piece(run.id, NO_TOKEN, lacking)] if lacking else []
        return [*pieces, self._finish(run, reason, error)]

    def _write(self, run: _Run, choice: Choice) -> Piece:
        run.tokens.append(choice.token)
        data = self._vocabulary.piece(choice.token)
        return Piece(run.id, choice.token, data, choice.logprob, choice.candidates)

    def _finish(self, run: _Run, reason: FinishReason, error: str = "") -> RunEnded:
        self._end(run)
        return RunEnded(run.id, reason, error)

    def _decode_failed(self, code: int, shares: list[_Share]) -> list[StepEvent]:
        """Read again what was broken off; where room lacks, the youngest waits; else all end."""
        if code == ABORTED:
            for share in shares:
                self._cache.cut(share.slot, share.slot.n_cached)
            return []
        if code == 1 and len(self._live) > 1:
            self._set_back(self._live.pop())
            return []
        events: list[StepEvent] = []
        for run in tuple(self._live):
            slot = run.slot
            events.append(
                self._finish(run, FinishReason.ERROR, f"llama.cpp failed with code {code}.")
            )
            if slot is not None:  # what the cache holds after a failure is unknown
                self._cache.clear(slot)
        return events

    def _end(self, run: _Run) -> None:
        if run.slot is not None:
            self._cache.release(run.slot)
            run.slot = None
        if run in self._live:
            self._live.remove(run)
        elif run in self._pending:
            self._pending.remove(run)
        run.sampler.close()
