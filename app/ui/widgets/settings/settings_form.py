"""Settings as cards of rows, made of their declarations. Each change is told at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from app.core.settings import Declared, Value
from app.ui.widgets.look.fonts import scaled
from app.ui.widgets.settings.setting_row import SettingRow

WIDEST_PX = 844
_GAP_PX = 14
_NARROW_PX = 400
_SLICE_S = 0.006


class SettingsForm(QWidget):
    """What is reset can be undone: `undo_offered` says what was reset, and how it comes back."""

    changed = Signal(str, object)  # key, value
    undo_offered = Signal(str, object)  # what was done, a function that undoes it

    def __init__(self, declared: Sequence[Declared], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "page")
        self.setMaximumWidth(WIDEST_PX)
        self._declared = declared
        self._rows: dict[str, SettingRow] = {}
        self._cards: list[tuple[_Card, str]] = []
        self._values: dict[str, Value] = {}
        self._is_narrow = False
        self._section: str | None = None  # all
        self._wanted: list[str] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(_GAP_PX)
        self._column.addStretch()
        self._steps = self._build()
        self._slices = QTimer(self, interval=0)
        self._slices.timeout.connect(self._build_on)
        self._slices.start()

    @property
    def rows(self) -> dict[str, SettingRow]:
        """Return the row of each setting. Those that were not made yet are made now."""
        self._make_all()
        return self._rows

    def fit(self, width: int) -> None:
        """Fit so many pixels: where they are few, controls stand below the words."""
        self._is_narrow = width < scaled(_NARROW_PX)
        for row in self._rows.values():
            row.fit(is_narrow=self._is_narrow)

    def values(self) -> dict[str, Value]:
        """Return what is shown."""
        return {key: row.value for key, row in self.rows.items()}

    def show_values(self, values: Mapping[str, Value]) -> None:
        """Show values that hold already: nothing is told."""
        self._values |= values
        for key, value in values.items():
            if key in self._rows:
                self._rows[key].show_value(value)

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
        self._section, self._wanted = section, words.casefold().split()
        if self._wanted:
            self._make_all()
        while not self._has_all_of(section):
            next(self._steps)
        return {its for card, its in self._cards if self._show_if_wanted(card, its)}

    def _show_if_wanted(self, card: _Card, its_section: str) -> bool:
        is_hit = card.show_only(self._wanted)
        is_its = self._section in (its_section, None)
        is_hit = is_hit and (bool(self._wanted) or is_its)
        _show(card, is_shown=is_hit)
        return is_hit

    # --- rows are made some at a time: all of them take a tenth of a second ---------------

    def _build(self) -> Iterator[None]:
        for section, title in dict.fromkeys((one.section, one.card) for one in self._declared):
            card = _Card(title, self)
            card.hide()
            self._cards.append((card, section))
            self._column.insertWidget(self._column.count() - 1, card)
            for one in self._declared:
                if (one.section, one.card) == (section, title):
                    self._add(card.add(one))
                    yield
            self._show_if_wanted(card, section)
            yield
        self._slices.stop()

    def _add(self, row: SettingRow) -> None:
        key = row.declared.key
        self._rows[key] = row
        row.fit(is_narrow=self._is_narrow)
        if key in self._values:
            row.show_value(self._values[key])
        row.changed.connect(self.changed)
        row.reset_requested.connect(self._reset_one)

    def _make_all(self) -> None:
        for _ in self._steps:
            pass

    def _build_on(self) -> None:
        until = time.thread_time() + _SLICE_S
        for _ in self._steps:
            if time.thread_time() > until:
                break

    def _has_all_of(self, section: str) -> bool:
        wanted = {one.key for one in self._declared if one.section == section}
        return wanted <= self._rows.keys()

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

    def __init__(self, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.rows: dict[str, SettingRow] = {}
        self._lines: list[QFrame] = []
        heading = QLabel(title, self)
        heading.setProperty("role", "strong")
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 6)
        column.setSpacing(0)
        column.addWidget(heading)

    def add(self, one: Declared) -> SettingRow:
        """Make the row of another setting."""
        line = QFrame(self)
        line.setProperty("role", "hairline")
        line.setFixedHeight(1)
        self._column.addWidget(line)
        self._lines.append(line)
        row = self.rows[one.key] = SettingRow(one, self)
        self._column.addWidget(row)
        return row

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
