"""Finds words in the open chat: marks them where they stand, and goes from one to the next.

All of the chat is searched, also what is not drawn yet; that is drawn when one goes there.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from itertools import groupby

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QTextEdit

from app.core.commands import LEAVE, NEXT_MATCH, PREVIOUS_MATCH
from app.ui.widgets.code.code_view import CodeView
from app.ui.widgets.controls.keys import tooltip
from app.ui.widgets.controls.parting import living
from app.ui.widgets.controls.search_field import SearchField
from app.ui.widgets.conversation.conversation import Conversation
from app.ui.widgets.conversation.reading import Place, Spoken, Undrawn, places
from app.ui.widgets.look.icons import IconButton
from app.ui.widgets.look.palette import colours, is_theme_change

MOST_FOUND = 10_000
MOST_MARKED = 1_000
"""In one text."""
_LOOK_AGAIN_MS = 300
"""How often it is looked whether the chat has grown."""
_ON_THE_WAY_MS = 150
"""The same while a place is waited for."""
_SLICE_S = 0.012


class FindInChat(QFrame):
    """Finds as one types; Enter goes on, Shift+Enter back, Esc closes."""

    closed = Signal()

    def __init__(self, chat: Conversation) -> None:
        super().__init__()
        self.setObjectName("findInChat")
        self._chat = chat
        self._found: list[Place] = []  # last to first: what is found later stands before
        self._gathered = self._found
        self._at = -1
        self._current: Place | None = None
        self._known: dict[object, tuple[Spoken, list[Place]]] = {}
        self._spoken = 0
        self._is_on_the_way = False  # to a place that is not drawn yet
        self._steps: Iterator[None] = iter(())
        self._slices = QTimer(self, interval=0)
        self._slices.timeout.connect(self._step)
        self.wanted = _Field("Find in this chat")
        self.wanted.setObjectName("findInChatText")
        self.wanted.textChanged.connect(self.search)
        self.count = QLabel()
        self.count.setObjectName("findInChatCount")
        self.count.setProperty("role", "small")
        before = IconButton(
            "chevron-left", tooltip(PREVIOUS_MATCH, "Previous"), object_name="findBefore"
        )
        after = IconButton("chevron-right", tooltip(NEXT_MATCH, "Next"), object_name="findAfter")
        close = IconButton("close", tooltip(LEAVE), object_name="closeFindInChat")
        before.clicked.connect(lambda: self.go(-1))
        after.clicked.connect(lambda: self.go(1))
        close.clicked.connect(self.leave)
        row = QHBoxLayout(self)
        row.setContentsMargins(28, 6, 12, 6)
        row.setSpacing(8)
        row.addWidget(self.wanted, 1)
        for widget in (self.count, before, after, close):
            row.addWidget(widget)
        self._timer = QTimer(self, interval=_LOOK_AGAIN_MS)
        self._timer.timeout.connect(self._look_again)
        self.hide()

    def open(self) -> None:
        """Begin to search."""
        self.show()
        self.wanted.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.wanted.selectAll()
        self._timer.start()
        self.search()

    def leave(self) -> None:
        """Close, and take the marks away."""
        had_focus = self.isAncestorOf(self.focusWidget()) if self.focusWidget() else False
        self._timer.stop()
        self._unmark()
        self.hide()
        if had_focus:
            self.closed.emit()

    def search(self) -> None:
        """Mark what is wanted, and go to the last of it: where one reads a chat."""
        self._begin(is_anew=True)

    def go(self, step: int) -> None:
        """Go to the next place, or the one before, around the ends."""
        if self._found:
            self._go_to((self._at - step) % len(self._found))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F3):
            is_back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self.go(-1 if is_back else 1)
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if is_theme_change(event) and self.isVisible():
            for _, its in self._known.values():
                for _ in self._mark(its):
                    pass

    def _begin(self, *, is_anew: bool) -> None:
        if is_anew:
            self._unmark()
        # What was found before stays until all is found again.
        self._gathered = self._found if is_anew else []
        self._steps = self._find()
        self._step()

    def _step(self) -> None:
        """Find on for a while."""
        until = time.thread_time() + _SLICE_S
        for _ in self._steps:
            if time.thread_time() > until:
                self._slices.start()
                break
        else:
            self._slices.stop()
            if self._gathered is not self._found:
                self._settle()
        self._tell()

    def _find(self) -> Iterator[None]:
        wanted, spoken = self.wanted.text(), self._chat.spoken()
        self._forget_others(spoken)
        for one in reversed(spoken) if wanted else ():
            known = self._known.get(one.id)
            its: list[Place] = [] if known is None else known[1]
            if known is None:
                for some in places(one, wanted):
                    its += some
                    yield
                self._known[one.id] = (one, its)
                yield from self._mark(its)
            self._gathered += reversed(its)
            del self._gathered[MOST_FOUND:]
            if self._at < 0 and self._found:
                self._go_to(0)
            if len(self._gathered) == MOST_FOUND:
                return
            yield

    def _settle(self) -> None:
        """Take what was found again for what was found before, and stay where one was."""
        self._found, self._at = self._gathered, -1
        was = self._current
        near = [
            (abs(place.number - was.number), at)
            for at, place in enumerate(self._found)
            if was is not None and place.message_id == was.message_id
        ]
        if near:
            self._go_to(min(near)[1], is_moving=self._is_on_the_way)
        elif self._found:
            self._go_to(0, is_moving=was is None)

    def _look_again(self) -> None:
        if self._slices.isActive() or not self.wanted.text():
            return
        if (
            self._is_on_the_way
            and self._current
            and self._chat.is_waiting(self._current.message_id)
        ):
            return  # drawing up to there takes the time that there is
        spoken = self._chat.spoken()
        known = [self._known.get(one.id) for one in spoken]
        changed = [
            k is None or not k[0].may_stand_for(one) for one, k in zip(spoken, known, strict=True)
        ]
        is_full = len(self._found) >= MOST_FOUND
        if any(changed[-1:]) or (any(changed) and not is_full) or len(spoken) != self._spoken:
            self._begin(is_anew=False)
        elif self._is_on_the_way:
            self._show()

    def _forget_others(self, spoken: Sequence[Spoken]) -> None:
        """Keep what was found in messages that stand as they stood."""
        self._spoken = len(spoken)
        now = {one.id: one for one in spoken}
        for message_id, (one, its) in list(self._known.items()):
            if not one.may_stand_for(now.get(message_id)):
                _take_marks(its)
                del self._known[message_id]

    # --- the place one is at -------------------------------------------------------------

    def _go_to(self, at: int, *, is_moving: bool = True) -> None:
        before, self._at = self._current, at
        self._current = self._found[at]
        for place in (before, self._current):
            if place is not None and place.message_id in self._known:
                its = self._known[place.message_id][1]
                for _ in self._mark([one for one in its if one.part is place.part]):
                    pass
        if is_moving:
            self._show()
        self._tell()

    def _show(self) -> None:
        """Bring the place one is at into sight; where it is not drawn yet, let it be drawn."""
        place = self._current
        self._is_on_the_way = place is not None and isinstance(place.part, Undrawn)
        self._timer.setInterval(_ON_THE_WAY_MS if self._is_on_the_way else _LOOK_AGAIN_MS)
        if place is None:
            return
        if isinstance(place.part, Undrawn):
            place.part.draw()
        elif place.cursor is not None and living(place.part) is not None:
            if isinstance(place.part, CodeView):
                there = QTextCursor(place.cursor)
                # What is selected would stay when it is left.
                there.setPosition(place.cursor.selectionStart())
                place.part.setTextCursor(there)  # long code scrolls inside its card
            centre = place.part.cursorRect(place.cursor).center()
            self._chat.look_at(place.part.viewport(), centre)

    def _tell(self) -> None:
        count = len(self._found)
        most = "+" if count >= MOST_FOUND else ""
        none = "No results" if self.wanted.text() and not self._slices.isActive() else ""
        self.count.setText(f"{count - self._at:,} of {count:,}{most}" if count else none)

    def _mark(self, its: Sequence[Place]) -> Iterator[None]:
        """Mark places, a text at a time."""
        formats = _format(colours().warning_soft), _format(colours().accent)
        formats[1].setForeground(QColor(colours().surface))
        for part, in_part in groupby(its, lambda place: place.part):
            if isinstance(part, Undrawn) or living(part) is None:
                continue
            marks: list[QTextEdit.ExtraSelection] = []
            for place in in_part:
                is_current = place is self._current
                if place.cursor is not None and (is_current or len(marks) < MOST_MARKED):
                    mark = QTextEdit.ExtraSelection()
                    mark.cursor, mark.format = place.cursor, formats[is_current]
                    marks.append(mark)
            part.setExtraSelections(marks)
            yield

    def _unmark(self) -> None:
        self._slices.stop()
        for _, its in self._known.values():
            _take_marks(its)
        self._known.clear()
        self._found, self._at, self._current = [], -1, None
        self._is_on_the_way = False


class _Field(SearchField):
    """Leaves Enter and Esc to the bar."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            event.ignore()
        else:
            super().keyPressEvent(event)


def _take_marks(its: Sequence[Place]) -> None:
    for part, _ in groupby(its, lambda place: place.part):
        if not isinstance(part, Undrawn) and living(part) is not None:
            part.setExtraSelections([])


def _format(colour: str) -> QTextCharFormat:
    form = QTextCharFormat()
    form.setBackground(QColor(colour))
    return form
