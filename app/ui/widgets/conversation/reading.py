"""What is read of a chat, first to last: what is drawn of it, and text that waits to be drawn."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from PySide6.QtGui import QTextCursor

from app.ui.widgets.code.code_view import CodeView
from app.ui.widgets.controls.parting import living
from app.ui.widgets.conversation.prose_block import ProseBlock

Text = ProseBlock | CodeView

_FOUND_AT_ONCE = 200
_READ_AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class Undrawn:
    """Text that is not on the page yet, and what draws the next of it."""

    text: str
    draw: Callable[[], object] = field(compare=False)


Part = Text | Undrawn


@dataclass(frozen=True, slots=True)
class Spoken:
    """A message as it is read now."""

    id: object
    parts: Sequence[Part]
    sizes: Sequence[int]
    is_settled: bool
    """Whether nothing is being drawn: what is, stands in no part for a moment."""

    @classmethod
    def of(cls, message_id: object, parts: Sequence[Part], *, is_settled: bool = True) -> Spoken:
        """Read a message that has these parts."""
        return cls(message_id, parts, [_size_of(part) for part in parts], is_settled)

    def may_stand_for(self, now: Spoken | None) -> bool:
        """Tell whether what was found in this holds for the same message as it is now."""
        if now is None or self.is_gone:
            return False
        return not now.is_settled or (now.parts, now.sizes) == (self.parts, self.sizes)

    @property
    def is_gone(self) -> bool:
        """Tell whether something of it was taken off the page."""
        return any(not isinstance(part, Undrawn) and living(part) is None for part in self.parts)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: `cursor` is where, in a text that is drawn."""

    message_id: object
    number: int
    """Which one of its message, counted from 0: so it is known again once it is drawn."""
    part: Part
    cursor: QTextCursor | None


def places(spoken: Spoken, wanted: str) -> Iterator[list[Place]]:
    """Yield where `wanted` stands in a message, first to last, few at a time."""
    number = 0
    for part in spoken.parts:
        for cursors in (
            _in_text(part.text, wanted) if isinstance(part, Undrawn) else _in(part, wanted)
        ):
            yield [Place(spoken.id, number + n, part, at) for n, at in enumerate(cursors)]
            number += len(cursors)


def _in(text: Text, wanted: str) -> Iterator[list[QTextCursor | None]]:
    document = text.document()
    found, gathered = document.find(wanted), list[QTextCursor | None]()
    while not found.isNull():
        gathered.append(found)
        if len(gathered) == _FOUND_AT_ONCE:
            yield gathered
            gathered = []
        found = document.find(wanted, found)
    yield gathered


def _in_text(text: str, wanted: str) -> Iterator[list[QTextCursor | None]]:
    """Find in Markdown: where it begins another line, the page has a space."""
    words = r"\s+".join(re.escape(word) for word in wanted.split(" "))
    pattern = re.compile(words, re.IGNORECASE)
    at = 0
    while at < len(text):
        # What begins in one stretch may end in the next.
        end = at + _READ_AT_ONCE
        count, after = 0, end
        for found in pattern.finditer(text, at, end + 2 * len(wanted)):
            if found.start() >= end:
                break
            count, after = count + 1, max(end, found.end())
        yield [None] * count
        at = after


def _size_of(part: Part) -> int:
    return len(part.text) if isinstance(part, Undrawn) else part.document().characterCount()
