"""From a file to a running engine; every way in which that fails gets its own words."""

from __future__ import annotations

import ctypes
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil
from llama_cpp import llama_cpp as lib

from app.core.engine import LoadProgress
from app.core.errors import AppError, LoadCancelledError, ModelFileError, ModelTooLargeError
from app.core.machine import available_memory_bytes
from app.core.models import LoadOptions, ModelInfo
from app.core.split_files import name_of, size_of
from app.engines.llamacpp import library, memory
from app.engines.llamacpp.batch import Batch
from app.engines.llamacpp.cache import Cache
from app.engines.llamacpp.engine import LlamaCpp, Native
from app.engines.llamacpp.threads import Threads
from app.engines.llamacpp.vocabulary import Vocabulary

_TINY_BYTES = 64_000_000
_BATCH_TOKENS = 2048  # at most this many in one step; the C code computes 512 of them at a time
_WEIGHTS_SHARE = 0.95  # of the progress; the rest is the context and the first evaluation
_UNKNOWN_ARCHITECTURE = re.compile(r"unknown model architecture: '([^']*)'")
_DAMAGED_HINT = "The file is damaged or incomplete. Download it again."


def open_model(options: LoadOptions, progress: LoadProgress) -> LlamaCpp:
    """Load a GGUF file. `progress` hears fractions and may say False to cancel.

    Raises `ModelFileError`, `ModelTooLargeError`, `LoadCancelledError`.
    """
    log = library.start()
    path = _readable(options.path)
    free_bytes = available_memory_bytes()
    memory.check_weights(path, free_bytes)
    with log.errors() as errors:
        model = _load_weights(options, progress, errors)
    try:
        engine = _start_engine(model, options, free_bytes)
    except AppError:
        lib.llama_model_free(model)
        raise
    if not progress(1.0):
        engine.close()
        raise _cancelled(path)
    return engine


def _readable(path: Path) -> Path:
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as error:
        raise ModelFileError(
            f"{path.name} cannot be read: {error.strerror or error}.",
            hint=f"Check that {path} exists and that you can read it.",
        ) from error
    if start != b"GGUF":
        what = "is not a GGUF file" if start else "is empty"
        raise ModelFileError(f"{path.name} {what}.", hint="Choose a model file in GGUF format.")
    return path


def _load_weights(options: LoadOptions, progress: LoadProgress, errors: Sequence[str]) -> Any:  # noqa: ANN401
    path = options.path
    is_cancelled = False

    def hear(fraction: float, _data: object) -> bool:
        nonlocal is_cancelled
        is_cancelled = not progress(fraction * _WEIGHTS_SHARE)
        return not is_cancelled

    params = lib.llama_model_default_params()
    params.n_gpu_layers = options.gpu_layers
    params.use_extra_bufts = not _has_amx()
    params.progress_callback = callback = lib.llama_progress_callback(hear)
    model = lib.llama_model_load_from_file(os.fsencode(path), params)
    del callback  # it had to live until here
    if model:
        return model
    if is_cancelled:
        raise _cancelled(path)
    raise _refused(path, list(errors))


def _has_amx() -> bool:
    """Tell whether llama.cpp was built with Intel's AMX kernels.

    Those of llama-cpp-python 0.3.36 end the process with SIGSEGV in `ggml_backend_amx_mul_mat` for
    every quantized file (seen on a Sapphire Rapids guest, Q4_0 and Q8_0, 3B and tiny), and they
    come with the buffers that repacked weights use; so there both stay off.
    """
    return b"AMX_INT8 = 1" in lib.llama_print_system_info()


def _cancelled(path: Path) -> LoadCancelledError:
    return LoadCancelledError(f"Loading {path.name} was cancelled.")


def _refused(path: Path, lines: list[str]) -> AppError:
    """Put llama.cpp's reason into our words; the last line only says that loading failed."""
    text = "\n".join(lines)
    unknown = _UNKNOWN_ARCHITECTURE.search(text)
    if unknown:
        return ModelFileError(
            f"{path.name} has the architecture {unknown[1]}, which this engine does not know.",
            hint="Choose a StarCoder 2 file, or another that llama.cpp runs.",
        )
    if "alloc" in text:
        return ModelTooLargeError(
            f"{path.name} does not fit into memory.", hint="Choose a smaller model."
        )
    reasons = [line for line in lines if "failed to load model" not in line]
    reason = reasons[-1] if reasons else "llama.cpp gave no reason"
    reason = reason.removeprefix("llama_model_load: error loading model: ").rstrip(".")
    return ModelFileError(f"{path.name} cannot be loaded: {reason}.", hint=_DAMAGED_HINT)


