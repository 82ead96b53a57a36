"""From bytes to text: the sans-IO state machine that every run's pieces pass through.

A token may end inside a UTF-8 sequence and a stop text may span tokens, so both are held back
until they are certain. `app.services.inference.host` feeds it; it knows no threads and no engine.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable


class Assembler:
    """Turns the bytes of one run into text and ends it at the first stop text.

    Bytes that are no UTF-8 become U+FFFD, as in every decoder. Text that may still turn out to be
    the beginning of a stop text is held back; the stop text itself is never given out. Texts in
    `first_texts` end a run only where it begins with them.
    """

    def __init__(self, stop_texts: Iterable[str] = (), first_texts: Iterable[str] = ()) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._stops = tuple(dict.fromkeys(stop for stop in stop_texts if stop))
        self._first = tuple(first_texts)
        self._held = ""
        self._longest = max(map(len, self._stops), default=0)
        self.stopped_by = ""
        """The stop text that ended the run, empty while none has."""

    def feed(self, data: bytes) -> str:
        """Take the bytes of one token and return the text that is now certain."""
        if self.stopped_by:
            return ""
        return self._release(self._decoder.decode(data))

    def finish(self) -> str:
        """Return what was held back: the run is over and nothing more can match."""
        if self.stopped_by:
            return ""
        self._first = ()
        text = self._release(self._decoder.decode(b"", final=True))
        text += self._held
        self._held = ""
        return text

    def _release(self, fresh: str) -> str:
        text = self._held + fresh
        if self._first:
            for stop in self._first:
                if text.startswith(stop):
                    self._held, self.stopped_by = "", stop
                    return ""
            if any(stop.startswith(text) for stop in self._first):
                self._held = text
                return ""
            self._first = ()
        if not self._stops:
            return text
        found = [(at, stop) for stop in self._stops if (at := text.find(stop)) >= 0]
        if found:
            # The earliest match wins; of two at one place the longer, as it says more.
            at, self.stopped_by = min(found, key=lambda hit: (hit[0], -len(hit[1])))
            self._held = ""
            return text[:at]
        keep = self._may_begin_stop(text)
        self._held = text[len(text) - keep :]
        return text[: len(text) - keep]

    def _may_begin_stop(self, text: str) -> int:
        """Return how many characters at the end of `text` begin some stop text."""
        for length in range(min(self._longest - 1, len(text)), 0, -1):
            tail = text[-length:]
            if any(stop.startswith(tail) for stop in self._stops):
                return length
        return 0
