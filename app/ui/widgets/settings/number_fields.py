"""Fields for numbers: read as people type them in any locale, and left alone by the wheel.

A number at its least may have a word instead, such as "Auto". Whatever the system's locale, the
decimal sign that is shown is a point, and a comma is read as one.
"""

from __future__ import annotations

from PySide6.QtCore import QLocale, Qt, QTimer
from PySide6.QtGui import QFocusEvent, QValidator, QWheelEvent
from PySide6.QtWidgets import QDoubleSpinBox, QSpinBox, QWidget

from app.text.numbers import may_become_number, read_number
from app.ui.widgets.look.fonts import scaled

_INSIDE_PX = (9, 0, 9, 0)  # which the style sheet cannot give a number's field
_DECIMALS = 4
_STEP = 0.05
_WIDTH_PX = 148


class WholeField(QSpinBox):
    """A whole number."""

    def __init__(
        self, parent: QWidget | None = None, *, unit: str = "", least_word: str = ""
    ) -> None:
        super().__init__(parent)
        _prepare(self, unit, least_word)

    def textFromValue(self, value: int) -> str:
        return f"{value:,}" if self.suffix() else str(value)

    def valueFromText(self, text: str) -> int:
        number = _read(self, text, is_whole=True)
        return self.value() if number is None else int(number)

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        return _judge(self, text, is_whole=True), text, position

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # the page scrolls

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        _mark_word(self)


class FractionField(QDoubleSpinBox):
    """A number with up to four digits after the point."""

    def __init__(
        self, parent: QWidget | None = None, *, unit: str = "", least_word: str = ""
    ) -> None:
        super().__init__(parent)
        _prepare(self, unit, least_word)
        self.setDecimals(_DECIMALS)
        self.setSingleStep(_STEP)

    def textFromValue(self, value: float) -> str:
        return f"{value:.{_DECIMALS}f}".rstrip("0").rstrip(".")

    def valueFromText(self, text: str) -> float:
        number = _read(self, text, is_whole=False)
        return self.value() if number is None else number

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        return _judge(self, text, is_whole=False), text, position

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # the page scrolls

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        _mark_word(self)


NumberField = WholeField | FractionField


def _prepare(field: NumberField, unit: str, least_word: str) -> None:
    field.setLocale(QLocale.c())
    field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    field.setFixedWidth(scaled(_WIDTH_PX))
    field.lineEdit().setTextMargins(*_INSIDE_PX)
    if unit:
        field.setSuffix(unit if unit == "%" else f" {unit}")
    field.setSpecialValueText(least_word)


def _read(field: NumberField, text: str, *, is_whole: bool) -> float | None:
    """Return the number that a field's text is, with its unit or without."""
    word, bare = field.specialValueText(), _bare(field, text)
    if word and bare.casefold() == word.casefold():
        return field.minimum()
    return read_number(bare, is_whole=is_whole)


def _judge(field: NumberField, text: str, *, is_whole: bool) -> QValidator.State:
    state = QValidator.State
    number = _read(field, text, is_whole=is_whole)
    bare = _bare(field, text)
    if number is None:
        word = field.specialValueText().casefold()
        may_be = word.startswith(bare.casefold()) or may_become_number(bare, is_whole=is_whole)
        return state.Intermediate if may_be else state.Invalid
    if field.minimum() <= number <= field.maximum():
        return state.Acceptable
    may_grow = 0 <= number < field.minimum() or (number < 0 and field.minimum() < number)
    return state.Intermediate if may_grow else state.Invalid


def _bare(field: NumberField, text: str) -> str:
    """Return a field's text without its unit, of which a part may be deleted."""
    unit = field.suffix().strip()
    text = text.strip()
    for length in range(len(unit), 0, -1):
        if text.endswith(unit[:length]):
            return text[:-length].strip()
    return text


def _mark_word(field: NumberField) -> None:
    """Let what is typed take the place of a word such as Auto, also after a click into it."""
    word = field.specialValueText()
    if word and field.text() == word:
        QTimer.singleShot(0, field, field.selectAll)  # the click itself comes after the focus
