"""A pointer, a wheel and keys that reach a window as a person's do."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

_TURNS = 10  # a layout asks for another, which asks for a repaint, and so on


def turn_around() -> None:
    """Let the event loop go round some times, however little a busy machine does in a moment."""
    for _ in range(_TURNS):
        QTest.qWait(1)


def rest(ms: int) -> None:
    """Wait for so long, and until the event loop has gone round some times."""
    QTest.qWait(ms)
    turn_around()


class Stillness:
    """Tells whether all of a window has stood still for some time; ask it now and then."""

    def __init__(self, window: QWidget) -> None:
        self._window = window
        self._before: list[tuple[object, ...]] = []
        self._count = 0

    def __call__(self) -> bool:
        """Look at the window once more."""
        now = [
            (id(one), one.isVisible(), one.mapTo(self._window, QPoint()), one.size())
            for one in self._window.findChildren(QWidget)
            if one.window() is self._window
        ]
        self._count = self._count + 1 if now == self._before else 0
        self._before = now
        return self._count >= _TURNS


def place_of(widget: QWidget) -> QPoint:
    """Return where the middle of a widget is in its window."""
    return widget.mapTo(widget.window(), widget.rect().center())


def click(widget: QWidget) -> None:
    """Move the pointer to a widget and click, through its window."""
    window = widget.window().windowHandle()
    QTest.mouseMove(window, place_of(widget))
    QTest.mouseClick(window, Qt.MouseButton.LeftButton, pos=place_of(widget))


def press(widget: QWidget, key: Qt.Key, modifier: Qt.KeyboardModifier | None = None) -> None:
    """Press a key in the window of a widget: what has the focus gets it."""
    none = Qt.KeyboardModifier.NoModifier
    QTest.keyClick(widget.window().windowHandle(), key, modifier or none)


def write(widget: QWidget, text: str) -> None:
    """Type text where the focus is."""
    for sign in text:
        focused = widget.window().focusWidget()
        assert focused is not None
        if sign.isascii():
            QTest.keyClicks(focused, sign)
        else:  # which `QTest` has no key for
            none = Qt.KeyboardModifier.NoModifier
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                QApplication.sendEvent(focused, QKeyEvent(kind, Qt.Key.Key_unknown, none, sign))


def turn_wheel(widget: QWidget, steps: int) -> None:
    """Turn the wheel over a widget; down is negative."""
    window = widget.window().windowHandle()
    QTest.mouseMove(window, place_of(widget))
    QTest.wheelEvent(window, QPointF(place_of(widget)), QPoint(0, 120 * steps))
