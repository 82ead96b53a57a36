"""Where a tab of the code panel stands."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TabPlace:
    """The version shown (-1: the newest), the cursor's character, the first line in sight."""

    version: int = -1
    cursor: int = 0
    top: int = 0


AT_START = TabPlace()
"""The newest version, from its start."""
