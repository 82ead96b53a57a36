"""A form made of declared settings: each with its control, its range, default and effect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.core.settings import Declared, Value
from app.ui.widgets.buttons import text_button
from app.ui.widgets.dialog import Dialog
from app.ui.widgets.icons import IconButton

_LONG_TEXT_PX = 84
_INSIDE_PX = (9, 0, 9, 0)  # which the style sheet cannot give a number's field
_GROUPS = {
    "window": "Window",
    "editor": "Editor",
    "code": "Code",
    "engine": "Engine",
    "project": "Project",
    "chat": "Chat",
}


class SettingsForm(QWidget):
    """Tells each change at once."""

    changed = Signal(str, object)  # key, value

    def __init__(
        self,
        declared: Sequence[Declared],
        values: Mapping[str, Value],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "page")
        self._controls: dict[str, QWidget] = {}
        self._resets: dict[str, IconButton] = {}
        self._is_telling = True
        self._declared = {one.key: one for one in declared}
        layout = QFormLayout(self)
        layout.setContentsMargins(8, 4, 16, 8)
        layout.setHorizontalSpacing(24)
        layout.setVerticalSpacing(10)
        group = ""
        for one in declared:
            name = one.key.partition(".")[0]
            if name != group:
                group = name
                heading = QLabel(_GROUPS.get(name, name))
                heading.setProperty("role", "strong")
                layout.addRow(heading)
            control = self._control(one, values.get(one.key, one.default))
            self._controls[one.key] = control
            self._resets[one.key] = self._reset_button(one)
            self._offer_reset(one.key, values.get(one.key, one.default))
            effect = QLabel(f"{one.effect} Default: {_shown(one.default)}; {one.allowed}.")
            effect.setProperty("role", "small")
            effect.setWordWrap(True)
            row = QHBoxLayout()
            row.setSpacing(6)
            row.addWidget(control, 1)
            row.addWidget(self._resets[one.key])
            layout.addRow(one.label, row)
            layout.addRow("", effect)

    def reset(self) -> None:
        """Set everything to its default."""
        for key, declared in self._declared.items():
            _show(self._controls[key], declared.default)

    def show_values(self, values: Mapping[str, Value]) -> None:
        """Show values that hold already: nothing is told."""
        self._is_telling = False
        for key, value in values.items():
            if key in self._controls:
                _show(self._controls[key], value)
        self._is_telling = True

    def _control(self, one: Declared, value: Value) -> QWidget:
        control = _empty_control(one)
        control.setObjectName(f"setting-{one.key}")
        control.setAccessibleName(one.label)
        control.setAccessibleDescription(one.effect)
        _show(control, value)
        tell = partial(self._tell, one.key)
        if isinstance(control, QCheckBox):
            control.toggled.connect(tell)
        elif isinstance(control, QComboBox):
            control.currentTextChanged.connect(tell)
        elif isinstance(control, QPlainTextEdit):
            control.textChanged.connect(lambda: tell(control.toPlainText()))
        elif isinstance(control, QLineEdit):
            control.editingFinished.connect(lambda: tell(control.text()))
            control.textChanged.connect(lambda text: tell(text) if not control.hasFocus() else None)
        elif isinstance(control, QSpinBox | QDoubleSpinBox):
            control.valueChanged.connect(tell)
        return control

    def _reset_button(self, one: Declared) -> IconButton:
        words = f"Set {one.label} to its default: {_shown(one.default)}"
        button = IconButton("refresh", words, object_name=f"reset-{one.key}")
        keeps = button.sizePolicy()
        keeps.setRetainSizeWhenHidden(True)
        button.setSizePolicy(keeps)
        button.clicked.connect(lambda: self._reset_one(one))
        return button

    def _reset_one(self, one: Declared) -> None:
        control = self._controls[one.key]
        control.setFocus()  # the button goes away
        _show(control, one.default)
        if isinstance(control, QLineEdit):
            self._tell(one.key, one.default)

    def _offer_reset(self, key: str, value: Value) -> None:
        self._resets[key].setVisible(value != self._declared[key].default)

    def _tell(self, key: str, value: Value) -> None:
        default = self._declared[key].default
        self._offer_reset(key, value)
        if not self._is_telling:
            return
        if isinstance(default, float) and not isinstance(value, str):
            value = round(float(value), 4)
        self.changed.emit(key, value)


class SettingsDialog(Dialog):
    """A form with a title, a button to reset it, and one to close. Changes hold at once."""

    changed = Signal(str, object)  # key, value

    def __init__(
        self,
        title: str,
        declared: Sequence[Declared],
        values: Mapping[str, Value],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("settingsDialog")
        self.setWindowTitle(title)
        self.form = SettingsForm(declared, values)
        self.form.changed.connect(self.changed)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(self.form)
        self.reset_button = text_button("Reset all", "resetSettings")
        self.reset_button.clicked.connect(self.reset)
        close = text_button("Close", "closeSettings")
        close.clicked.connect(self.accept)
        below = QHBoxLayout()
        below.addWidget(self.reset_button)
        below.addStretch()
        below.addWidget(close)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(16, 16, 16, 12)
        self.column.setSpacing(12)
        self.column.addWidget(area, 1)
        self.column.addLayout(below)
        self.resize(620, 640)

    def reset(self) -> None:
        """Set everything to its default."""
        self.form.reset()


def _empty_control(one: Declared) -> QWidget:
    if isinstance(one.default, bool):
        return QCheckBox()
    if one.choices:
        choices = QComboBox()
        choices.addItems(list(one.choices))
        return choices
    if isinstance(one.default, str):
        if not one.is_long:
            return QLineEdit()
        text = QPlainTextEdit()
        text.setFixedHeight(_LONG_TEXT_PX)
        text.setTabChangesFocus(True)
        return text
    if isinstance(one.default, int):
        whole = QSpinBox()
        whole.lineEdit().setTextMargins(*_INSIDE_PX)
        whole.setRange(int(one.least or 0), int(one.most or 1_000_000))
        return whole
    number = QDoubleSpinBox()
    number.lineEdit().setTextMargins(*_INSIDE_PX)
    number.setDecimals(2)
    number.setSingleStep(0.05)
    number.setRange(one.least or 0, one.most or 1_000_000)
    return number


def _show(control: QWidget, value: Value) -> None:
    if isinstance(control, QCheckBox):
        control.setChecked(bool(value))
    elif isinstance(control, QComboBox):
        control.setCurrentText(str(value))
    elif isinstance(control, QPlainTextEdit):
        if control.toPlainText() != value:  # it tells of a change also where there is none
            control.setPlainText(str(value))
    elif isinstance(control, QLineEdit):
        control.setText(str(value))
    elif isinstance(control, QSpinBox):
        control.setValue(int(value))
    elif isinstance(control, QDoubleSpinBox):
        control.setValue(float(value))


def _shown(value: Value) -> str:
    return "empty" if value == "" else str(value)
