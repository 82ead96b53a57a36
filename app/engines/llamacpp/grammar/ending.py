"""How a text that was cut can end so that its grammar is satisfied.

A grammar only forbids; an answer that is cut by its limit or by the context is the beginning of a
valid text and no more. This reads the text along the grammar's network, all ways at once, and
finds the shortest text that makes it whole.

What is being read is a graph: calls of one rule at one place of the text are one frame, however
many ways lead there. So time and memory stay polynomial for every grammar, ambiguous and
left-recursive ones too, and a limit on the steps bounds them for all.
"""

from __future__ import annotations

import codecs
import heapq
from dataclasses import dataclass, field
from itertools import count

from app.core.errors import GrammarError
from app.engines.llamacpp.grammar.gbnf import Characters
from app.engines.llamacpp.grammar.network import Network, Place, read_network

_MOST_STEPS = 2_000_000
_MOST_ADDED = 1_000_000
_MOST_GUESSES = 16
_LEADS = ((0xF0, 0x07, 3, 0x10000), (0xE0, 0x0F, 2, 0x800), (0xC0, 0x1F, 1, 0x80))


def ending(grammar: str, written: bytes) -> bytes:
    """Return what must still follow, nothing where the text is whole or the grammar unknown."""
    try:
        _, network = read_network(grammar)
    except GrammarError:
        return b""
    return ending_in(network, written)


def ending_in(network: Network, written: bytes, *, most_steps: int = _MOST_STEPS) -> bytes:
    """Return what must still follow, a character whose bytes are cut finished first.

    Nothing where the text is whole, is not of the grammar, or would take too long to read.
    """
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    text = decoder.decode(written)
    begun = decoder.getstate()[0]
    reading = _Reading(network, most_steps)
    try:
        for character in text:
            reading.read(ord(character))
            if reading.is_lost:
                return b""
        if begun:
            return _finished(reading, begun)
        return reading.shortest_end().encode()
    except _TooLongError:
        return b""


def _finished(reading: _Reading, begun: bytes) -> bytes:
    """Return the rest of a character that was begun, and the shortest end after it."""
    ends = []
    for code in reading.codes_within(*_possible_codes(begun)):
        branch = reading.branch()
        branch.read(code)
        ends.append(chr(code) + branch.shortest_end())
    return min(ends, key=len).encode()[len(begun) :] if ends else b""


def _possible_codes(begun: bytes) -> tuple[int, int]:
    """Return the first and last code point whose UTF-8 can begin so (RFC 3629)."""
    for lead, mask, following, least in _LEADS:
        if begun[0] >= lead:
            value = begun[0] & mask
            for byte in begun[1:]:
                value = value << 6 | byte & 0x3F
            open_bits = 6 * (following - len(begun) + 1)
            low = value << open_bits
            return max(low, least), low | (1 << open_bits) - 1
    return 1, 0


class _TooLongError(Exception):
    """The steps for one reading are used up."""


@dataclass(slots=True, eq=False)
class _Frame:
    """A rule called at one place of the text, and all places where it may go on afterwards."""

    returns: dict[_Position, None] = field(default_factory=dict)
    is_over: bool = False


_Position = tuple[Place, _Frame]


class _Reading:
    """All ways in which a text so far may have come about."""

    def __init__(self, network: Network, most_steps: int) -> None:
        self._network = network
        self._left = most_steps
        self._root = _Frame()
        self._settle({(network.starts[network.root], self._root): None})

    @property
    def is_lost(self) -> bool:
        """Tell whether the text is none of the grammar's."""
        return not self._positions

    def branch(self) -> _Reading:
        """Return a reading that goes on from here by itself."""
        other = object.__new__(_Reading)
        other._network, other._left, other._root = self._network, self._left, self._root
        other._positions, other._next = self._positions, self._next
        return other

    def read(self, code: int) -> None:
        """Go past one character."""
        self._settle(
            {
                (after, frame): None
                for characters, after, frame in self._next
                if characters.has(code)
            }
        )

    def codes_within(self, low: int, high: int) -> list[int]:
        """Return the first code point in the range for each set of characters that may follow."""
        found = {
            max(low, first)
            for characters, _, _ in self._next
            for first, last in characters.ranges
            if first <= high and low <= last
        }
        return sorted(found)[:_MOST_GUESSES]

    def _settle(self, begun: dict[_Position, None]) -> None:
        """Take every step that reads nothing; `begun` is where the last character led."""
        self._positions = begun
        self._next: list[tuple[Characters, Place, _Frame]] = []
        called: dict[int, _Frame] = {}
        seen = set(begun)
        waiting = list(begun)

        def go_to(position: _Position) -> None:
            if position not in seen:
                seen.add(position)
                waiting.append(position)

        while waiting:
            place, frame = waiting.pop()
            opened = self._network.opened(place)
            self._left -= 1 + len(opened.reads) + len(opened.calls)
            if self._left < 0:
                raise _TooLongError
            self._next += ((characters, after, frame) for characters, after in opened.reads)
            for rule, after in opened.calls:
                callee = called.setdefault(rule, _Frame())
                callee.returns[after, frame] = None
                go_to((self._network.starts[rule], callee))
                if callee.is_over:
                    go_to((after, frame))
            if opened.is_end:
                frame.is_over = True
                self._left -= len(frame.returns)
                for position in frame.returns:
                    go_to(position)

    def shortest_end(self) -> str:
        """Return the shortest text that makes this one whole, shortest way out of calls first."""
        numbers = count()
        heap: list[tuple[int, int, _Frame]] = []
        trails: dict[int, tuple[Place, int | None]] = {}

        def offer(length: int, position: _Position, inner: int | None) -> None:
            rest = self._network.length(position[0])
            number = next(numbers)
            trails[number] = (position[0], inner)
            heapq.heappush(heap, (length + (rest or 0), number, position[1]))

        for position in self._positions:
            offer(0, position, None)
        seen: set[_Frame] = set()
        while heap:
            length, number, frame = heapq.heappop(heap)
            if frame is self._root:
                return self._written(trails, number) if length <= _MOST_ADDED else ""
            if frame in seen:
                continue
            seen.add(frame)
            for position in frame.returns:
                offer(length, position, number)
        return ""

    def _written(self, trails: dict[int, tuple[Place, int | None]], number: int | None) -> str:
        out = []
        while number is not None:
            place, number = trails[number]
            out.append(self._network.shortest(place))
        return "".join(reversed(out))
