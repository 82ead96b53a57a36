"""The code panel's part for suggestions: which editor shows one, and what is said of it below."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QTextBlock
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QWidget

from app.core.commands import (
    ACCEPT_LINE,
    ACCEPT_SUGGESTION,
    ACCEPT_WORD,
    NEXT_SUGGESTION,
    PREVIOUS_SUGGESTION,
    SUGGEST,
    TOGGLE_SUGGESTIONS,
)
from app.core.places import Place
from app.text.utf16 import cut
from app.ui.widgets.code.code_editor import CodeEditor
from app.ui.widgets.code.ghost_text import Part
from app.ui.widgets.controls.buttons import text_button
from app.ui.widgets.controls.commands import Offer
from app.ui.widgets.controls.keys import shown_keys, tooltip
from app.ui.widgets.controls.plain_text import from_qt
from app.ui.widgets.look.icons import IconButton

LINES_BEFORE, LINES_AFTER = 256, 40
"""How far around the cursor a suggestion looks; what is behind it is read anew for each key."""
_GRID = 64  # lines by which the beginning moves on, so that a model can keep what it has read
_MOST_CHARACTERS = 32_000
_IDLE = "Suggest"


class Suggestions(QObject):
    """Asks for suggestions and shows them; follows the editor that the panel shows.

    `typed` tells what was written at the cursor since `place`, `left` that anything else happened
    there, `written` that the user wrote where nobody waited for it.
    """

    requested = Signal()
    typed = Signal(str)
    left = Signal()
    written = Signal()
    walked = Signal(int)
    refused = Signal()
    pause_toggled = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._editor: CodeEditor | None = None
        self._name = ""
        self.foot = QWidget()
        self.button = text_button(_IDLE, "infill", role="link")
        self.button.setAccessibleName(SUGGEST.words)
        self.button.setToolTip(tooltip(SUGGEST))
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the cursor in the code
        self.button.clicked.connect(self.requested)
        self.is_while_typing: Callable[[], bool] = bool
        """Whether suggestions come while one types; asked when the menu opens."""
        self.when = IconButton("chevron-down", "When to suggest", object_name="suggestWhen")
        self.when.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.when.clicked.connect(self._open_menu)
        self.state = QLabel()
        self.state.setObjectName("infillStatus")
        self.state.setAccessibleName("Suggestion")
        self.shorten(0)
        row = QHBoxLayout(self.foot)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.state)
        row.addWidget(self.button)
        row.addWidget(self.when)
        self.note = QLabel()
        self.note.setObjectName("infillNote")
        self.note.setAccessibleName("About the suggestion")
        self.note.setWordWrap(True)
        self.note.setContentsMargins(12, 8, 12, 8)
        self.note.hide()
        self.commands = self._make_commands()

    # --- what the panel says -------------------------------------------------------------

    def shorten(self, steps: int) -> None:
        """Leave out the keys, which the tooltip names, then the menu, whose acts are commands."""
        self.button.setText(_IDLE if steps else f"{_IDLE}  {shown_keys(SUGGEST)}")
        self.when.setVisible(steps < 2)

    def attach(self, editor: CodeEditor) -> None:
        """Listen to an editor of the panel."""
        ghost = editor.ghost
        for signal, told in (
            (ghost.left, self.left),
            (ghost.written, self.written),
            (ghost.refused, self.refused),
        ):
            signal.connect(told)
        ghost.typed.connect(self.typed)
        ghost.walked.connect(self.walked)

    def use(self, editor: CodeEditor | None, name: str = "") -> None:
        """Follow the editor that is shown now."""
        if self._editor is not None and self._editor is not editor:
            self._editor.ghost.leave()
        self._editor, self._name = editor, name
        self.button.setEnabled(editor is not None)

    # --- what the presenter says ---------------------------------------------------------

    def place(self) -> Place | None:
        """Return the text around the cursor and tell from now on what is done there.

        None where there is no cursor to write at.
        """
        editor = self._editor
        if editor is None or editor.isReadOnly() or not editor.isVisible():
            return None
        if editor.textCursor().hasSelection():
            return None
        editor.ghost.watch()
        return place_in(editor, self._name)

    def show_suggestion(self, text: str) -> None:
        """Show this text at the cursor."""
        if self._editor is None:
            return
        is_new = bool(text) and not self._editor.ghost.text
        self._editor.ghost.show(text)
        if is_new and QAccessible.isActive():  # who does not see it hears its first line
            words = f"Suggestion: {text.strip().partition(chr(10))[0]}"
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._editor, words))

    def clear_suggestion(self) -> None:
        """Show none, and wait for nothing at the cursor."""
        if self._editor is not None:
            self._editor.ghost.clear()

    def show_state(self, words: str, more: str = "") -> None:
        """Say in a word or two how it goes; `more` for who wants to know."""
        self.state.setText(words)
        self.state.setToolTip(more)

    def show_note(self, text: str) -> None:
        """Say in a sentence what stands in the way; empty says nothing."""
        if text != self.note.text():
            self.note.setText(text)
            self.note.setVisible(bool(text))

    def _open_menu(self) -> None:
        menu = QMenu(self.foot)
        menu.setObjectName("suggestMenu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Suggest now").triggered.connect(self.requested)
        typing = menu.addAction("Suggest while typing")
        typing.setCheckable(True)
        typing.setChecked(self.is_while_typing())
        typing.triggered.connect(self.pause_toggled)
        menu.popup(self.when.mapToGlobal(QPoint(0, 0)) - QPoint(0, menu.sizeHint().height()))

    def _make_commands(self) -> list[Offer]:
        bound = partial(Offer, is_bound=True)
        return [
            Offer(SUGGEST, self.requested.emit),
            bound(ACCEPT_SUGGESTION, partial(self._take, Part.ALL)),
            bound(ACCEPT_WORD, partial(self._take, Part.WORD)),
            bound(ACCEPT_LINE, partial(self._take, Part.LINE)),
            bound(NEXT_SUGGESTION, partial(self.walked.emit, 1)),
            bound(PREVIOUS_SUGGESTION, partial(self.walked.emit, -1)),
            Offer(TOGGLE_SUGGESTIONS, self.pause_toggled.emit),
        ]

    def _take(self, part: Part) -> None:
        if self._editor is not None:
            self._editor.ghost.accept(part)


def place_in(editor: CodeEditor, name: str) -> Place:
    """Return the lines around an editor's cursor, as many as a suggestion looks at."""
    cursor = editor.textCursor()
    block, column = cursor.block(), cursor.positionInBlock()
    before, after = map(from_qt, cut(block.text(), column))
    number, last = block.blockNumber(), editor.blockCount() - 1
    first = max(number - LINES_BEFORE, 0) // _GRID * _GRID
    above = _texts(editor.document().findBlockByNumber(first), number - first)
    while sum(map(len, above)) > _MOST_CHARACTERS and above:
        del above[:_GRID]
    below = _texts(block.next(), min(LINES_AFTER, last - number))
    while sum(map(len, below)) > _MOST_CHARACTERS and below:
        del below[len(below) // 2 :]
    return Place(
        before="\n".join([*above, before])[-_MOST_CHARACTERS:],
        after="\n".join([after, *below])[:_MOST_CHARACTERS],
        name=name,
        lines_before=number - len(above),
        lines_after=last - number - len(below),
    )


def _texts(block: QTextBlock, count: int) -> list[str]:
    texts = []
    for _ in range(count):
        texts.append(from_qt(block.text()))
        block = block.next()
    return texts
