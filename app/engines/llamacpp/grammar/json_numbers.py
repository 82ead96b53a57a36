"""Grammars for the JSON numbers between two bounds, digit by digit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import groupby

_DIGITS = 15
"""Whole numbers of so many digits are exact in every program that reads JSON."""
_DIGITS_BEFORE_POINT = 12
_LEAST_DECIMALS, _MOST_DECIMALS = 2, 6
_ANY = "[0-9]"


@dataclass(frozen=True, slots=True)
class Bounds:
    """The least and the greatest number; None without one."""

    low: Decimal | None = None
    high: Decimal | None = None
    is_low_open: bool = False
    is_high_open: bool = False

    def has(self, number: float) -> bool:
        """Tell whether a number lies between."""
        value = Decimal(repr(number))
        if self.low is not None and (value < self.low or (self.is_low_open and value == self.low)):
            return False
        return not (
            self.high is not None
            and (value > self.high or (self.is_high_open and value == self.high))
        )

    def within(self, other: Bounds) -> Bounds:
        """Return what lies between both."""
        low, is_low_open = max(
            (bounds.low, bounds.is_low_open)
            if bounds.low is not None
            else (Decimal("-Infinity"), False)
            for bounds in (self, other)
        )
        high, is_high_closed = min(
            (bounds.high, not bounds.is_high_open)
            if bounds.high is not None
            else (Decimal("Infinity"), True)
            for bounds in (self, other)
        )
        return Bounds(
            low if low.is_finite() else None,
            high if high.is_finite() else None,
            is_low_open,
            not is_high_closed,
        )

    @property
    def is_empty(self) -> bool:
        """Tell whether no number lies between."""
        if self.low is None or self.high is None:
            return False
        is_open = self.is_low_open or self.is_high_open
        return self.low > self.high or (self.low == self.high and is_open)

    def scaled(self, decimals: int) -> tuple[int, int]:
        """Return the least and the greatest number of so many decimals, without its point."""
        most = 10 ** (_DIGITS if not decimals else _DIGITS_BEFORE_POINT + decimals) - 1
        low, high = -most, most
        if self.low is not None:
            exact = self.low.scaleb(decimals)
            low = max(low, int(exact.to_integral_value(ROUND_CEILING)))
            low += self.is_low_open and low == exact
        if self.high is not None:
            exact = self.high.scaleb(decimals)
            high = min(high, int(exact.to_integral_value(ROUND_FLOOR)))
            high -= self.is_high_open and high == exact
        return low, high


def whole_numbers(bounds: Bounds) -> str:
    """Return GBNF for the whole numbers between bounds; empty where there is none."""
    return " | ".join(_between(*bounds.scaled(0), decimals=0))


def numbers(bounds: Bounds) -> str:
    """Return GBNF for numbers between bounds, with the decimals that they have or a few."""
    exponents = [
        int(one.as_tuple().exponent) for one in (bounds.low, bounds.high) if one is not None
    ]
    decimals = min(max(_LEAST_DECIMALS, *(-one for one in exponents)), _MOST_DECIMALS)
    ways = [way for count in range(decimals + 1) for way in _between(*bounds.scaled(count), count)]
    return " | ".join(ways)


def _between(low: int, high: int, decimals: int) -> Iterator[str]:
    if low < 0:
        least, most = max(1, -high), -low
        for way in _positive(least, most, decimals):
            yield f'"-" {way}'
    if high >= 0:
        yield from _positive(max(low, 0), high, decimals)


def _positive(low: int, high: int, decimals: int) -> Iterator[str]:
    for length in range(decimals + 1, len(str(max(high, 0))) + decimals + 1):
        least = 0 if length == decimals + 1 else 10 ** (length - 1)
        first, last = max(low, least), min(high, 10**length - 1)
        if first <= last:
            for way in _same_length(f"{first:0{length}}", f"{last:0{length}}"):
                yield _written(way, decimals)


def _same_length(low: str, high: str) -> Iterator[list[str]]:
    """Yield lists of sets of digits, one for each place, that together are all from low to high."""
    if not low or (set(low) == {"0"} and set(high) == {"9"}):
        yield [_ANY] * len(low)
        return
    if low[0] == high[0]:
        for way in _same_length(low[1:], high[1:]):
            yield [f"[{low[0]}]", *way]
        return
    rest = len(low) - 1
    first, last = int(low[0]), int(high[0])
    if set(low[1:]) - {"0"}:
        for way in _same_length(low[1:], "9" * rest):
            yield [f"[{first}]", *way]
        first += 1
    ends = []
    if set(high[1:]) - {"9"}:
        ends = [[f"[{last}]", *way] for way in _same_length("0" * rest, high[1:])]
        last -= 1
    if first <= last:
        yield [f"[{first}-{last}]", *[_ANY] * rest]
    yield from ends


def _written(places: list[str], decimals: int) -> str:
    whole = _counted(places[: len(places) - decimals])
    return f'{whole} "." {_counted(places[-decimals:])}' if decimals else whole


def _counted(places: Iterable[str]) -> str:
    counts = ((one, len(list(same))) for one, same in groupby(places))
    return " ".join(one if count == 1 else f"{one}{{{count}}}" for one, count in counts)
