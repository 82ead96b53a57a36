"""Numbers as people type them, in every locale."""
# ruff: noqa: RUF001 - digits and signs of other scripts are what this is about

import pytest

from app.text.numbers import may_become_number, read_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0.7", 0.7), ("0,7", 0.7), (".7", 0.7), (",7", 0.7), ("0.", 0.0), ("1,", 1.0), ("1", 1.0),
        (" 0,70 ", 0.7), ("0,700", 0.7), ("1,234.5", 1234.5), ("1.234,5", 1234.5),
        ("-0,5", -0.5), ("\u22120,5", -0.5),
        ("٠٫٧", 0.7), ("۰٫۷", 0.7), ("०.७", 0.7), ("０．７", 0.7), ("０，７", 0.7),
        ("", None), ("-", None), (".", None), ("0.7.1", None), ("0,7,1", None), ("abc", None),
        ("1e9", None), ("inf", None), ("nan", None), ("0x1", None), ("½", None), ("²", None),
        ("9" * 500, None),
    ],
)  # fmt: skip
def test_fractions(text: str, number: float | None) -> None:
    assert read_number(text, is_whole=False) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("16384", 16384), ("16,384", 16384), ("16.384", 16384), ("16 384", 16384),
        ("16\u00a0384", 16384), ("16\u202f384", 16384), ("16'384", 16384), ("16’384", 16384),
        ("1,048,576", 1048576), ("1.048.576", 1048576), ("١٦٬٣٨٤", 16384), ("-1", -1),
        ("40.0", 40), ("40,0", 40), ("0", 0),
        ("0.7", None), ("0,7", None), ("1.048,576", None), ("40,5", None), ("", None), ("4k", None),
    ],
)  # fmt: skip
def test_whole_numbers(text: str, number: int | None) -> None:
    assert read_number(text, is_whole=True) == number


@pytest.mark.parametrize("whole", ["0.7", "0,7", "٠٫٧", "-0,5"])
def test_each_beginning_of_a_fraction_may_be_typed(whole: str) -> None:
    for end in range(len(whole)):
        assert may_become_number(whole[:end], is_whole=False)


@pytest.mark.parametrize("whole", ["16,384", "16.384", "1,048,576", "16 384", "-1", "2147483647"])
def test_each_beginning_of_a_whole_number_may_be_typed(whole: str) -> None:
    for end in range(len(whole)):
        assert may_become_number(whole[:end], is_whole=True)


@pytest.mark.parametrize("text", ["a", "1a", "--1", "1e", "0.7.1"])
def test_what_can_become_no_number(text: str) -> None:
    assert not may_become_number(text, is_whole=False)
