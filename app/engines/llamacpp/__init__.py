"""GGUF models through llama.cpp: llama-cpp-python's low-level functions, nothing above them.

Knock at `open_model`. Everything here runs on the thread that called it. This package never reads
a file that llama.cpp does not read, never opens a socket, and never logs a prompt.
"""

from app.engines.llamacpp.loading import open_model

__all__ = ["open_model"]
