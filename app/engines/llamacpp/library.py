"""The C library itself: start it once, choose its processor code, hear what it logs.

Neighbours: every module of this package calls llama.cpp through `llama_cpp.llama_cpp`; this one
owns what is global in the C code, the backend and the log callback.
"""

from __future__ import annotations

import ctypes
import functools
import logging
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import llama_cpp
from llama_cpp import llama_cpp as lib

logger = logging.getLogger(__name__)

# ggml.h, enum ggml_log_level. llama-cpp-python's own table is of an older numbering.
_LEVELS = {1: logging.DEBUG, 2: logging.DEBUG, 3: logging.INFO, 4: logging.WARNING}
_CONTINUED = 5
# All slots share one cache, so it is larger than one context; each run keeps to its context.
_EXPECTED = b"possible training context overflow"


class CLog:
    """Sends llama.cpp's log to Python's, and keeps its last error lines for our messages.

    The C library has one log for the whole process, so there is one of these (`start`).
    """

    def __init__(self) -> None:
        self._errors: deque[str] = deque(maxlen=8)
        self._level = logging.DEBUG
        self.callback = lib.llama_log_callback(self._hear)

    def _hear(self, level: int, text: bytes, _data: object) -> None:
        if level != _CONTINUED:
            self._level = _LEVELS.get(level, logging.DEBUG)
        line = text.decode("utf-8", "replace").strip()
        if not line.strip(".") or _EXPECTED in text:
            return
        if self._level == logging.WARNING:
            self._errors.append(line)
        if logger.isEnabledFor(self._level):
            logger.log(self._level, "%s", line)

    @contextmanager
    def errors(self) -> Iterator[Sequence[str]]:
        """Collect the error lines of a block."""
        self._errors.clear()
        yield self._errors


@functools.cache
def start() -> CLog:
    """Start llama.cpp once in this process and return its log."""
    log = CLog()  # the cache keeps the callback alive as long as the C library may call it
    lib.llama_log_set(log.callback, None)
    _load_processor_variants()
    lib.llama_backend_init()
    return log


def _load_processor_variants() -> None:
    """Load the best processor code where the wheel was built with several variants of it.

    Such a build (GGML_BACKEND_DL) puts them into `site-packages/bin`. They must be loaded into
    the very ggml that libllama uses: `libggml.so.0` on Linux, of which `libggml.so` is a copy.
    """
    package = Path(llama_cpp.__file__).resolve().parent
    folder = package.parent / "bin"
    if not any(folder.glob("*ggml-cpu*")):
        return
    names = {"win32": "ggml.dll", "darwin": "libggml.dylib"}
    ggml = ctypes.CDLL(str(package / "lib" / names.get(sys.platform, "libggml.so.0")))
    ggml.ggml_backend_load_all_from_path.argtypes = [ctypes.c_char_p]
    ggml.ggml_backend_load_all_from_path.restype = None
    ggml.ggml_backend_load_all_from_path(str(folder).encode())
