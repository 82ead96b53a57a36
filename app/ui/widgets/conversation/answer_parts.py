"""What an answer is made of on the screen, and what showing it costs. No widgets.

Costs are counted, not measured, so that the same text is always divided alike: one is about what
a character of prose takes, some 5 µs on a two-core machine of 2023.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from app.text.markdown.blocks import Block, CodeOpened, CodeText, MarkdownEvent

LONGEST_SHOWN = 300_000
"""What an answer may cost before the rest waits for "Show more"."""
STEP_COST = 3_000
"""What is shown in one go at most, some 15 ms; then the window sees to other things."""
_FIRST_MESSAGES = 12  # more than fill a screen
_FIRST_COST = 2 * STEP_COST
SLICE_S = 0.012
"""Nothing more is begun in one go after so long: what costs more than is counted exists too."""
LONGEST_CHUNK = 2_000
"""Characters of prose from which on the next block begins a new part of the page."""
_CODE_COST = 1_300
_CELL_COST = 10
READ_AT_ONCE = 500
"""Characters; 2,000 of items in items take 50 ms."""


def cost_of(event: MarkdownEvent) -> int:
    """Return what it costs to show a block, or more of some code."""
    match event:
        case Block(table=table, text=text):
            cells = (len(table.rows) + 1) * len(table.header) if table is not None else 0
            return 10 + len(text) + 3 * sum(map(text.count, "[*_`&<")) + _CELL_COST * cells
        case CodeOpened():
            return _CODE_COST
        case CodeText(text=text):
            return len(text) // 10
        case _:
            return 0


def cost_of_text(text: str) -> int:
    """Return roughly what it costs to show a text, or to begin with it where it is long."""
    return min(len(text) + _CODE_COST * text.count("```") // 2, STEP_COST)


class Waiting:
    """Text that came and is not read yet."""

    def __init__(self) -> None:
        self._pieces: deque[str] = deque()
        self._at = 0
        self.size = 0

    def add(self, text: str) -> None:
        """Put text behind the rest."""
        if text:
            self._pieces.append(text)
            self.size += len(text)

    def text(self) -> str:
        """Return all of it."""
        first, *others = self._pieces or [""]
        return "".join([first[self._at :], *others])

    def take(self, most: int) -> str:
        """Return the next text, at most so many characters."""
        piece = self._pieces[0]
        text = piece[self._at : self._at + min(most, READ_AT_ONCE)]
        self._at += len(text)
        self.size -= len(text)
        if self._at >= len(piece):
            self._pieces.popleft()
            self._at = 0
        return text


class Chunk:
    """Blocks of prose that are shown together, as what is cut where depends on the text alone."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.begun: frozenset[int] = frozenset()
        self._cost = 0

    @property
    def is_full(self) -> bool:
        """Tell whether the next block begins another chunk."""
        return self._cost >= LONGEST_CHUNK

    def add(self, block: Block) -> None:
        """Take another block."""
        self.blocks.append(block)
        self._cost += cost_of(block)

    def next(self, *, with_code: CodeOpened | None = None) -> Chunk:
        """Return the chunk after this one, and after code that stands between."""
        other = Chunk()
        paths = [block.path for block in self.blocks]
        paths += [with_code.path] if with_code is not None else []
        last = {container.key for path in paths[-1:] for container in path}
        other.begun = self.begun | last
        return other


def first_shown(texts: Sequence[str]) -> int:
    """Return from which message on a chat is shown at once: more where they are short."""
    first, cost = len(texts), 0
    while first > 0 and len(texts) - first < _FIRST_MESSAGES:
        cost += cost_of_text(texts[first - 1])
        if cost > _FIRST_COST and first < len(texts):
            break
        first -= 1
    return first
