"""The two kinds of messages: what the user said, and an answer as it is being written."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.ui.widgets.attachments import SentFiles
from app.ui.widgets.buttons import text_button
from app.ui.widgets.cards import ErrorCard
from app.ui.widgets.code_block import CodeAction, CodeBlock
from app.ui.widgets.markdown_blocks import (
    BlockEvent,
    BlockSplitter,
    CodeEnd,
    CodeStart,
    CodeText,
    ProseText,
    frozen_length,
)
from app.ui.widgets.message import MessageView, Turn
from app.ui.widgets.message_actions import FOOT_PX
from app.ui.widgets.parting import part_with
from app.ui.widgets.prose_block import ProseBlock
from app.ui.widgets.writing_cursor import WritingCursor

_BUBBLE_INDENT = 60
LONGEST_SHOWN = 300_000
"""Characters of a message that are shown at first: a million would hold the window up for 1 s."""


class UserMessage(MessageView):
    """The user's own words, exactly as typed, in a soft bubble at the right."""

    def __init__(self, turn: Turn, parent: QWidget | None = None) -> None:
        super().__init__(turn, parent)
        self.setObjectName("userMessage")
        self.setAccessibleName("You said")
        self.prose = ProseBlock()
        self.prose.setAccessibleName("You said")
        words = self.words()
        hidden = len(words) - LONGEST_SHOWN
        more = f"\n… {hidden:,} more characters; Copy copies them all." if hidden > 0 else ""
        self.prose.set_plain(words[:LONGEST_SHOWN] + more)
        bubble = QFrame()
        bubble.setObjectName("userBubble")
        inside = QVBoxLayout(bubble)
        inside.setContentsMargins(14, 8, 14, 11)  # lines have their air above the letters
        inside.setSpacing(8)
        inside.addWidget(self.prose)
        self.prose.setVisible(bool(words.strip()))
        if turn.files:
            inside.addWidget(SentFiles(turn.files))
        column = QVBoxLayout(self)
        column.setContentsMargins(_BUBBLE_INDENT, 4, 0, 4)
        column.setSpacing(4)
        column.addWidget(bubble)
        arrows = self._arrows()
        if arrows is not None:
            column.addWidget(arrows)

    def text(self) -> str:
        return self.turn.text


