"""The strip below the code: its language, whether it parses, where the cursor is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from app.core.commands import CHANGE_LANGUAGE, REPAIR
from app.core.syntax import UNKNOWN, Syntax, SyntaxState
from app.ui.widgets.controls.buttons import text_button
from app.ui.widgets.controls.elided import Elided
from app.ui.widgets.controls.keys import tooltip
from app.ui.widgets.panel.encoding_menu import EncodingButton

_LEFT_PX, _SPACING = 8, 12
_LEAST_PX = 90
"""Room that is never taken from short words; longer ones are cut."""
_SHORTER = ("added", "place", "encoding", "status", "place", "place", "added", "added")
"""What says less, step by step, where there is little room: the least needed first."""


class CodeFoot(QFrame):
    """Says what the shown tab is."""

    error_chosen = Signal()
    repair_requested = Signal()
    language_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("codePanelFoot")
        self.setMinimumHeight(30)
        self._language = text_button("", "codeLanguage", tooltip(CHANGE_LANGUAGE), role="link")
        self._language.setAccessibleName("Language of the code")
        self._language.clicked.connect(self.language_wanted)
        self.status = _Status()
        self.status.clicked.connect(self.error_chosen)
        self.repair = text_button("Fix", "repairCode", tooltip(REPAIR), role="link")
        self.repair.clicked.connect(self.repair_requested)
        self.repair.hide()
        self._place = Elided()
        self._place.setObjectName("codePlace")
        self._place.setAccessibleName("Position in the code")
        self.encoding = EncodingButton()
        self._has_encoding = False
        self._added: list[tuple[QWidget, Callable[[int], None]]] = []
        self._places: tuple[str, ...] = ("",)
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(_LEFT_PX, 0, _SPACING, 0)
        row.setSpacing(_SPACING)
        row.addWidget(self._language)
        row.addWidget(self.status)
        row.addWidget(self.repair)
        row.addWidget(self._place)
        row.addWidget(self.encoding)
        row.addStretch()

    def add(self, widget: QWidget, shorten: Callable[[int], None]) -> None:
        """Show one more thing, at the right, where there is room.

        `shorten` makes it say all with 0, less with 1 and least with 2.
        """
        self._row.addWidget(widget)
        self._added.append((widget, shorten))

    def show_place(self, language: str, line: int, column: int, line_end: str) -> None:
        """Show the language, where the cursor is (from 1), and what lines end in."""
        self._language.setText(language)
        self._language.setAccessibleName(f"Language of the code: {language}")
        self._language.show()
        place = f"Ln {line}, Col {column}"
        self._places = (f"{place}     {line_end}", place, f"{line}:{column}", "")
        self._has_encoding = True
        self._fit()

    def say(self, text: str) -> None:
        """Say something in the place of the position, until that changes."""
        self._places = (text,)
        self._fit()

    def show_syntax(self, syntax: Syntax, *, can_repair: bool = False) -> None:
        """Show whether the code parses, or its first error."""
        self.status.show_syntax(syntax)
        self.repair.setVisible(can_repair and syntax.is_error)
        self._fit()

    def clear(self) -> None:
        """No code is shown."""
        self._language.hide()
        self._has_encoding = False
        self._places = ("",)
        self.show_syntax(UNKNOWN)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()  # fitting itself changes the height, which would fit it for ever

    def minimumSizeHint(self) -> QSize:
        return QSize(_LEAST_PX, super().minimumSizeHint().height())

    def _fit(self) -> None:
        """Say less where not all fits, what matters least first. All stands on one baseline."""
        height = self._language.sizeHint().height()
        for label in self.findChildren(QLabel):
            label.setFixedHeight(height)  # what is centred in another height is off by a pixel
        for count in range(len(_SHORTER) + 1):
            self._shorten(_SHORTER[:count])
            if self._needed() <= self.width():
                break
        self._row.invalidate()
        self._row.activate()

    def _shorten(self, gone: Sequence[str]) -> None:
        self._place.setText(self._places[min(gone.count("place"), len(self._places) - 1)])
        self._place.setVisible(bool(self._place.text()))
        is_sentence = len(self._places) == 1  # a position is short, and shown whole or not at all
        self._place.setMinimumWidth(0 if is_sentence else self._place.sizeHint().width())
        self.encoding.setVisible(self._has_encoding and "encoding" not in gone)
        self.status.set_short(is_short="status" in gone)
        for widget, shorten in self._added:
            shorten(gone.count("added"))
            widget.setVisible(gone.count("added") <= 2)

    def _needed(self) -> int:
        shown = [widget for widget in self._widgets() if not widget.isHidden()]
        widths = [self._least(widget) for widget in shown]
        return _LEFT_PX + sum(widths) + len(widths) * _SPACING

    def _least(self, widget: QWidget) -> int:
        """Return the width that a widget must have: long sentences are elided."""
        width = widget.sizeHint().width()
        if widget is self.status or (widget is self._place and len(self._places) == 1):
            return min(width, _LEAST_PX)
        return width

    def _widgets(self) -> list[QWidget]:
        own = (self._language, self.status, self.repair, self._place, self.encoding)
        return [*own, *(widget for widget, _ in self._added)]


class _Status(QPushButton):
    """`parses`, or the first error with its line; a click goes there."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("syntaxStatus")
        self.setProperty("role", "link")
        self.setAccessibleName("Syntax check")
        self.setToolTip("Syntax check")
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._words = ""
        self._is_short = False
        self.hide()

    def show_syntax(self, syntax: Syntax) -> None:
        self._words, tone = words_of(syntax)
        self.setVisible(bool(self._words))
        self.setEnabled(syntax.is_error)
        self.setAccessibleName(self._words.removeprefix("✓ ") or "Syntax check")
        tip = f"{self._words}. Click to go there." if syntax.is_error else "Syntax check"
        self.setToolTip(tip)
        self.setProperty("tone", tone)
        self.style().unpolish(self)
        self.style().polish(self)
        self._fit()
        self.updateGeometry()

    def words(self) -> str:
        """Return what it says, also what there is no room for."""
        return self._words

    def set_short(self, *, is_short: bool) -> None:
        """Show the mark of what parses without the word."""
        if is_short != self._is_short:
            self._is_short = is_short
            self._fit()
            self.updateGeometry()

    def _shown(self) -> str:
        is_mark = self._is_short and self._words.startswith("✓")
        return "✓" if is_mark else self._words

    def sizeHint(self) -> QSize:
        width = self.fontMetrics().horizontalAdvance(self._shown()) + 12
        return QSize(width, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(min(_LEAST_PX, self.sizeHint().width()), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        from_edge = 8
        room = max(self.width() - from_edge, 0)
        mode = Qt.TextElideMode.ElideRight
        self.setText(self.fontMetrics().elidedText(self._shown(), mode, room))


def words_of(syntax: Syntax) -> tuple[str, str]:
    """Return what to say of a finding, and its tone in the style sheet."""
    match syntax.state:
        case SyntaxState.PARSES:
            return "✓ parses", "good"
        case SyntaxState.ERROR:
            return f"Line {syntax.line}: {syntax.message}", "error"
        case _:
            return syntax.message, ""
