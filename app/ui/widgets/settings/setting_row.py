"""One setting as a row: what it is called and does at the left, its control at the right."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.core.settings import Declared, Value
from app.ui.widgets.look.icons import IconButton
from app.ui.widgets.settings.setting_controls import control_for


class SettingRow(QWidget):
    """Tells what the user changes; shows a way back where the value is not the default."""

    changed = Signal(str, object)  # key, value
    reset_requested = Signal(str)  # key

    def __init__(self, declared: Declared, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.declared = declared
        self.value: Value = declared.default
        self.control = control_for(declared, self._tell, self)
        self._reset = self._make_reset()
        label = QLabel(declared.label, self)
        label.setProperty("role", "label")
        label.setBuddy(self.control.field)
        effect = QLabel(declared.effect, self)
        effect.setProperty("role", "small")
        effect.setWordWrap(True)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(label)
        words.addWidget(effect)
        self._upper = upper = QHBoxLayout()
        upper.setSpacing(8)
        upper.addLayout(words, 1)
        upper.addWidget(self._reset, 0, Qt.AlignmentFlag.AlignVCenter)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 10, 0, 10)
        column.setSpacing(8)
        column.addLayout(upper)
        self._is_narrow: bool | None = None  # in no layout yet
        self.fit(is_narrow=False)
        self.show_value(declared.default)

    def fit(self, *, is_narrow: bool) -> None:
        """Put the control below the words where there is no room beside them."""
        is_narrow = is_narrow or self.control.is_wide
        if is_narrow == self._is_narrow:
            return
        self._is_narrow = is_narrow
        widget = self.control.widget
        self._upper.removeWidget(widget)
        self._column.removeWidget(widget)
        if is_narrow:
            left = Qt.AlignmentFlag(0) if self.control.is_wide else Qt.AlignmentFlag.AlignLeft
            self._column.addWidget(widget, 0, left)
        else:
            self._upper.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)

    def show_value(self, value: Value) -> None:
        """Show a value that holds already: nothing is told."""
        self.value = value
        self.control.show(value)
        self._offer_reset()

    def focus(self) -> None:
        """Let the user write here."""
        self.control.field.setFocus()

    def holds(self, words: list[str]) -> bool:
        """Tell whether all these words, in small letters, stand somewhere in the setting."""
        one = self.declared
        texts = (one.label, one.effect, one.section, one.card, one.unit, *one.choice_words, one.key)
        text = " ".join(texts).casefold()
        return all(word in text for word in words)

    def _make_reset(self) -> IconButton:
        one = self.declared
        words = f"Reset {one.label} to {one.shown(one.default)}"
        button = IconButton("refresh", words, object_name=f"reset-{one.key}", parent=self)
        button.hide()
        keeps = button.sizePolicy()
        keeps.setRetainSizeWhenHidden(True)
        button.setSizePolicy(keeps)
        button.clicked.connect(lambda: self.reset_requested.emit(one.key))
        return button

    def _offer_reset(self) -> None:
        if self._reset.hasFocus():
            self.focus()  # the button goes away
        is_offered = self.value != self.declared.default
        if is_offered == self._reset.isHidden():
            self._reset.setVisible(is_offered)

    def _tell(self, value: Value) -> None:
        if value != self.value:
            self.value = value
            self._offer_reset()
            self.changed.emit(self.declared.key, value)
