"""Numbers as people type them, whatever their locale: 0.7, 0,7, 16.384, 16 384 and 16,384.

A field for whole numbers and one for fractions read the same text another way: 1,024 is a thousand
and twenty-four where only whole numbers make sense, and a little over one where fractions do.
"""

from __future__ import annotations

import re
import unicodedata

_BETWEEN_GROUPS = " \u00a0\u2009\u202f'\u2019_\u066c"
_DECIMAL = {"\u066b": ".", "\uff0e": ".", "\uff0c": ",", "\u2212": "-", "\uff0d": "-"}
_GROUPED = re.compile(r"-?\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*")
_FRACTION = re.compile(r"-?(?:\d+(?:\.\d*)?|\.\d+)")
_LONGEST = 40


def read_number(text: str, *, is_whole: bool) -> float | None:
    """Return the number that a text is, None where it is none.

    `is_whole` says that only whole numbers make sense. Digits of every script are read.
    """
    plain = _plain(text)
    if plain is None:
        return None
    if is_whole and _GROUPED.fullmatch(plain):
        plain = plain.replace(",", "").replace(".", "")
    plain = _with_point(plain)
    if not _FRACTION.fullmatch(plain):
        return None
    number = float(plain)
    return None if is_whole and number != int(number) else number


def may_become_number(text: str, *, is_whole: bool) -> bool:
    """Tell whether a number can still come of a text when more is typed."""
    plain = _plain(text)
    if plain is None:
        return False
    if is_whole:
        return re.fullmatch(r"-?\d{0,3}(?:[.,]\d{0,3})*|-?\d*", plain) is not None
    return re.fullmatch(r"-?\d*[.,]?\d*", plain) is not None


def _plain(text: str) -> str | None:
    """Return a text with plain digits and without spaces, None where it holds anything else."""
    if len(text) > _LONGEST:
        return None
    signs = []
    for sign in text.strip():
        if sign in _BETWEEN_GROUPS:
            continue
        digit = unicodedata.decimal(sign, None)
        signs.append(str(digit) if digit is not None else _DECIMAL.get(sign, sign))
    plain = "".join(signs)
    return plain if re.fullmatch(r"-?[\d.,]*", plain) else None


def _with_point(plain: str) -> str:
    """Return a number with one decimal point and no signs between groups, where it has any."""
    if "," in plain and "." in plain:
        group = "," if plain.rfind(".") > plain.rfind(",") else "."
        return plain.replace(group, "").replace(",", ".")
    return plain.replace(",", ".")
