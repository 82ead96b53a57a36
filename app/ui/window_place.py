"""Where the window stands: kept when it closes, and found again on the screens there are then.

All places are of the window without its frame. Qt's `move` places the frame instead, so a window
that is moved to where it was goes down by a title bar at each start.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QMargins, QRect, QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from app.store.window_state import WindowState

PREFERRED = QSize(1440, 900)
TITLE_BAR_PX = 40
"""Room for the frame of a window that was never shown."""


def screens() -> list[QRect]:
    """Return what of each screen a window may take, the primary one first."""
    primary = QGuiApplication.primaryScreen()
    others = [screen for screen in QGuiApplication.screens() if screen is not primary]
    return [screen.availableGeometry() for screen in [primary, *others]]


def frame_of(window: QWidget) -> QMargins:
    """Return how far the window manager's frame reaches around a window that is shown."""
    inner, outer = window.geometry(), window.frameGeometry()
    return QMargins(
        inner.left() - outer.left(),
        inner.top() - outer.top(),
        outer.right() - inner.right(),
        outer.bottom() - inner.bottom(),
    )


def begin_on_screen(window: QWidget) -> None:
    """Let a window that was never placed be as large as it should, where the screen has room."""
    room = screens()[0].size() - QSize(0, TITLE_BAR_PX)
    window.resize(PREFERRED.boundedTo(room))


def place_of(window: QWidget) -> WindowState:
    """Return where the window stands, or would if it filled no screen."""
    is_normal = window.windowState() in (Qt.WindowState.WindowNoState, Qt.WindowState.WindowActive)
    place, frame = window.geometry() if is_normal else window.normalGeometry(), frame_of(window)
    return WindowState(
        width=place.width(),
        height=place.height(),
        x=place.x(),
        y=place.y(),
        frame_left=frame.left(),
        frame_top=frame.top(),
        frame_right=frame.right(),
        frame_bottom=frame.bottom(),
        is_maximized=window.isMaximized(),
    )


def put_back(window: QWidget, state: WindowState) -> None:
    """Let a window that is not shown yet stand where it stood."""
    if state.width > 0 and state.height > 0:
        place = QRect(state.x or 0, state.y or 0, state.width, state.height)
        frame = QMargins(state.frame_left, state.frame_top, state.frame_right, state.frame_bottom)
        window.setGeometry(on_screen(place, frame, screens()))
    if state.is_maximized:
        window.setWindowState(Qt.WindowState.WindowMaximized)


def on_screen(place: QRect, frame: QMargins, available: Sequence[QRect]) -> QRect:
    """Return a place as near to `place` as the screens allow: all of it seen, frame included.

    The screen is the one that holds most of it, the first where none holds any.
    """
    outer = place.marginsAdded(frame)
    screen = max(available, key=lambda one: _area(one.intersected(outer)))
    outer.setSize(outer.size().boundedTo(screen.size()))
    outer.moveLeft(min(max(outer.left(), screen.left()), screen.right() - outer.width() + 1))
    outer.moveTop(min(max(outer.top(), screen.top()), screen.bottom() - outer.height() + 1))
    return outer.marginsRemoved(frame)


def _area(rectangle: QRect) -> int:
    return 0 if rectangle.isEmpty() else rectangle.width() * rectangle.height()
