"""Long texts enter an editor in slices: Qt lays out some 5 MB a second, and the window waits.

What has not entered yet is still part of the text, so saving and copying never lose it; until all
of it is there nothing can be typed.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

SLICE_CHARACTERS, SLICE_LINES = 8_000, 500
_SLICE_S = 0.02
_PAUSE_MS = 1  # for keys and painting


class Filling(QObject):
    """Hands a text on by slices; what is to happen once all of it is there waits in order."""

    def __init__(self, parent: QObject, insert: Callable[[str], None]) -> None:
        super().__init__(parent)
        self._insert = insert
        self._rest = ""
        self._from = 0
        self._then: list[Callable[[], object]] = []
        self._timer = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._timer.timeout.connect(self._run)

    @property
    def is_on(self) -> bool:
        """Tell whether a part of the text is still to come."""
        return self._from < len(self._rest)

    @property
    def rest(self) -> str:
        """Return what is still to come."""
        return self._rest[self._from :]

    def add(self, text: str) -> None:
        """Take more text; its first slice enters now."""
        if self.is_on:
            self._rest = self.rest + text
            self._from = 0
            return
        self._rest, self._from = text, 0
        self._run()

    def forget(self) -> None:
        """Drop what is still to come, and what was to happen then."""
        self._timer.stop()
        self._rest, self._from = "", 0
        self._then.clear()

    def when_full(self, act: Callable[[], object]) -> None:
        """Do something once all is there; now, where it is."""
        if self.is_on:
            self._then.append(act)
        else:
            act()

    def _run(self) -> None:
        until = time.thread_time() + _SLICE_S
        while self.is_on:
            end = self._end()
            text, self._from = self._rest[self._from : end], end
            self._insert(text)
            if time.thread_time() > until:
                break
        if self.is_on:
            self._timer.start()
            return
        self._rest, self._from = "", 0
        then, self._then = self._then, []
        for act in then:
            act()

    def _end(self) -> int:
        """Return where the next slice ends: it has neither many characters nor many lines."""
        end = min(self._from + SLICE_CHARACTERS, len(self._rest))
        lines = self._rest.count("\n", self._from, end)
        if lines <= SLICE_LINES:
            return end
        place = self._from
        for _ in range(SLICE_LINES):
            place = self._rest.index("\n", place) + 1
        return place
