"""What a person reads stands still on the screen while older messages are still being built."""

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from said import said

from app.core.messages import Role
from app.ui.widgets.conversation.conversation import Conversation
from app.ui.widgets.conversation.prose_block import ProseBlock

ANSWER = "\n\n".join(
    [
        "Some words of prose that wrap more than once. " * 12,
        "```python\n" + "x = 1\n" * 12 + "```",
        "- one\n- two\n- three",
        "| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 8,
        "More words. " * 30,
    ]
    * 3
)
TURNS = [
    turn
    for n in range(8)
    for turn in (
        said(Role.USER, f"Question {n} " * 20, 2 * n),
        said(Role.ASSISTANT, ANSWER, 2 * n + 1),
    )
]
TOLERANCE_PX = 2


class Eye(QObject):
    """Remembers where a block stood in the view each time that it was painted."""

    def __init__(self, view, block):
        super().__init__(view)
        self.view, self.block, self.seen = view, block, []
        block.viewport().installEventFilter(self)

    @property
    def y(self):
        return self.block.mapTo(self.view, QPoint(0, 0)).y()

    def eventFilter(self, watched, event):
        if event.type() is QEvent.Type.Paint:
            self.seen.append(self.y)
        return False


def wheel_up(view, notches):
    place = QPointF(view.viewport().rect().center())
    event = QWheelEvent(
        place,
        view.viewport().mapToGlobal(place),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view.viewport(), event)


def reopened(qtbot):
    """Return a chat of which the end is shown and older messages are being built."""
    view = Conversation()
    qtbot.addWidget(view)
    view.resize(900, 600)
    view.show()
    qtbot.waitExposed(view)
    view.load(TURNS)
    qtbot.waitUntil(lambda: view.verticalScrollBar().value() > 600)
    assert len(view.messages()) < len(TURNS) - 6
    return view


def in_sight(view):
    blocks = view.findChildren(ProseBlock)
    return next(b for b in blocks if not b.visibleRegion().isEmpty() and b.toPlainText())


def test_text_stands_still_while_older_messages_are_built(qtbot, qapp):
    view = reopened(qtbot)
    wheel_up(view, 2)
    eye = Eye(view, in_sight(view))
    began = eye.y
    between = []  # where it stood after each slice

    def is_built():
        between.append(eye.y)
        eye.block.viewport().update()
        qapp.processEvents()
        return len(view.messages()) == len(TURNS) and not view.messages()[1].body.is_busy

    qtbot.waitUntil(is_built)
    qtbot.wait(50)
    assert len(eye.seen) > 5
    assert max(abs(y - began) for y in (*eye.seen, *between, eye.y)) <= TOLERANCE_PX


def test_text_stands_still_though_the_view_is_scrolled_again_meanwhile(qtbot, qapp):
    view = reopened(qtbot)
    for _ in range(3):
        wheel_up(view, 1)
        block = in_sight(view)
        began = block.mapTo(view, QPoint(0, 0)).y()
        for _ in range(3):
            qapp.processEvents()
            assert abs(block.mapTo(view, QPoint(0, 0)).y() - began) <= TOLERANCE_PX


def test_whoever_is_at_the_end_stays_there_while_older_messages_are_built(qtbot):
    view = reopened(qtbot)
    bar = view.verticalScrollBar()
    qtbot.waitUntil(lambda: len(view.messages()) == len(TURNS))
    qtbot.wait(50)
    assert bar.value() == bar.maximum()
