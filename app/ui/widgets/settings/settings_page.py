"""The settings of the program as a page: sections at the left, their cards beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.core.commands import FIND, LEAVE
from app.core.errors import AppError
from app.core.settings import Declared, Value
from app.ui.widgets.controls.buttons import text_button
from app.ui.widgets.controls.cards import NoticePlace
from app.ui.widgets.controls.keys import tooltip
from app.ui.widgets.controls.questions import ask_reset
from app.ui.widgets.controls.search_field import SearchField
from app.ui.widgets.controls.undo_bar import UndoBar
from app.ui.widgets.look.fonts import scaled
from app.ui.widgets.look.icons import IconButton
from app.ui.widgets.look.palette import is_theme_change
from app.ui.widgets.settings.settings_form import SettingsForm

HEAD_PX = 52
_SECTIONS_PX = 192
_ROW_PX = 30
_SEARCH_PX = 240


class SettingsPage(QFrame):
    """Changes hold at once. Esc, or the button in its head, asks to leave."""

    changed = Signal(str, object)  # key, value
    left = Signal()

    def __init__(self, declared: Sequence[Declared], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("settingsPage")
        self.setAccessibleName("Settings")
        self._area = QScrollArea(self)
        self._inside = QWidget(self._area.viewport())
        self.form = SettingsForm(declared, self._inside)
        self.form.changed.connect(self.changed)
        self.undo_bar = UndoBar()
        self.form.undo_offered.connect(self.undo_bar.offer)
        self.sections = _section_list(declared)
        self.sections.currentRowChanged.connect(self._go_to_section)
        self.sections.itemClicked.connect(lambda: self._go_to_section(self.sections.currentRow()))
        self.search = SearchField("Search settings")
        self.search.setObjectName("settingsSearch")
        self.search.setToolTip(tooltip(FIND, "Search settings"))
        self.search.textChanged.connect(self._on_search)
        self.search.went_down.connect(self._enter_found)
        self._nothing = QLabel()
        self._nothing.setObjectName("settingsNothing")
        self._nothing.setProperty("role", "muted")
        self._nothing.hide()
        self._lay_out()
        self.sections.setCurrentRow(0)

    def show_values(self, values: Mapping[str, Value]) -> None:
        """Show values that hold already."""
        self.form.show_values(values)

    def show_problem(self, error: AppError) -> None:
        """Say what went wrong, until something else does or the page is opened again."""
        self._problem.show(str(error))

    def open(self) -> None:
        """Begin anew: nothing is searched, nothing went wrong yet."""
        self._problem.clear()
        self.search.clear()
        self.sections.setFocus()

    def offer_undo(self, text: str, undo: Callable[[], None]) -> None:
        """Say what was done and offer to undo it."""
        self.undo_bar.offer(text, undo)

    def event(self, event: QEvent) -> bool:
        # The code panel and the conversation may have the same keys; they are out of sight here.
        is_override = event.type() is QEvent.Type.ShortcutOverride
        if isinstance(event, QKeyEvent) and is_override and _is_find(event):
            event.accept()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif _is_find(event):
            self.search.setFocus()
            self.search.selectAll()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if is_theme_change(event):
            self._fit()

    def _fit(self) -> None:
        self.sections.setFixedWidth(min(scaled(_SECTIONS_PX), max(self.width() // 4, 110)))
        self.search.setFixedWidth(min(scaled(_SEARCH_PX), max(self.width() // 3, 120)))
        self.form.fit(self.width() - self.sections.width())
        for row in range(self.sections.count()):
            self.sections.item(row).setSizeHint(QSize(0, scaled(_ROW_PX)))

    def _go_to_section(self, row: int) -> None:
        if row < 0:
            return
        if self.search.text():
            self.search.clear()  # which shows the section
        self._show_found()
        self._area.verticalScrollBar().setValue(0)

    def _on_search(self, text: str) -> None:
        if text.strip():
            self.sections.clearSelection()
        else:
            self.sections.setCurrentRow(max(self.sections.currentRow(), 0))
            self.sections.item(self.sections.currentRow()).setSelected(True)
        self._show_found()

    def _show_found(self) -> None:
        words = self.search.text().strip()
        item = self.sections.currentItem()
        found = self.form.show_only(item.text() if item is not None else "", words)
        self._nothing.setText(f"No results for “{words}”")
        self._nothing.setVisible(not found)
        self.form.setVisible(bool(found))

    def _enter_found(self) -> None:
        row = next((row for row in self.form.rows.values() if row.isVisible()), None)
        if row is not None:
            row.focus()

    def _lay_out(self) -> None:
        inside = self._inside
        inside.setProperty("role", "page")
        cards = QVBoxLayout(inside)
        cards.setContentsMargins(28, 24, 28, 24)
        cards.addWidget(self._nothing)
        cards.addWidget(self.form)
        cards.addStretch()
        self._area.setObjectName("settingsArea")
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidget(inside)
        line = QFrame()
        line.setProperty("role", "hairline")
        line.setFixedWidth(1)
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(self._area, 1)
        right.addWidget(self.undo_bar)
        self._problem = NoticePlace(right, row=0)
        body = QHBoxLayout()
        body.setSpacing(0)
        body.addWidget(self.sections)
        body.addWidget(line)
        body.addLayout(right, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._make_head())
        column.addLayout(body, 1)

    def _make_head(self) -> QFrame:
        title = QLabel("Settings")
        title.setProperty("role", "heading")
        reset = text_button("Reset all…", "resetSettings", "Set every setting to its default")
        reset.clicked.connect(self._ask_reset)
        close = IconButton("close", tooltip(LEAVE, "Close settings"), object_name="closeSettings")
        close.clicked.connect(self.left)
        head = QFrame()
        head.setObjectName("topBar")
        head.setMinimumHeight(HEAD_PX)
        row = QHBoxLayout(head)
        row.setContentsMargins(20, 6, 16, 6)
        row.setSpacing(8)
        row.addWidget(title)
        row.addStretch()
        row.addWidget(self.search)
        row.addWidget(reset)
        row.addWidget(close)
        return head

    def _ask_reset(self) -> None:
        ask_reset(self, "Reset all settings to their defaults?", self.form.reset)


def _is_find(event: QKeyEvent) -> bool:
    return event.matches(QKeySequence.StandardKey.Find)


def _section_list(declared: Sequence[Declared]) -> QListWidget:
    sections = QListWidget()
    sections.setObjectName("settingsSections")
    sections.setAccessibleName("Sections")
    sections.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    for name in dict.fromkeys(one.section for one in declared):
        item = QListWidgetItem(name)
        sections.addItem(item)
    return sections
