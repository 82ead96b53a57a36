"""Reads what can be read of a damaged SQLite file, within bounds of time and rows.

Torn and swapped pages make SQLite give rows twice, out of order or without end, and tell keys that
never were. So each row is given once, every new attempt begins behind the one before, and all of
it together ends.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.store.faults import UNREADABLE

LARGEST_VALUE_BYTES = 100_000_000
"""A torn page may claim a text of gigabytes, and its pages may go round in a circle."""
_LAST_KEY = 2**63 - 1
_STEPS_BETWEEN_LOOKS = 10_000


@dataclass(slots=True)
class Budget:
    """How long reading may go on, and how many rows and attempts it may take."""

    ends_at: float
    steps: int

    @property
    def is_left(self) -> bool:
        """Tell whether there is time, and there are steps."""
        return self.steps > 0 and time.monotonic() < self.ends_at

    def step(self) -> bool:
        """Take a step; tell whether there was one."""
        self.steps -= 1
        return self.is_left


@contextmanager
def opened(path: Path, budget: Budget) -> Iterator[sqlite3.Connection]:
    """Open a damaged file to be read only. Raises `sqlite3.Error` where it is none at all."""
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    with closing(connection):
        connection.row_factory = sqlite3.Row
        connection.text_factory = lambda data: data.decode("utf-8", "replace")
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST_VALUE_BYTES)
        connection.set_progress_handler(lambda: not budget.is_left, _STEPS_BETWEEN_LOOKS)
        connection.execute("PRAGMA writable_schema = ON")  # one bad definition keeps no other away
        yield connection


def rows(
    connection: sqlite3.Connection, table: str, budget: Budget, *, key: str = "id"
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield key and columns of each row that can be read, each once, mostly in order."""
    seen: set[int] = set()
    after: int | None = -_LAST_KEY
    while after is not None and budget.is_left:
        try:
            found = connection.execute(
                f"SELECT {key} AS salvaged_key, * FROM {table} WHERE {key} > ? ORDER BY {key}",
                (after,),
            )
            for row in found:
                if not budget.step():
                    return
                number = row["salvaged_key"]
                if isinstance(number, int) and number not in seen:
                    seen.add(number)
                    after = max(after, number)
                    yield number, dict(row)
            return
        except UNREADABLE:
            after = _behind(connection, table, key, after, budget)


def _behind(
    connection: sqlite3.Connection, table: str, key: str, after: int, budget: Budget
) -> int | None:
    """Return the first key from which reading works again, None where it never does."""

    def can_read(start: int) -> bool:
        try:
            sql = f"SELECT * FROM {table} WHERE {key} > ? ORDER BY {key} LIMIT 1"
            connection.execute(sql, (start,)).fetchall()
        except UNREADABLE:
            return False
        return True

    width = 1
    while not can_read(after + width):  # ever wider, as a torn page may hold any number of rows
        width *= 2
        if after + width > _LAST_KEY or not budget.step():
            return None
    bad, good = after + width // 2, after + width
    while good - bad > 1 and budget.step():
        middle = (bad + good) // 2
        bad, good = (bad, middle) if can_read(middle) else (middle, good)
    return good
