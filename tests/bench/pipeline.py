"""Tokens per second through the whole pipeline, against a bare loop over llama.cpp."""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from llama_cpp import llama_cpp as lib

from app.bootstrap import open_engine
from app.core.events import Finished, Timings
from app.core.models import LoadOptions
from app.core.prompts import Prompt
from app.core.sampling import Sampling
from app.engines.llamacpp.loading import default_threads
from app.services.inference.leases import LeasedModel
from app.services.inference.pool import Pool

_SILENT = lib.llama_log_callback(lambda *_: None)
NEVER_ENDS = ((0, -1e9),)
BATCH = 512


@dataclass(frozen=True, slots=True)
class Ratios:
    """Tokens per second, whole / bare, a ratio for each pair of measurements."""

    read: list[float]
    written: list[float]


class Bare:
    """A loop over llama.cpp, with the engine's kind of weights and number of threads."""

    def __init__(self, path: Path, context_tokens: int, *, sequences: int = 1) -> None:
        lib.llama_log_set(_SILENT, None)
        params = lib.llama_model_default_params()
        params.use_extra_bufts = b"AMX_INT8 = 1" not in lib.llama_print_system_info()
        self._model = lib.llama_model_load_from_file(str(path).encode(), params)
        context_params = lib.llama_context_default_params()
        context_params.n_ctx = context_tokens
        context_params.n_batch = BATCH
        context_params.n_seq_max = sequences
        context_params.kv_unified = True
        threads = default_threads(path.stat().st_size)
        context_params.n_threads = context_params.n_threads_batch = threads
        self._context = lib.llama_init_from_model(self._model, context_params)
        self._memory = lib.llama_get_memory(self._context)
        self._sampler = lib.llama_sampler_chain_init(lib.llama_sampler_chain_default_params())
        bias = (lib.llama_logit_bias * 1)(lib.llama_logit_bias(*NEVER_ENDS[0]))
        size = lib.llama_vocab_n_tokens(lib.llama_model_get_vocab(self._model))
        for part in (
            lib.llama_sampler_init_logit_bias(size, 1, bias),
            lib.llama_sampler_init_greedy(),
        ):
            lib.llama_sampler_chain_add(self._sampler, part)
        self._tokens: list[int] = []

    def read(self, tokens: list[int]) -> float:
        """Read a prompt from nothing in whole batches; return its tokens/s."""
        lib.llama_memory_clear(self._memory, True)
        self._tokens = tokens
        began = time.perf_counter()
        for start in range(0, len(tokens), BATCH):
            self._decode(tokens[start : start + BATCH])
        self._choose()
        return len(tokens) / (time.perf_counter() - began)

    def write(self, count: int) -> float:
        """Write greedily after the prompt read last; return tokens/s from the first token on."""
        lib.llama_memory_seq_rm(self._memory, 0, len(self._tokens) - 1, -1)
        self._decode(self._tokens[-1:])
        token = self._choose()
        began = time.perf_counter()
        for _ in range(count - 1):
            self._decode([token])
            token = self._choose()
        return (count - 1) / (time.perf_counter() - began)

    def write_together(self, count: int, sequences: int) -> float:
        """Write `count` tokens in each of so many sequences at once; return tokens/s of all."""
        lib.llama_memory_clear(self._memory, True)
        batch = lib.llama_batch_init(sequences, 0, 1)
        batch.n_tokens = sequences
        began = time.perf_counter()
        for position in range(count):
            for index in range(sequences):
                batch.token[index] = index + 1
                batch.pos[index] = position
                batch.n_seq_id[index] = 1
                batch.seq_id[index][0] = index
                batch.logits[index] = True
            if lib.llama_decode(self._context, batch):
                raise RuntimeError("llama_decode failed")
            for index in range(sequences):
                lib.llama_sampler_sample(self._sampler, self._context, index)
        seconds = time.perf_counter() - began
        lib.llama_batch_free(batch)
        return sequences * count / seconds

    def close(self) -> None:
        """Free everything, the model last."""
        lib.llama_sampler_free(self._sampler)
        lib.llama_free(self._context)
        lib.llama_model_free(self._model)

    def _choose(self) -> int:
        return int(lib.llama_sampler_sample(self._sampler, self._context, -1))

    def _decode(self, tokens: list[int]) -> None:
        array = (lib.llama_token * len(tokens))(*tokens)
        if lib.llama_decode(self._context, lib.llama_batch_get_one(array, len(tokens))):
            raise RuntimeError("llama_decode failed")


class Whole:
    """The isolated engine, thread, service and events, asked as the window asks."""

    def __init__(self, model: LeasedModel) -> None:
        self._model = model

    async def read(self, text: str) -> float:
        """Read a prompt from nothing and write one token; return the prompt's tokens/s."""
        times, _ = await self._ask(text, 1)
        assert times.reused_tokens <= 1
        return times.prompt_tokens / times.first_token_s

    async def write(self, text: str, count: int) -> float:
        """Write so many tokens; return tokens/s from the first token on, by the asker's clock."""
        times, seconds = await self._ask(text, count)
        return (times.written_tokens - 1) / (seconds - times.first_token_s)

    async def _ask(self, text: str, count: int) -> tuple[Timings, float]:
        sampling = Sampling(temperature=0, seed=1, max_tokens=count, logit_bias=NEVER_ENDS)
        began = time.perf_counter()
        async with aclosing(self._model.run(Prompt((text,)), sampling)) as events:
            async for event in events:
                if isinstance(event, Finished):
                    times = event.timings
        return times, time.perf_counter() - began


