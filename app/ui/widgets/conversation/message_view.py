"""The two kinds of messages: what the user said, and an answer as it is being written."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.core.attachments import grouped
from app.core.chats import StoredMessage
from app.core.messages import Role
from app.text.attached import taken_apart, with_attachments
from app.ui.widgets.code.attached_files import SentFiles
from app.ui.widgets.controls.buttons import text_button
from app.ui.widgets.controls.cards import ErrorCard
from app.ui.widgets.conversation.answer_body import AnswerBody
from app.ui.widgets.conversation.code_block import CodeAction, CodeBlock
from app.ui.widgets.conversation.message import MessageView
from app.ui.widgets.conversation.message_actions import FOOT_PX
from app.ui.widgets.conversation.prose_block import ProseBlock
from app.ui.widgets.conversation.reading import Part, Undrawn

_BUBBLE_INDENT = 60
LONGEST_SHOWN = 20_000
"""Characters of a question that are shown at once: a line of 300,000 took 7 s to lay out."""


class UserMessage(MessageView):
    """The user's own words, exactly as typed, in a soft bubble at the right."""

    def __init__(self, message: StoredMessage, parent: QWidget | None = None) -> None:
        super().__init__(message, parent)
        self.setObjectName("userMessage")
        self.setAccessibleName("You said")
        self._words, self._files = taken_apart(message.text)
        self.prose = ProseBlock()
        self.prose.setAccessibleName("You said")
        self._rest = self.words()
        self.prose.set_plain(self._next_part())
        bubble = QFrame()
        bubble.setObjectName("userBubble")
        inside = QVBoxLayout(bubble)
        inside.setContentsMargins(14, 8, 14, 11)  # lines have their air above the letters
        inside.setSpacing(8)
        inside.addWidget(self.prose)
        self.prose.setVisible(bool(self.words().strip()))
        self._inside, self._more = inside, text_button("", "showMoreOfQuestion")
        self._more.setToolTip("Copy copies the whole question")
        self._more.clicked.connect(self._show_more)
        inside.addWidget(self._more)
        self._offer_more()
        if self._files:
            inside.addWidget(SentFiles(grouped(self._files)))
        column = QVBoxLayout(self)
        column.setContentsMargins(_BUBBLE_INDENT, 4, 0, 4)
        column.setSpacing(4)
        column.addWidget(bubble)
        arrows = self._arrows()
        if arrows is not None:
            column.addWidget(arrows)

    def text(self) -> str:
        return self.message.text

    def parts(self) -> list[Part]:
        prose = self.findChildren(ProseBlock)
        shown: list[Part] = [text for text in prose if text.isVisibleTo(self)]
        return [*shown, *([Undrawn(self._rest, self._show_more)] if self._rest else [])]

    def words(self) -> str:
        return self._words

    def with_words(self, words: str) -> str:
        return with_attachments(words, self._files) if self._files else words

    def _next_part(self) -> str:
        text = self._rest
        if len(text) <= LONGEST_SHOWN:
            self._rest = ""
            return text
        at = text.rfind("\n", 0, LONGEST_SHOWN) + 1 or text.rfind(" ", 0, LONGEST_SHOWN) + 1
        at = at or LONGEST_SHOWN
        self._rest = text[at:]
        return text[:at].removesuffix("\n")

    def _show_more(self) -> None:
        part = ProseBlock()
        part.resize(self.prose.size())
        part.set_plain(self._next_part())
        self._inside.insertWidget(self._inside.indexOf(self._more), part)
        self._offer_more()

    def _offer_more(self) -> None:
        words = f"Show more: {len(self._rest):,} characters are not shown"
        self._more.setText(words)
        self._more.setAccessibleName(words)
        self._more.setVisible(bool(self._rest))


class AnswerMessage(MessageView):
    """An answer: prose and code blocks, of which only the last one still changes."""

    code_requested = Signal(CodeAction, str, str, object)  # what, code, language, message's id
    check_requested = Signal(object, str, str, bool)  # see `SyntaxWatch`
    link_activated = Signal(str)
    retry_requested = Signal()
    continue_requested = Signal()

    def __init__(self, message: StoredMessage, parent: QWidget | None = None) -> None:
        super().__init__(message, parent)
        self.setObjectName("answerMessage")
        self.setAccessibleName("Answer")
        self._parts: list[str] = []
        self.body = AnswerBody()
        self.body.code_requested.connect(self._request_code)
        self.body.check_requested.connect(self.check_requested)
        self.body.link_activated.connect(self.link_activated)
        self._activity = QLabel()
        self._activity.setObjectName("activity")
        self._activity.setProperty("role", "small")
        self._activity.hide()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 4, 0, 4)
        self._layout.setSpacing(8)
        self._layout.addWidget(self.body)
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

    def parts(self) -> list[Part]:
        return self.body.parts() if self.body.isVisibleTo(self) else []

    @property
    def is_being_drawn(self) -> bool:
        return self.body.is_busy

    def code_blocks(self) -> list[CodeBlock]:
        return self.findChildren(CodeBlock)

    def begin(self) -> None:
        """Show the writing cursor; text follows."""
        self.body.begin()

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
        self.body.append(text, is_live=is_live)

    def finish(self) -> None:
        """Say that the answer is whole, and take the cursor away."""
        self.body.finish()
        self.show_activity("")

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

    def _request_code(self, action: CodeAction, code: str, language: str) -> None:
        self.code_requested.emit(action, code, language, self.message.id)


def words_of(message: StoredMessage) -> str:
    """Return what the view of a message shows of its text: of a question all but its files."""
    return taken_apart(message.text)[0] if message.role is Role.USER else message.text


def given_up(views: Sequence[QWidget]) -> list[QWidget]:
    """Let nothing more be drawn of these messages; return what their answers are made of."""
    answers = [view for view in views if isinstance(view, AnswerMessage)]
    return [piece for answer in answers for piece in answer.body.give_up()]
