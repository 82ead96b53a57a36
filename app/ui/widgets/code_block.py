"""A card of program text inside a message: its language, its actions, the code."""

from __future__ import annotations

import math
from enum import StrEnum
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QWheelEvent
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from app.ui.widgets.code_block_head import CodeBlockHead
from app.ui.widgets.code_view import CodeView
from app.ui.widgets.icons import IconButton
from app.ui.widgets.syntax import language_label
from app.ui.widgets.syntax_badge import SyntaxBadge

_TALLEST_LINES = 400  # longer code scrolls inside its card
_COPIED_MS = 1_500


class CodeAction(StrEnum):
    """What a user may want of a code block besides copying it; the value names its button."""

    PANEL = "toPanel"
    INSERT = "insertBlock"
    SAVE = "saveBlock"
    OPEN = "openBlock"
    KEEP = "keepBlock"
    REPAIR = "repairBlock"


_OFFERED = (
    (CodeAction.REPAIR, "wrench", "Repair: let the model mend the error, in the panel"),
    (CodeAction.INSERT, "insert", "Insert at the panel's cursor, or in place of the selection"),
    (CodeAction.SAVE, "download", "Save as…"),
    (CodeAction.KEEP, "bookmark", "Keep as a snippet"),
    (CodeAction.OPEN, "external", "Open in your editor"),
    (CodeAction.PANEL, "to-panel", "Show this code in the panel"),
)
_WHERE_THEY_FIT = (CodeAction.INSERT, CodeAction.SAVE, CodeAction.KEEP, CodeAction.OPEN)


class CodeBlock(QFrame):
    """Code that grows with `append` and is never rendered again."""

    requested = Signal(CodeAction, str, str)  # what, the text, its language

    def __init__(self, language: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("codeBlock")
        self._line_end = ""
        self._name = QLabel()
        self._name.setProperty("role", "small")
        self.view = _BlockView()
        self.view.syntax_watch.told.connect(self._call)
        self._call(language)
        self.view.set_language(language)
        self._copy = IconButton("copy", "Copy this code", object_name="copyBlock")
        self._copy.clicked.connect(self._copy_text)
        self._buttons: dict[CodeAction, IconButton] = {}
        for action, icon_name, words in _OFFERED:
            button = IconButton(icon_name, words, object_name=action)
            button.clicked.connect(partial(self._request, action))
            self._buttons[action] = button
        self._buttons[CodeAction.REPAIR].hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(0)
        self.badge = SyntaxBadge()
        self.view.syntax_watch.found.connect(self._show_syntax)
        others = [self._buttons[action] for action in _WHERE_THEY_FIT]
        needed = (self._buttons[CodeAction.REPAIR], self._copy, self._buttons[CodeAction.PANEL])
        self.head = CodeBlockHead(self._name, self.badge, others, needed)
        layout.addWidget(self.head)
        layout.addWidget(self.view)
        self.view.fit()

    @property
    def language(self) -> str:
        """Return the word after the fence."""
        return self._language

    def name_editor(self, name: str) -> None:
        """Say which editor code is opened in."""
        words = f"Open in {name or 'your editor'}"
        self._buttons[CodeAction.OPEN].setToolTip(words)
        self._buttons[CodeAction.OPEN].setAccessibleName(words)

    def _call(self, language: str) -> None:
        self._language = language
        name = language_label(language)
        self._name.setText(name)
        self.setAccessibleName(f"{name} code")
        self.view.setAccessibleName(f"{name} code")

    def append(self, text: str) -> None:
        """Add program text."""
        text = self._line_end + text
        # The last line's end waits for a next line, so that no empty line shows below the code.
        self._line_end = "\n" if text.endswith("\n") else ""
        self.view.append_text(text.removesuffix("\n"))
        self.view.fit()

    def finish(self) -> None:
        """Say that the code is whole."""
        self.view.finish()
        self.view.fit()

    def _show_syntax(self) -> None:
        watch = self.view.syntax_watch
        self.badge.show_syntax(watch.syntax)
        self._buttons[CodeAction.REPAIR].setVisible(watch.is_whole and watch.syntax.is_error)
        self.head.fit()

    def _request(self, action: CodeAction) -> None:
        self.requested.emit(action, self.view.text(), self._language)

    def _copy_text(self) -> None:
        QGuiApplication.clipboard().setText(self.view.text())
        self._copy.show_icon("check", role="good")
        self._copy.setToolTip("Copied")
        QTimer.singleShot(_COPIED_MS, self._copy, self._show_copy)

    def _show_copy(self) -> None:
        self._copy.show_icon("copy")
        self._copy.setToolTip("Copy this code")


class _BlockView(CodeView):
    """As tall as its text, up to a limit; the wheel scrolls the conversation."""

    def __init__(self) -> None:
        super().__init__()
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setViewportMargins(12, 10, 12, 8)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._lines = -1
        self.horizontalScrollBar().rangeChanged.connect(lambda: self.fit(again=True))

    def set_size(self, pixels: float) -> None:
        super().set_size(pixels)
        self.fit(again=True)

    def fit(self, *, again: bool = False) -> None:
        lines = min(self.blockCount(), _TALLEST_LINES)
        if lines == self._lines and not again:
            return
        self._lines = lines
        bar = self.horizontalScrollBar()
        extra = bar.sizeHint().height() if bar.maximum() > 0 else 0
        line = self.blockBoundingRect(self.firstVisibleBlock()).height()
        self.setFixedHeight(math.ceil(lines * line) + 18 + extra)
        is_capped = self.blockCount() > _TALLEST_LINES
        policy = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(
            policy.ScrollBarAsNeeded if is_capped else policy.ScrollBarAlwaysOff
        )

    def wheelEvent(self, event: QWheelEvent) -> None:
        is_sideways = abs(event.angleDelta().x()) > abs(event.angleDelta().y())
        if is_sideways or self._lines >= _TALLEST_LINES:
            super().wheelEvent(event)
        else:
            event.ignore()