def compare(path: Path, *, prompt_tokens: int, prompts: int, written: int, pairs: int) -> Ratios:
    """Measure whole and bare in turn, either of them first as often as the other.

    A shared machine's speed changes within seconds, so the pairs are short and many: for each of
    `prompts` prompts one of reading it and `pairs` of writing `written` tokens after it.
    """
    context_tokens = 2048
    options = LoadOptions(path, context_tokens=context_tokens)
    pool = Pool(open_engine)
    ratios = Ratios([], [])

    async def measure(model: LeasedModel, bare: Bare, number: int, pairs: int) -> None:
        # Each prompt begins differently, so that no cached prefix helps.
        whole = Whole(model)
        text = await _text_of(model, f"{number} ", prompt_tokens)
        (tokens,) = await model.tokenize(text)
        ratios.read.append(
            await _ratio(number, lambda: whole.read(text), lambda: bare.read(tokens))
        )
        for turn in range(pairs):
            ratios.written.append(
                await _ratio(turn, lambda: whole.write(text, written), lambda: bare.write(written))
            )

    async def measure_all(bare: Bare) -> None:
        async with pool.lease(options) as model:
            await measure(model, bare, 0, 1)
            ratios.read.clear()  # it warmed up
            ratios.written.clear()
            for number in range(1, prompts + 1):
                await measure(model, bare, number, pairs)

    bare = Bare(path, context_tokens)
    try:
        asyncio.run(measure_all(bare))
    finally:
        bare.close()
        pool.close()
    return ratios


async def _ratio(
    turn: int, whole: Callable[[], Awaitable[float]], bare: Callable[[], float]
) -> float:
    if turn % 2:
        alone = bare()
        return await whole() / alone
    together = await whole()
    return together / bare()


async def _text_of(model: LeasedModel, text: str, tokens: int) -> str:
    """Return a text that begins so and is about so many tokens long, in any vocabulary."""
    words = (chr(97 + (i * 7 + len(text)) % 26) + " " for i in range(tokens * 4))
    while len((await model.tokenize(text))[0]) < tokens:
        text += "".join(next(words) for _ in range(8))
    return text


@dataclass(frozen=True, slots=True)
class Together:
    """How many times more tokens per second four runs write together than one."""

    whole: float
    bare: float  # the bare loop's: what llama.cpp gains on this processor


def four_against_one(path: Path, *, written: int, rounds: int) -> Together:
    """Measure four runs at once, by the wall clock from the first question to the last end."""
    options = LoadOptions(path, context_tokens=2048)
    pool = Pool(open_engine)
    bare = Bare(path, 2048, sequences=4)
    ratios: list[Together] = []

    async def seconds(whole: Whole, *texts: str) -> float:
        began = time.perf_counter()
        await asyncio.gather(*(whole.write(text, written) for text in texts))
        return time.perf_counter() - began

    async def measure() -> None:
        async with pool.lease(options) as model:
            whole = Whole(model)
            await seconds(whole, "warm up")
            for number in range(rounds):
                alone = await seconds(whole, f"a{number} alone")
                together = await seconds(whole, *(f"{n}{number} together" for n in "bcde"))
                gained = bare.write_together(written, 4) / bare.write_together(written, 1)
                ratios.append(Together(4 * alone / together, gained))

    try:
        asyncio.run(measure())
    finally:
        bare.close()
        pool.close()
    return Together(
        statistics.median(ratio.whole for ratio in ratios),
        statistics.median(ratio.bare for ratio in ratios),
    )


def two_models_against_one(path: Path, *, written: int, rounds: int) -> float:
    """Return how many tokens/s two models write at once, together, for each of one's alone."""
    pool = Pool(open_engine)
    first = LoadOptions(path, context_tokens=1024)
    second = LoadOptions(path, context_tokens=1280)  # the same file, loaded a second time
    ratios: list[float] = []

    async def measure() -> None:
        async with pool.lease(first) as one, pool.lease(second) as other:
            both = (Whole(one), Whole(other))
            await asyncio.gather(*(whole.write("warm up", written) for whole in both))
            for number in range(rounds):
                alone = await both[number % 2].write(f"{number} alone", written)
                speeds = await asyncio.gather(
                    *(whole.write(f"{number} both", written) for whole in both)
                )
                ratios.append(sum(speeds) / alone)

    try:
        asyncio.run(measure())
    finally:
        pool.close()
    return statistics.median(ratios)


def beside_busy_cores(path: Path, *, written: int) -> float:
    """Return the share of its written tokens/s that a run keeps beside a busy program a core."""
    options = LoadOptions(path, context_tokens=2048)
    pool = Pool(open_engine)

    async def measure() -> float:
        async with pool.lease(options) as model:
            whole = Whole(model)
            await whole.write("warm up", written)
            quiet = await whole.write("quiet", written)
            with _busy_cores():
                await whole.write("to notice it", written)
                return await whole.write("busy", written) / quiet

    try:
        return asyncio.run(measure())
    finally:
        pool.close()


@contextmanager
def _busy_cores() -> Iterator[None]:
    busy = [sys.executable, "-c", "while True: pass"]
    programs = [subprocess.Popen(busy) for _ in range(os.cpu_count() or 1)]
    try:
        yield
    finally:
        for program in programs:
            program.kill()
            program.wait()
