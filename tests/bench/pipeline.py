"""Tokens per second through the whole pipeline, against a bare loop over llama.cpp."""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from llama_cpp import llama_cpp as lib

from app.bootstrap import open_engine
from app.core.events import Finished
from app.core.models import LoadOptions
from app.core.prompts import Prompt
from app.core.sampling import Sampling
from app.engines.llamacpp.loading import default_threads
from app.services.inference import Inference

_SILENT = lib.llama_log_callback(lambda *_: None)
NEVER_ENDS = ((0, -1e9),)
BATCH = 512


@dataclass(frozen=True, slots=True)
class Speed:
    """Tokens per second, read and written."""

    read: float
    written: float


@contextmanager
def bare(path: Path, context_tokens: int) -> Iterator[Any]:
    """Load the file with the same threads and the same kind of weights as the engine."""
    lib.llama_log_set(_SILENT, None)
    params = lib.llama_model_default_params()
    params.use_extra_bufts = b"AMX_INT8 = 1" not in lib.llama_print_system_info()
    model = lib.llama_model_load_from_file(str(path).encode(), params)
    context_params = lib.llama_context_default_params()
    context_params.n_ctx = context_tokens
    context_params.n_batch = BATCH
    context_params.n_threads = context_params.n_threads_batch = default_threads(path.stat().st_size)
    context = lib.llama_init_from_model(model, context_params)
    yield context
    lib.llama_free(context)
    lib.llama_model_free(model)


def bare_speed(context: Any, tokens: list[int], written: int) -> Speed:
    """Read the prompt in whole batches, then write greedily."""
    lib.llama_memory_clear(lib.llama_get_memory(context), True)
    chain = lib.llama_sampler_chain_init(lib.llama_sampler_chain_default_params())
    bias = (lib.llama_logit_bias * 1)(lib.llama_logit_bias(0, -1e9))
    vocabulary = lib.llama_model_get_vocab(lib.llama_get_model(context))
    size = lib.llama_vocab_n_tokens(vocabulary)
    lib.llama_sampler_chain_add(chain, lib.llama_sampler_init_logit_bias(size, 1, bias))
    lib.llama_sampler_chain_add(chain, lib.llama_sampler_init_greedy())
    began = time.perf_counter()
    for start in range(0, len(tokens), BATCH):
        _decode(context, tokens[start : start + BATCH])
    token = lib.llama_sampler_sample(chain, context, -1)
    read = time.perf_counter()
    for _ in range(written - 1):
        _decode(context, [token])
        token = lib.llama_sampler_sample(chain, context, -1)
    ended = time.perf_counter()
    lib.llama_sampler_free(chain)
    return Speed(len(tokens) / (read - began), (written - 1) / (ended - read))


def _decode(context: Any, tokens: list[int]) -> None:
    array = (lib.llama_token * len(tokens))(*tokens)
    if lib.llama_decode(context, lib.llama_batch_get_one(array, len(tokens))):
        raise RuntimeError("llama_decode failed")


async def whole_speed(inference: Inference, options: LoadOptions, text: str, written: int) -> Speed:
    """Measure one request as the window makes it; times are the asker's own."""
    sampling = Sampling(temperature=0, seed=1, max_tokens=written, logit_bias=NEVER_ENDS)
    began = time.perf_counter()
    async with aclosing(inference.run(options, Prompt((text,)), sampling)) as events:
        async for event in events:
            if isinstance(event, Finished):
                times = event.timings
    ended = time.perf_counter() - began
    assert times.reused_tokens <= 1
    first = times.first_token_s
    return Speed(times.prompt_tokens / first, (times.written_tokens - 1) / (ended - first))


def compare(path: Path, *, prompt_tokens: int, written: int, rounds: int) -> Speed:
    """Return the median ratios whole / bare, measured in turn."""
    context_tokens = 2048
    options = LoadOptions(path, context_tokens=context_tokens)
    ratios: list[Speed] = []
    inference = Inference(open_engine)

    async def measure() -> None:
        await inference.load(options)
        for number in range(rounds + 1):
            # Each prompt begins differently, so that no cached prefix helps.
            text = await _text_of(inference, f"{number} ", prompt_tokens)
            (tokens,) = await inference.tokenize(text)
            whole = await whole_speed(inference, options, text, written)
            alone = bare_speed(context, tokens, written)
            if number:  # the first round warms up
                ratios.append(Speed(whole.read / alone.read, whole.written / alone.written))

    try:
        with bare(path, context_tokens) as context:
            asyncio.run(measure())
    finally:
        inference.close()
    return Speed(
        statistics.median(ratio.read for ratio in ratios),
        statistics.median(ratio.written for ratio in ratios),
    )


async def _text_of(inference: Inference, text: str, tokens: int) -> str:
    """Return a text that begins so and is about so many tokens long, in any vocabulary."""
    words = (chr(97 + (i * 7 + len(text)) % 26) + " " for i in range(tokens * 4))
    while len((await inference.tokenize(text))[0]) < tokens:
        text += "".join(next(words) for _ in range(8))
    return text


def four_against_one(path: Path, *, written: int, rounds: int) -> float:
    """Return how many times more tokens per second four runs write together than one.

    By the wall clock, from the first question to the last answer's end.
    """
    options = LoadOptions(path, context_tokens=2048)
    inference = Inference(open_engine)
    ratios: list[float] = []

    async def seconds(*texts: str) -> float:
        began = time.perf_counter()
        await asyncio.gather(*(whole_speed(inference, options, text, written) for text in texts))
        return time.perf_counter() - began

    async def measure() -> None:
        await inference.load(options)
        await seconds("warm up")
        for number in range(rounds):
            alone = await seconds(f"a{number} alone")
            together = await seconds(*(f"{n}{number} together" for n in "bcde"))
            ratios.append(4 * alone / together)

    try:
        asyncio.run(measure())
    finally:
        inference.close()
    return float(np.median(ratios))


def beside_busy_cores(path: Path, *, written: int) -> float:
    """Return the share of its written tokens/s that a run keeps beside a busy program a core."""
    options = LoadOptions(path, context_tokens=2048)
    inference = Inference(open_engine)

    async def speed(text: str) -> float:
        return (await whole_speed(inference, options, text, written)).written

    async def measure() -> float:
        await inference.load(options)
        await speed("warm up")
        quiet = await speed("quiet")
        with _busy_cores():
            await speed("to notice it")
            return await speed("busy") / quiet

    try:
        return asyncio.run(measure())
    finally:
        inference.close()


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
