"""The one module that starts threads. What a thread owns, no other thread touches."""

from __future__ import annotations

import threading
from collections.abc import Callable


def start_thread(name: str, target: Callable[[], None]) -> threading.Thread:
    """Start a named thread that does not keep the program alive; the caller joins it."""
    thread = threading.Thread(target=target, name=name, daemon=True)
    thread.start()
    return thread
