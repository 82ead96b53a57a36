"""Settings as cards of rows, made of their declarations. Each change is told at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from app.core.settings import Declared, Value
from app.ui.widgets.look.fonts import scaled
from app.ui.widgets.settings.setting_row import SettingRow

WIDEST_PX = 844
_GAP_PX = 14
_NARROW_PX = 400


class SettingsForm(QWidget):
    """What is reset can be undone: `undo_offered` says what was reset, and how it comes back."""

    changed = Signal(str, object)  # key, value
    undo_offered = Signal(str, object)  # what was done, a function that undoes it

    def __init__(self, declared: Sequence[Declared], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "page")
        self.setMaximumWidth(WIDEST_PX)
        self.rows: dict[str, SettingRow] = {}
        self._cards: list[tuple[_Card, str]] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(_GAP_PX)
        for section, title in dict.fromkeys((one.section, one.card) for one in declared):
            inside = [one for one in declared if (one.section, one.card) == (section, title)]
            card = _Card(title, inside, self)
            self._cards.append((card, section))
            self.rows |= card.rows
            column.addWidget(card)
        column.addStretch()
        for row in self.rows.values():
            row.changed.connect(self.changed)
            row.reset_requested.connect(self._reset_one)

    def fit(self, width: int) -> None:
        """Fit so many pixels: where they are few, controls stand below the words."""
        for row in self.rows.values():
            row.fit(is_narrow=width < scaled(_NARROW_PX))

    def values(self) -> dict[str, Value]:
        """Return what is shown."""
        return {key: row.value for key, row in self.rows.items()}

    def show_values(self, values: Mapping[str, Value]) -> None:
        """Show values that hold already: nothing is told."""
        for key, value in values.items():
            if key in self.rows:
                self.rows[key].show_value(value)

    def change(self, values: Mapping[str, Value]) -> None:
        """Show values, and tell those that were others before."""
        before = self.values()
        self.show_values(values)
        for key, value in values.items():
            if before[key] != value:
                self.changed.emit(key, value)

    def reset(self) -> None:
        """Set everything to its default, and offer undo."""
        before = self.values()
        self.change({key: row.declared.default for key, row in self.rows.items()})
        if before != self.values():
            self.undo_offered.emit("All settings were reset.", self._undo(before))

    def show_only(self, section: str = "", words: str = "") -> set[str]:
        """Show one section, or what a search finds in all; return the sections that are shown."""
        wanted = words.casefold().split()
        shown = set()
        for card, its_section in self._cards:
            is_hit = card.show_only(wanted) and (bool(wanted) or its_section == section)
            _show(card, is_shown=is_hit)
            if is_hit:
                shown.add(its_section)
        return shown

    def _reset_one(self, key: str) -> None:
        row = self.rows[key]
        before = {key: row.value}
        self.change({key: row.declared.default})
        self.undo_offered.emit(f"{row.declared.label} was reset.", self._undo(before))

    def _undo(self, before: Mapping[str, Value]) -> Callable[[], None]:
        return lambda: self.change(before)


class _Card(QFrame):
    """Some settings that belong together, with lines between them.

    Everything is made with its parent: each later change of parents styles all that is below anew,
    which came to a quarter of a second.
    """

    def __init__(self, title: str, declared: Sequence[Declared], parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.rows: dict[str, SettingRow] = {}
        self._lines: list[QFrame] = []
        heading = QLabel(title, self)
        heading.setProperty("role", "strong")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 6)
        column.setSpacing(0)
        column.addWidget(heading)
        for one in declared:
            line = QFrame(self)
            line.setProperty("role", "hairline")
            line.setFixedHeight(1)
            column.addWidget(line)
            self._lines.append(line)
            self.rows[one.key] = SettingRow(one, self)
            column.addWidget(self.rows[one.key])
        self.show_only([])

    def show_only(self, words: list[str]) -> bool:
        """Show the rows that hold these words; return whether there are any."""
        is_first = True
        for row, line in zip(self.rows.values(), self._lines, strict=True):
            is_hit = row.holds(words)
            _show(row, is_shown=is_hit)
            _show(line, is_shown=is_hit and not is_first)
            is_first = is_first and not is_hit
        return not is_first


def _show(widget: QWidget, *, is_shown: bool) -> None:
    """Show or hide a widget of a layout; showing one that was never hidden costs a millisecond."""
    if not is_shown or widget.testAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide):
        widget.setVisible(is_shown)
