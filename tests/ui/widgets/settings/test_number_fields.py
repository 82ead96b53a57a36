"""Number fields: 0.7 and 0,7 are both 0.7, whatever the locale; units, words, and real keys."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hands import click, press, write
from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.ui.widgets.settings.number_fields import FractionField, NumberField, WholeField

LOCALES = ("C", "en_US", "de_DE", "tr_TR", "fr_FR", "ar_EG", "hi_IN")


@pytest.fixture(params=LOCALES)
def locale(request: pytest.FixtureRequest) -> Iterator[str]:
    before = QLocale()
    QLocale.setDefault(QLocale(request.param))
    yield request.param
    QLocale.setDefault(before)


def fraction() -> FractionField:
    field = FractionField()
    field.setRange(0, 2)
    return field


def whole(least: int, most: int, *, unit: str = "", least_word: str = "") -> WholeField:
    field = WholeField(unit=unit, least_word=least_word)
    field.setRange(least, most)
    return field


def tokens() -> WholeField:
    return whole(0, 1_048_576, unit="tokens", least_word="Auto")


def shown(field: NumberField, qtbot: QtBot) -> NumberField:
    place = QWidget()
    field.place = place  # which Python alone owns
    column = QVBoxLayout(place)
    column.addWidget(field)
    qtbot.addWidget(place)
    place.show()
    place.activateWindow()
    click(field)
    return field


def typed(field: NumberField, text: str) -> float:
    field.selectAll()
    write(field, text)
    press(field, Qt.Key.Key_Return)
    return field.value()


@pytest.mark.parametrize("text", ["0.7", "0,7", ".7", "0,70"])
def test_a_fraction_is_read_in_every_locale(text: str, locale: str, qtbot: QtBot) -> None:
    field = shown(fraction(), qtbot)
    told: list[float] = []
    field.valueChanged.connect(told.append)
    assert typed(field, text) == 0.7
    assert told[-1] == 0.7
    assert field.text() == "0.7"


@pytest.mark.parametrize("text", ["16384", "16,384", "16.384", "16 384", "16384 tokens"])
def test_a_whole_number_is_read_in_every_locale(text: str, locale: str, qtbot: QtBot) -> None:
    field = shown(tokens(), qtbot)
    assert typed(field, text) == 16384
    assert field.text() == "16,384 tokens"


def test_digits_of_another_script(qtbot: QtBot) -> None:
    field = shown(fraction(), qtbot)
    assert typed(field, "\u0660\u066b\u0667") == 0.7


@pytest.mark.parametrize("way", ["auto", "Auto", "0", "0 tokens"])
def test_auto_is_a_word_that_can_be_typed(way: str, qtbot: QtBot) -> None:
    field = shown(tokens(), qtbot)
    field.setValue(4096)
    assert typed(field, way) == 0
    assert field.text() == "Auto"


def test_what_is_typed_takes_the_place_of_auto(qtbot: QtBot) -> None:
    field = whole(-1, 2_147_483_647, least_word="Auto")
    field.setValue(-1)
    shown(field, qtbot)
    qtbot.waitUntil(lambda: field.lineEdit().selectedText() == "Auto")
    write(field, "42")
    press(field, Qt.Key.Key_Return)
    assert field.value() == 42


@pytest.mark.parametrize("text", ["5", "-1", "abc", "1e9", "0.7.7"])
def test_what_does_not_fit_cannot_be_entered(text: str, qtbot: QtBot) -> None:
    field = shown(fraction(), qtbot)
    typed(field, "1.5")
    typed(field, text)
    assert 0 <= field.value() <= 2
    assert field.text() == f"{field.value():g}"


def test_no_fraction_of_a_token(qtbot: QtBot) -> None:
    field = shown(whole(0, 1000), qtbot)
    typed(field, "40")
    typed(field, "0,7")
    assert field.value() in (0, 7, 40)
    assert field.text() == str(field.value())


@pytest.mark.parametrize(("unit", "text"), [("%", "150%"), ("ms", "150 ms"), ("", "150")])
def test_units_are_in_the_field(unit: str, text: str, qtbot: QtBot) -> None:
    field = shown(whole(0, 1000, unit=unit), qtbot)
    field.setValue(150)
    assert field.text() == text
    press(field, Qt.Key.Key_Up)
    assert field.value() == 151


def test_many_digits_are_shown_to_the_last_that_counts(qtbot: QtBot) -> None:
    field = shown(fraction(), qtbot)
    field.setValue(0.1234)
    assert field.text() == "0.1234"
    field.setValue(2)
    assert field.text() == "2"