class AnswerMessage(MessageView):
    """An answer: prose and code blocks, of which only the last one still changes."""

    code_requested = Signal(CodeAction, str, str, object)  # what, code, language, message's id
    check_requested = Signal(object, str, str, bool)  # see `SyntaxWatch`
    link_activated = Signal(str)
    retry_requested = Signal()
    continue_requested = Signal()

    def __init__(self, turn: Turn, parent: QWidget | None = None) -> None:
        super().__init__(turn, parent)
        self.setObjectName("answerMessage")
        self.setAccessibleName("Answer")
        self.editor_name = ""
        self._parts: list[str] = []
        self._limit, self._fed = LONGEST_SHOWN, 0
        self._more: QPushButton | None = None
        self._splitter = BlockSplitter()
        self._prose_text = ""
        self._prose: ProseBlock | None = None
        self._code: CodeBlock | None = None
        self._cursor = WritingCursor(self)
        self._activity = QLabel()
        self._activity.setObjectName("activity")
        self._activity.setProperty("role", "small")
        self._activity.hide()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 4, 0, 4)
        self._layout.setSpacing(8)
        self._layout.addWidget(self._activity)
        self._foot = QWidget()
        self._foot.setObjectName("messageFoot")
        self._foot.setMinimumHeight(FOOT_PX)
        row = QHBoxLayout(self._foot)
        row.setContentsMargins(0, 0, 0, 0)
        arrows = self._arrows()
        if arrows is not None:
            row.addWidget(arrows)
        self._layout.addWidget(self._foot)

    def text(self) -> str:
        """Return the answer's Markdown so far."""
        return "".join(self._parts)

    def code_blocks(self) -> list[CodeBlock]:
        return self.findChildren(CodeBlock)

    def begin(self) -> None:
        """Show the writing cursor; text follows."""
        self._cursor.follow(self._live_prose())

    def show_activity(self, text: str) -> None:
        """Say what happens before the first text; an empty string says nothing."""
        self._activity.setText(text)
        self._activity.setVisible(bool(text))

    def append(self, text: str, *, is_live: bool = True) -> None:
        """Add text; call it once per flush, not once per token."""
        if not text:
            return
        self._parts.append(text)
        self.show_activity("")
        room = self._limit - self._fed
        self._fed += min(len(text), max(room, 0))
        self._take(self._splitter.feed(text[: max(room, 0)]))
        if is_live:
            self._move_cursor()

    def _show_more(self) -> None:
        """Show the next part of an answer that is too long to be shown at once."""
        text, start = self.text(), self._fed
        self._limit += LONGEST_SHOWN
        self._fed = min(len(text), self._limit)
        self._take(self._splitter.feed(text[start : self._fed]))
        self.finish()

    def finish(self) -> None:
        """Freeze the last block and take the cursor away."""
        hidden = sum(map(len, self._parts)) - self._fed
        if not hidden:
            self._take(self._splitter.finish())
        self._freeze_prose()
        self._cursor.hide()
        self.show_activity("")
        self._offer_more(hidden)

    def _offer_more(self, hidden: int) -> None:
        if self._more is not None:
            part_with(self._more)
            self._more = None
        if hidden > 0:
            words = f"Show more: {hidden:,} characters are not shown"
            self._more = text_button(words, "showMore", "Copy copies the whole answer")
            self._more.clicked.connect(self._show_more)
            self._layout.insertWidget(self._layout.indexOf(self._foot), self._more)

    def show_note(self, text: str, *, can_continue: bool = False) -> None:
        """Show one small line under the answer, and offer to go on where that is possible."""
        words = QLabel(text)
        words.setObjectName("answerNote")
        words.setProperty("role", "small")
        words.setWordWrap(True)
        note = QWidget()
        row = QHBoxLayout(note)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(words, 1)
        if can_continue:
            go_on = QPushButton("Continue")
            go_on.setObjectName("continueAnswer")
            go_on.setAccessibleName("Continue this answer")
            go_on.setToolTip("Let the model continue this answer")
            go_on.clicked.connect(self.continue_requested)
            row.addWidget(go_on)
        self._layout.insertWidget(self._layout.indexOf(self._foot), note)

    def show_error(self, message: str, hint: str, *, can_retry: bool) -> None:
        """Show what ended the answer too early."""
        card = ErrorCard(message, hint, can_retry=can_retry)
        card.retry_requested.connect(self.retry_requested)
        self._layout.insertWidget(self._layout.indexOf(self._foot), card)

    def _take(self, events: list[BlockEvent]) -> None:
        for event in events:
            match event:
                case ProseText(text):
                    self._prose_text += text
                case CodeStart(language):
                    self._freeze_prose()
                    self._start_code(language)
                case CodeText(text):
                    if self._code is not None:
                        self._code.append(text)
                case CodeEnd():
                    if self._code is not None:
                        self._code.finish()
                    self._code = None
        if self._prose_text.strip():
            self._render_prose()

    def _render_prose(self) -> None:
        while cut := frozen_length(self._prose_text):
            self._live_prose().set_markdown(self._prose_text[:cut])
            self._prose_text, self._prose = self._prose_text[cut:], None
        self._live_prose().set_markdown(self._prose_text)

    def _freeze_prose(self) -> None:
        if self._prose_text.strip():
            self._render_prose()
        elif self._prose is not None:
            self._cursor.setParent(self)  # else it would go with the block
            part_with(self._prose)
        self._prose_text, self._prose = "", None

    def _live_prose(self) -> ProseBlock:
        if self._prose is None:
            self._prose = ProseBlock()
            self._prose.setAccessibleName("Answer")
            self._prose.link_activated.connect(self.link_activated)
            self._add(self._prose)
        return self._prose

    def _start_code(self, language: str) -> None:
        self._code = CodeBlock(language)
        self._code.name_editor(self.editor_name)
        self._code.requested.connect(self._request_code)
        self._code.view.syntax_watch.wanted.connect(self.check_requested)
        self._add(self._code)

    def _request_code(self, action: CodeAction, code: str, language: str) -> None:
        self.code_requested.emit(action, code, language, self.turn.message_id)

    def _add(self, block: QWidget) -> None:
        self._layout.insertWidget(self._layout.indexOf(self._activity), block)

    def _move_cursor(self) -> None:
        self._cursor.follow(self._code.view if self._code is not None else self._live_prose())
