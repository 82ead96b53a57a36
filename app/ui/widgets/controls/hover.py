"""What moved away from under a resting pointer must not look pointed at any more."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer
from PySide6.QtGui import QCursor, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

_AFTER_MS = 120


class HoverAfterScroll(QObject):
    """Tells widgets that scrolled away that the pointer has left them, once scrolling rests.

    Qt tells them only when the pointer moves: a button that was pointed at while an answer streams
    stays lit on its way up.
    """

    def __init__(self, area: QWidget) -> None:
        super().__init__(area)
        self._area = area
        self._timer = QTimer(self, singleShot=True, interval=_AFTER_MS)
        self._timer.timeout.connect(self._look)

    def scrolled(self) -> None:
        """Call it at each step of scrolling."""
        if not self._timer.isActive():
            self._timer.start()

    def _look(self) -> None:
        window, place = self._area.window(), QCursor.pos()
        handle = window.windowHandle()
        is_over = self._area.isVisible() and self._area.rect().contains(
            self._area.mapFromGlobal(place)
        )
        if handle is None or not is_over or QApplication.activePopupWidget() is not None:
            return
        if QApplication.mouseButtons() is not Qt.MouseButton.NoButton:
            return  # something is being dragged or selected
        none = Qt.MouseButton.NoButton
        moved = QMouseEvent(
            QEvent.Type.MouseMove,
            QPointF(window.mapFromGlobal(place)),
            QPointF(place),
            none,
            none,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(handle, moved)
