"""A card of program text inside a message: its language, its actions, the code."""

from __future__ import annotations

import math
from enum import StrEnum
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QWheelEvent
from PySide6.QtWidgets import QFrame, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.ui.widgets.code.code_view import CodeView
from app.ui.widgets.code.syntax_badge import SyntaxBadge
from app.ui.widgets.code.token_kinds import language_label
from app.ui.widgets.controls.buttons import text_button
from app.ui.widgets.controls.elided import Elided
from app.ui.widgets.controls.parting import part_with
from app.ui.widgets.conversation.code_block_head import CodeBlockHead
from app.ui.widgets.conversation.reading import Part, Undrawn
from app.ui.widgets.look.icons import IconButton

_TALLEST_LINES = 400  # longer code scrolls inside its card
_COPIED_MS = 1_500
_MOST_LINES = 2_000
_MOST_CHARACTERS = 100_000
"""What of a text is shown at first: the layout of so much takes some 20 ms."""


class CodeAction(StrEnum):
    """What a user may want of a code block besides copying it; the value names its button."""

    PANEL = "toPanel"
    INSERT = "insertBlock"
    SAVE = "saveBlock"
    OPEN = "openBlock"
    KEEP = "keepBlock"
    REPAIR = "repairBlock"


_OFFERED = (
    (CodeAction.REPAIR, "wrench", "Fix with the model, in the panel"),
    (CodeAction.INSERT, "insert", "Insert at the panel's cursor, or in place of the selection"),
    (CodeAction.SAVE, "download", "Save as…"),
    (CodeAction.KEEP, "bookmark", "Save as a snippet"),
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
        # Else all blocks of an answer are squeezed and stretched again whenever it grows.
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._line_end = ""
        self._name = Elided()
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
        self._more: QPushButton | None = None
        self._column = layout
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
        self._offer_more()

    def parts(self) -> list[Part]:
        """Return what is read of the code: what is shown, and what waits to be."""
        hidden = self.view.hidden_text
        return [self.view, *([Undrawn(hidden, self._show_more)] if hidden else [])]

    def finish(self) -> None:
        """Say that the code is whole."""
        self.view.finish()
        self.view.fit()

    def _offer_more(self) -> None:
        hidden = self.view.hidden_lines
        if hidden and self._more is None:
            self._more = text_button("", "showMoreCode", "Copy and Save include all of it")
            self._more.clicked.connect(self._show_more)
            self._column.addWidget(self._more)
        elif not hidden and self._more is not None:
            part_with(self._more)
            self._more = None
        if self._more is not None:
            lines = "line is" if hidden == 1 else "lines are"
            self._more.setText(f"Show more: {hidden:,} {lines} not shown")
            self._more.setAccessibleName(self._more.text())

    def _show_more(self) -> None:
        self.view.show_more()
        self.view.fit()
        self._offer_more()

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


class _Room:
    """How much more text is shown."""

    def __init__(self, lines: int, characters: int) -> None:
        self._lines, self._characters = lines, characters

    def divide(self, text: str) -> tuple[str, str]:
        """Return what of more text is shown, and what is not."""
        at = len(text)
        if len(text) > self._characters:
            newline = text.rfind("\n", 0, self._characters)
            at = newline if newline >= 0 else self._characters
        if text.count("\n", 0, at) > self._lines:
            at = -1
            for _ in range(self._lines + 1):
                at = text.find("\n", at + 1)
        self._lines -= text.count("\n", 0, at)
        self._characters -= at
        return text[:at], text[at:]


class _BlockView(CodeView):
    """As tall as its text, up to a limit; the wheel scrolls the conversation.

    Of a very long text the beginning is shown, and more of it when that is asked for.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setViewportMargins(12, 10, 12, 8)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._lines = -1
        self._room = _Room(_MOST_LINES, _MOST_CHARACTERS)
        self._hidden: list[str] = []
        self.hidden_lines = 0
        self.horizontalScrollBar().rangeChanged.connect(lambda: self.fit(again=True))

    def set_size(self, pixels: float) -> None:
        super().set_size(pixels)
        self.fit(again=True)

    def text(self) -> str:
        return super().text() + self.hidden_text

    @property
    def hidden_text(self) -> str:
        """Return what is not shown yet."""
        return "".join(self._hidden)

    @property
    def is_cut(self) -> bool:
        return bool(self._hidden) or super().is_cut

    def append_text(self, text: str) -> None:
        shown, hidden = ("", text) if self._hidden else self._room.divide(text)
        if shown:
            super().append_text(shown)
        if hidden:
            self._hidden.append(hidden)
            self.hidden_lines += hidden.count("\n") + (len(self._hidden) == 1)

    def show_more(self) -> None:
        """Show the next part of what is hidden."""
        text = self.hidden_text
        self._hidden, self.hidden_lines = [], 0
        self._room = _Room(_MOST_LINES, _MOST_CHARACTERS)
        self.append_text(text)
        self.finish()

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
