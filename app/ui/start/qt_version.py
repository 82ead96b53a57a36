"""Refuses the PySide6 that crashes on this Python."""

from __future__ import annotations

import sys

import PySide6

from app.core.errors import DisplayError


def refuse_broken_qt() -> None:
    """Raise `DisplayError` where it is that one."""
    # PySide6 6.12 drops a reference to None, True or False with each call on Python below 3.12.
    if sys.version_info < (3, 12) and tuple(map(int, PySide6.__version__.split(".")[:2])) >= (
        6,
        12,
    ):
        raise DisplayError(
            f"PySide6 {PySide6.__version__} crashes on Python below 3.12.",
            hint="Remove .venv and start again with make run, which installs 6.11.",
        )
