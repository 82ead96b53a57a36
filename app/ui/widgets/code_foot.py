"""The strip below the code: its language, whether it parses, where the cursor is."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from app.core.syntax import UNKNOWN, Syntax, SyntaxState
from app.ui.widgets.buttons import text_button
from app.ui.widgets.encoding_menu import EncodingButton

_SPACING = 12
_LEAST_PX = 90
"""Room that is never taken from short words; longer ones are cut."""


class CodeFoot(QFrame):
    """Says what the shown tab is."""

    error_chosen = Signal()
    repair_requested = Signal()
    language_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("codePanelFoot")
        self.setMinimumHeight(30)
        self._language = text_button(
            "", "codeLanguage", "Set the language (Ctrl+Shift+L)", role="link"
        )
        self._language.setAccessibleName("Language of the code")
        self._language.clicked.connect(self.language_wanted)
        self.status = _Status()
        self.status.clicked.connect(self.error_chosen)
        self.repair = text_button(
            "Fix", "repairCode", "Fix with the model (Ctrl+Shift+R)", role="link"
        )
        self.repair.clicked.connect(self.repair_requested)
        self.repair.hide()
        self._place = QLabel()
        self._place.setObjectName("codePlace")
        self._place.setAccessibleName("Position in the code")
        self.encoding = EncodingButton()
        self._has_encoding = False
        self._added: list[QWidget] = []
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, _SPACING, 0)
        row.setSpacing(_SPACING)
        row.addWidget(self._language)
        row.addWidget(self.status)
        row.addWidget(self.repair)
        row.addWidget(self._place)
        row.addWidget(self.encoding)
        row.addStretch()

    def add(self, widget: QWidget) -> None:
        """Show one more thing, at the right, where there is room."""
        self._row.addWidget(widget)
        self._added.append(widget)

    def show_place(self, language: str, line: int, column: int, line_end: str) -> None:
        """Show the language, where the cursor is (from 1), and what lines end in."""
        self._language.setText(language)
        self._language.setAccessibleName(f"Language of the code: {language}")
        self._language.show()
        self._place.setText(f"Ln {line}, Col {column}     {line_end}")
        self._has_encoding = True
        self._fit()

    def say(self, text: str) -> None:
        """Say something in the place of the position, until that changes."""
        self._place.setText(text)
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
        self._place.setText("")
        self.show_syntax(UNKNOWN)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Leave out what there is no room for: the position first. All stands on one baseline."""
        height = self._language.sizeHint().height()
        for label in self.findChildren(QLabel):
            label.setFixedHeight(height)  # what is centred in another height is off by a pixel
        room = self.width() - _SPACING
        for widget in (self._language, self.status, self.repair):
            if not widget.isHidden():
                room -= widget.minimumSizeHint().width() + _SPACING
        for extra in (*self._added, self.encoding, self._place):
            needed = extra.sizeHint().width() + _SPACING
            is_wanted = extra is not self.encoding or self._has_encoding
            extra.setVisible(is_wanted and needed <= room)
            room -= needed if is_wanted else 0


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

    def sizeHint(self) -> QSize:
        width = self.fontMetrics().horizontalAdvance(self._words) + 12
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
        self.setText(self.fontMetrics().elidedText(self._words, mode, room))


def words_of(syntax: Syntax) -> tuple[str, str]:
    """Return what to say of a finding, and its tone in the style sheet."""
    match syntax.state:
        case SyntaxState.PARSES:
            return "✓ parses", "good"
        case SyntaxState.ERROR:
            return f"Line {syntax.line}: {syntax.message}", "error"
        case _:
            return syntax.message, ""
