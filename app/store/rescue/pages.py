"""Finds rows in the pages of an SQLite file itself, where the trees that lead to them are torn.

Only what a page says of itself is believed: a leaf of a table holds whole rows with their keys,
whichever way leads to it. Format: https://www.sqlite.org/fileformat2.html, sections 1.6 and 2.1.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

Value = None | int | float | str | bytes
_LEAF_OF_A_TABLE = 0x0D
_HEADER_BYTES = 100
_PAGE_SIZES = {512 << power for power in range(8)}
_LARGEST_ROW_BYTES = 20_000_000
_INTEGER_BYTES = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}


def rows_of_pages(path: Path) -> Iterator[tuple[int, list[Value]]]:
    """Yield key and values of each row in each leaf of the file; many are of no interest.

    Rows may be old versions of others, and values anything. Raises `OSError`.
    """
    with path.open("rb") as file:
        head = file.read(_HEADER_BYTES)
        page_bytes, spare = _sizes(head)
        pages = path.stat().st_size // page_bytes
        for number in range(1, pages + 1):
            page = _page(file, number, page_bytes)
            yield from _rows_of(file, page, number, page_bytes, page_bytes - spare)


def _sizes(head: bytes) -> tuple[int, int]:
    """Return the size of a page, and how many bytes at its end are not used."""
    size = int.from_bytes(head[16:18], "big") if head[:6] == b"SQLite" else 0
    size = 65_536 if size == 1 else size
    return (size, head[20]) if size in _PAGE_SIZES else (4096, 0)


def _page(file: BinaryIO, number: int, page_bytes: int) -> bytes:
    file.seek((number - 1) * page_bytes)
    return file.read(page_bytes)


def _rows_of(
    file: BinaryIO, page: bytes, number: int, page_bytes: int, used_bytes: int
) -> Iterator[tuple[int, list[Value]]]:
    start = _HEADER_BYTES if number == 1 else 0
    if len(page) < page_bytes or page[start] != _LEAF_OF_A_TABLE:
        return
    cells = int.from_bytes(page[start + 3 : start + 5], "big")
    for at in range(start + 8, min(start + 8 + 2 * cells, page_bytes - 1), 2):
        cell = int.from_bytes(page[at : at + 2], "big")
        if start + 8 + 2 * cells <= cell < used_bytes:
            with suppress(IndexError, ValueError, struct.error):
                yield _row(file, page, cell, used_bytes)


def _row(file: BinaryIO, page: bytes, at: int, used_bytes: int) -> tuple[int, list[Value]]:
    """Read one cell: length and key of the row, the row, and the first page of what is over."""
    length, at = _varint(page, at)
    key, at = _varint(page, at)
    if not 0 < length <= _LARGEST_ROW_BYTES or key >= 1 << 63:
        raise ValueError("no row")
    here = _bytes_on_page(length, used_bytes)
    if at + here > used_bytes:
        raise ValueError("no row")
    row = page[at : at + here]
    if here < length:
        first = int.from_bytes(page[at + here : at + here + 4], "big")
        row += _overflow(file, first, length - here, len(page), used_bytes)
    return key, _values(row)


def _bytes_on_page(length: int, used_bytes: int) -> int:
    """Return how much of a row stands on its leaf; the formula is in section 1.6."""
    most, least = used_bytes - 35, (used_bytes - 12) * 32 // 255 - 23
    if length <= most:
        return length
    fitting = least + (length - least) % (used_bytes - 4)
    return fitting if fitting <= most else least


def _overflow(file: BinaryIO, number: int, length: int, page_bytes: int, used_bytes: int) -> bytes:
    parts = []
    while length > 0:
        page = _page(file, number, page_bytes) if number > 0 else b""
        if len(page) < page_bytes:
            raise ValueError("the rest is missing")
        part = page[4:used_bytes][:length]
        parts.append(part)
        number, length = int.from_bytes(page[:4], "big"), length - len(part)
    return b"".join(parts)


def _values(row: bytes) -> list[Value]:
    """Read a record: the kinds of its values, then the values."""
    head_bytes, at = _varint(row, 0)
    kinds = []
    while at < head_bytes:
        kind, at = _varint(row, at)
        kinds.append(kind)
    values: list[Value] = []
    for kind in kinds:
        value, at = _value(row, at, kind)
        values.append(value)
    return values


def _value(row: bytes, at: int, kind: int) -> tuple[Value, int]:
    if kind in _INTEGER_BYTES:
        end = at + _INTEGER_BYTES[kind]
        value: Value = int.from_bytes(row[at:end], "big", signed=True)
    elif kind == 7:
        end = at + 8
        (value,) = struct.unpack(">d", row[at:end])
    elif kind in (8, 9):
        end, value = at, kind - 8
    elif kind >= 12:
        end = at + (kind - 12) // 2
        value = row[at:end].decode("utf-8", "replace") if kind % 2 else row[at:end]
    else:
        end, value = at, None
    if end > len(row):
        raise ValueError("cut short")
    return value, end


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """Read a number of up to nine bytes, seven bits in each but the last; return where it ends."""
    value = 0
    for _ in range(8):
        value = value << 7 | data[at] & 0x7F
        at += 1
        if data[at - 1] < 0x80:
            return value, at
    return value << 8 | data[at], at + 1