def _start_engine(model: Any, options: LoadOptions, free_bytes: int) -> LlamaCpp:  # noqa: ANN401
    path = options.path
    if not lib.llama_model_has_decoder(model) or lib.llama_model_has_encoder(model):
        raise ModelFileError(
            f"{path.name} cannot generate text.", hint="Choose a text generation model."
        )
    context_tokens = memory.choose_context(
        model, path, wanted_tokens=options.context_tokens, free_bytes=free_bytes
    )
    per_token = memory.cache_bytes_per_token(model)
    cells = memory.choose_cells(context_tokens, options.slots, per_token)
    context = lib.llama_init_from_model(model, _context_params(options, cells))
    if not context:
        raise ModelTooLargeError(
            f"A context of {context_tokens:,} tokens for {path.name} does not fit into memory.",
            hint="Choose a smaller context or a smaller model.",
        )
    vocabulary = Vocabulary(model)
    info = _describe(model, vocabulary, options, context_tokens)
    batch = Batch(int(lib.llama_n_batch(context)))
    cells = int(lib.llama_n_ctx(context))
    left = free_bytes - size_of(path) - cells * per_token
    aside_bytes = memory.choose_aside_bytes(left)
    cache = Cache(context, options.slots, cells=cells, aside_bytes=aside_bytes)
    native = Native(model, context, vocabulary, batch, cache, _threads(context))
    native.warm_up()
    return LlamaCpp(info, native)


def _context_params(options: LoadOptions, cells: int) -> Any:  # noqa: ANN401
    params = lib.llama_context_default_params()
    params.n_ctx = cells
    params.n_batch = _BATCH_TOKENS
    params.n_seq_max = options.slots
    params.n_outputs_max = max(options.slots, 1)  # else room for 512 rows of logits, 100 MB
    threads = options.threads or default_threads(size_of(options.path))
    params.n_threads = params.n_threads_batch = threads
    params.kv_unified = True  # else the slots divide the context
    params.swa_full = True  # prefix reuse needs the whole window
    return params


def _threads(context: Any) -> Threads:  # noqa: ANN401 - an opaque C pointer
    def use(count: int) -> None:
        lib.llama_set_n_threads(context, count, count)

    if lib.llama_supports_gpu_offload():  # then the processor's share of the time says nothing
        return Threads(1, use=lambda _: None)
    return Threads(int(lib.llama_n_threads(context)), use)


def default_threads(file_bytes: int) -> int:
    """Return the number of physical cores that this process may use, 1 for a tiny model.

    A tiny model's threads spend their time waiting for each other, some 500 times a token: on
    two idle cores a second thread gave the 6 MB built-in model a quarter more tokens/s, and on
    busy ones took nearly all of them away.
    """
    if file_bytes < _TINY_BYTES:
        return 1
    cores = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        cores = min(cores, len(os.sched_getaffinity(0)))
    return cores


def _describe(
    model: Any,  # noqa: ANN401
    vocabulary: Vocabulary,
    options: LoadOptions,
    context_tokens: int,
) -> ModelInfo:
    template = lib.llama_model_chat_template(model, None)
    return ModelInfo(
        name=_metadata(model, "general.name") or name_of(options.path),
        architecture=_metadata(model, "general.architecture"),
        context_tokens=context_tokens,
        slots=options.slots,
        vocabulary_size=vocabulary.size,
        control_tokens=vocabulary.control_tokens,
        end_token_ids=tuple(sorted(vocabulary.end_ids)),
        end_token_id=vocabulary.end_id,
        begin_token_id=vocabulary.begin_id,
        adds_begin_token=vocabulary.adds_begin,
        chat_template=template.decode("utf-8", "replace") if template else "",
        infill_tokens=infill_tokens(model, vocabulary),
        size_bytes=int(lib.llama_model_size(model)),
    )


def infill_tokens(model: Any, vocabulary: Vocabulary) -> tuple[str, ...]:  # noqa: ANN401
    """Return the infill tokens that the metadata names, under its new keys or the old ones."""
    found = []
    for keys in (("fim_pre", "prefix"), ("fim_suf", "suffix"), ("fim_mid", "middle")):
        said = [_metadata(model, f"tokenizer.ggml.{key}_token_id") for key in keys]
        known = [vocabulary.name(int(value)) for value in said if value.isdecimal()]
        if not known or not known[0]:
            return ()
        found.append(known[0])
    return tuple(found)


def _metadata(model: Any, key: str) -> str:  # noqa: ANN401
    buffer = ctypes.create_string_buffer(256)
    length = lib.llama_model_meta_val_str(model, key.encode(), buffer, len(buffer))
    return buffer.value.decode("utf-8", "replace") if length > 0 else ""
