"""Hands and eyes of the tests: each control that Qt's accessibility tree knows, a real pointer.

Events go to windows at a place, as a window system sends them: the pointer enters and leaves,
focus moves, what is hidden under it is entered. Nothing is clicked that a person could not reach.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, QThread, QTimer
from PySide6.QtGui import QAccessible, QAccessibleInterface, QCursor, QKeyEvent, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QWidget
from shiboken6 import isValid

_DELETED = Qt.WidgetAttribute.WA_DeleteOnClose
_NONE = Qt.KeyboardModifier.NoModifier
_LEFT, _RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
_Role = QAccessible.Role
OPERABLE = {
    _Role.Button, _Role.CheckBox, _Role.RadioButton, _Role.ComboBox, _Role.EditableText,
    _Role.Link, _Role.ListItem, _Role.MenuItem, _Role.PageTab, _Role.ScrollBar, _Role.Slider,
    _Role.SpinBox, _Role.TreeItem, _Role.ButtonMenu, _Role.ButtonDropDown, _Role.Cell,
}  # fmt: skip
LONGEST_ACT_S = 60.0  # on a machine that is busy with other things
LOOK_AFTER_S = 0.01
_DEEPEST, _MOST_CHILDREN = 40, 60


@dataclass(frozen=True, slots=True)
class Control:
    """Something on the screen that can be used, and where it is on it."""

    role: QAccessible.Role
    name: str
    place: QRect

    def __str__(self) -> str:
        return f"{self.role.name} “{self.name[:60]}” at {self.place.center().toTuple()}"


def front_window() -> QWidget | None:
    """Return the window that gets what one does: a menu or list before a dialog before the rest."""
    front = QApplication.activePopupWidget() or QApplication.activeModalWidget()
    if front is None:
        front = QApplication.activeWindow()
    if front is None or not front.isVisible():
        shown = [one for one in QApplication.topLevelWidgets() if one.isVisible()]
        front = shown[-1] if shown else None
    return front


def controls(window: QWidget) -> list[Control]:
    """Return every control of a window that is in sight and can be used."""
    root = QAccessible.queryAccessibleInterface(window)
    return list(_walk(root, root.rect(), 0)) if root is not None else []


def _walk(node: QAccessibleInterface, sight: QRect, depth: int) -> Iterator[Control]:
    state = node.state()
    if state.invisible or state.disabled or depth > _DEEPEST:
        return
    place = node.rect().intersected(sight)
    if depth and place.isEmpty():
        return
    if node.role() in OPERABLE and min(place.width(), place.height()) > 2:
        yield Control(node.role(), node.text(QAccessible.Text.Name), place)
    for number in range(min(node.childCount(), _MOST_CHILDREN)):
        child = node.child(number)
        if child is not None and child.isValid():
            yield from _walk(child, place, depth + 1)


@dataclass(slots=True)
class Hand:
    """One pointer and one keyboard."""

    window: QWindow | None = field(default=None)

    def point(self, place: QPoint) -> QPoint | None:
        """Move the pointer to a place of the screen; return it in the window there, if any."""
        widget = front_window()
        window = widget.windowHandle() if widget is not None else None
        if widget is None or window is None:
            return None
        QCursor.setPos(place)
        there = widget.mapFromGlobal(place)
        QTest.mouseMove(window, there)
        # What was pointed at may have opened or closed a window.
        is_there = isValid(widget) and widget is front_window()
        self.window = window if is_there and isValid(window) else None
        return there if self.window is not None else None

    def click(self, place: QPoint, button: Qt.MouseButton = _LEFT, *, twice: bool = False) -> None:
        """Point somewhere and click."""
        there = self.point(place)
        if there is None:
            return
        for act in (QTest.mouseClick, QTest.mouseDClick) if twice else (QTest.mouseClick,):
            # What was done may have closed the window.
            if self.window is not None and isValid(self.window) and self.window.isVisible():
                act(self.window, button, _NONE, there)

    def right_click(self, place: QPoint) -> None:
        """Ask for a context menu."""
        self.click(place, _RIGHT)

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = _NONE) -> None:
        """Press a key in the window in front."""
        widget = front_window()
        window = widget.windowHandle() if widget is not None else None
        if window is None:
            return
        # QTest's keys are delivered at once: Alt closes a menu, and one that is deleted on closing
        # would be gone while Qt still delivers. A real key comes through the loop and is safe.
        leaves = isinstance(widget, QMenu) and widget.testAttribute(_DELETED)
        if leaves:
            widget.setAttribute(_DELETED, False)
        QTest.keyPress(window, key, modifiers)
        # The key may have closed the window, and what was deleted takes no release.
        if isValid(window) and window.isVisible():
            QTest.keyRelease(window, key, modifiers)
        if leaves and isValid(widget):
            widget.setAttribute(_DELETED)
            if not widget.isVisible():
                widget.deleteLater()

    def type(self, text: str) -> None:
        """Write."""
        for letter in text:
            widget = front_window()
            window = widget.windowHandle() if widget is not None else None
            if window is None:
                return
            if letter.isascii() and letter.isprintable():
                QTest.keyClick(window, letter)
            else:  # QTest knows the keys of ASCII only
                for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                    QApplication.sendEvent(window, QKeyEvent(kind, 0, _NONE, letter))


async def by_hand(act: Callable[[], None]) -> None:
    """Do something outside of every task: QTest lets events through, which would enter others.

    Returns once it is done, or has opened what has an event loop of its own: the menu of a button
    has one, which ends when the menu is closed.
    """
    thread, done = QThread.currentThread(), asyncio.get_running_loop().create_future()
    began_at: list[int] = []

    def do() -> None:
        began_at.append(thread.loopLevel())
        try:
            act()
        finally:
            if not done.done():
                done.set_result(None)

    QTimer.singleShot(0, do)
    async with asyncio.timeout(LONGEST_ACT_S):
        while not (done.done() or (began_at and thread.loopLevel() > began_at[0])):
            await asyncio.wait({done}, timeout=LOOK_AFTER_S)


@contextmanager
def troubles() -> Iterator[list[str]]:
    """Give the list of everything that is logged as an error while this lasts."""
    found: list[str] = []

    class _Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.append(self.format(record))

    ear = _Ear(logging.ERROR)
    logging.getLogger().addHandler(ear)
    try:
        yield found
    finally:
        logging.getLogger().removeHandler(ear)


def is_of_others(window: QWidget | None) -> bool:
    """Tell whether a window could do harm to the machine that runs the tests."""
    return isinstance(window, QFileDialog)


TEXTS = (
    "Write a Python function that reverses a string.", "/", "x", "def f(a):", "```", "fix it",
    "a\tb", "«name»", "import os", "ü 漢字 😀", "#tag", "0", "-1", "1e9",
)  # fmt: skip
_CTRL, _SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
_ALT = Qt.KeyboardModifier.AltModifier
KEYS = (
    *[(key, _NONE) for key in (
        Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Tab, Qt.Key.Key_Delete, Qt.Key.Key_Up,
        Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown,
        Qt.Key.Key_F1, Qt.Key.Key_F2, Qt.Key.Key_F3, Qt.Key.Key_F7, Qt.Key.Key_F8,
        Qt.Key.Key_Space, Qt.Key.Key_Backspace, Qt.Key.Key_Menu,
    )],
    *[(Qt.Key(ord(letter)), _CTRL) for letter in "NRZBTFHGACXVWSLIEDKJM"],
    *[(Qt.Key(ord(letter)), _CTRL | _SHIFT) for letter in "PRZBCL"],
    (Qt.Key.Key_Up, _ALT), (Qt.Key.Key_Down, _ALT), (Qt.Key.Key_Space, _CTRL),
    (Qt.Key.Key_Comma, _CTRL), (Qt.Key.Key_Period, _CTRL), (Qt.Key.Key_Slash, _CTRL),
    (Qt.Key.Key_Plus, _CTRL), (Qt.Key.Key_Minus, _CTRL), (Qt.Key.Key_0, _CTRL),
    (Qt.Key.Key_Backtab, _SHIFT),
)  # fmt: skip


class Monkey:
    """Does one thing after another, the same for the same seed as far as timing allows."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._hand = Hand()
        self.done: list[str] = []

    def act(self) -> None:
        """Do one thing."""
        window = front_window()
        if window is None:
            return
        if is_of_others(window):
            self._note("leaves a file dialog")
            window.close()
            return
        kinds, weights = ("click", "right", "twice", "type", "key", "away"), (50, 4, 4, 10, 26, 6)
        kind = self._random.choices(kinds, weights)[0]
        if kind == "key":
            key, modifiers = self._random.choice(KEYS)
            self._note(f"key {key.name} {modifiers.name}")
            self._hand.press(key, modifiers)
        elif kind == "type":
            text = self._random.choice(TEXTS)
            self._note(f"types {text!r}")
            self._hand.type(text)
        elif kind == "away":
            place = window.mapToGlobal(QPoint(*self._somewhere(window.rect())))
            self._note(f"points at {place.toTuple()}")
            self._hand.point(place)
        else:
            self._use(kind, controls(window))

    def _use(self, kind: str, found: list[Control]) -> None:
        if not found:
            return
        control = self._random.choice(found)
        self._note(f"{kind} {control}")
        place = control.place.center()
        if kind == "right":
            self._hand.right_click(place)
        else:
            self._hand.click(place, twice=kind == "twice")

    def _somewhere(self, within: QRect) -> tuple[int, int]:
        return (
            self._random.randint(within.left(), within.right()),
            self._random.randint(within.top(), within.bottom()),
        )

    def _note(self, words: str) -> None:
        self.done.append(words)
