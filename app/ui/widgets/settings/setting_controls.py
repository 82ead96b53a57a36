"""The control of each kind of setting; it tells what the user does and shows what it is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QLineEdit, QWidget

from app.core.settings import Declared, Value
from app.ui.widgets.controls.plain_text import PlainTextEdit
from app.ui.widgets.look.fonts import scaled
from app.ui.widgets.settings.choice_field import ChoiceField
from app.ui.widgets.settings.folder_field import FolderField
from app.ui.widgets.settings.number_fields import FractionField, WholeField
from app.ui.widgets.settings.switch import Switch

Tell = Callable[[Value], None]
_LONG_TEXT_PX = 84
_CHOICE_PX = 196


@dataclass(frozen=True, slots=True)
class SettingControl:
    """`widget` is laid out, `field` takes the focus, `show` shows a value and tells nothing.

    One that `is_wide` takes a line of its own.
    """

    widget: QWidget
    field: QWidget
    show: Callable[[Value], None]
    is_wide: bool = False


def control_for(one: Declared, tell: Tell, parent: QWidget) -> SettingControl:
    """Make the control of a setting; `tell` is called with each value that the user gives it."""
    made = _make(one, tell, parent)
    made.field.setObjectName(f"setting-{one.key}")
    made.field.setAccessibleName(one.label)
    made.field.setAccessibleDescription(one.effect)
    made.field.setToolTip(_tip(one))
    return made


def _make(one: Declared, tell: Tell, parent: QWidget) -> SettingControl:
    if isinstance(one.default, bool):
        return _switch(tell, parent)
    if one.choices:
        return _choice(one, tell, parent)
    if one.is_folder:
        return _folder(one, tell, parent)
    if isinstance(one.default, str):
        return _long_text(one, tell, parent) if one.is_long else _line(one, tell, parent)
    return _number(one, tell, parent)


def _switch(tell: Tell, parent: QWidget) -> SettingControl:
    switch = Switch(parent)
    switch.toggled.connect(tell)

    def show(value: Value) -> None:
        with QSignalBlocker(switch):
            switch.setChecked(bool(value))

    return SettingControl(switch, switch, show)


def _choice(one: Declared, tell: Tell, parent: QWidget) -> SettingControl:
    field = ChoiceField(parent)
    field.offer(one.choices, one.choice_words)
    field.setFixedWidth(scaled(_CHOICE_PX))
    field.chosen.connect(tell)

    def show(value: Value) -> None:
        with QSignalBlocker(field):
            field.choose(str(value))

    return SettingControl(field, field, show)


def _number(one: Declared, tell: Tell, parent: QWidget) -> SettingControl:
    kind = WholeField if isinstance(one.default, int) else FractionField
    field = kind(parent, unit=one.unit, least_word=one.least_word)
    field.setRange(one.least or 0, one.most or 1_000_000)  # type: ignore[arg-type]
    field.valueChanged.connect(lambda value: tell(_rounded(value)))

    def show(value: Value) -> None:
        with QSignalBlocker(field):
            field.setValue(_as_number(value))  # type: ignore[arg-type]

    return SettingControl(field, field, show)


def _line(one: Declared, tell: Tell, parent: QWidget) -> SettingControl:
    line = QLineEdit(parent)
    line.setPlaceholderText(one.empty_words)
    line.textEdited.connect(tell)

    def show(value: Value) -> None:
        if line.text() != value:  # the cursor stays where the user writes
            line.setText(str(value))

    return SettingControl(line, line, show, is_wide=True)


def _long_text(one: Declared, tell: Tell, parent: QWidget) -> SettingControl:
    text = PlainTextEdit(parent)
    text.setPlaceholderText(one.empty_words)
    text.setFixedHeight(scaled(_LONG_TEXT_PX))
    text.setTabChangesFocus(True)
    text.setProperty("role", "field")
    text.textChanged.connect(lambda: tell(text.toPlainText()))

    def show(value: Value) -> None:
        if text.toPlainText() != value:
            with QSignalBlocker(text):
                text.setPlainText(str(value))

    return SettingControl(text, text, show, is_wide=True)


def _folder(one: Declared, tell: Tell, parent: QWidget) -> SettingControl:
    field = FolderField(one.label, parent)
    field.line.setPlaceholderText(one.empty_words)
    field.browse.setObjectName(f"browse-{one.key}")
    field.chosen.connect(tell)
    return SettingControl(
        field, field.line, lambda value: field.show_path(str(value)), is_wide=True
    )


def _as_number(value: Value) -> int | float:
    assert isinstance(value, int | float)
    return value


def _rounded(value: float) -> int | float:
    return value if isinstance(value, int) else round(value, 4)


def _tip(one: Declared) -> str:
    if isinstance(one.default, str | bool):
        return one.effect
    least = one.shown(one.least or 0)
    return f"{least} to {one.shown(one.most)}" if one.most is not None else f"{least} or more"
