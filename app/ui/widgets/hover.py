"""A button that is no longer pointed at must not look as if it were."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QApplication, QWidget


def forget_hover(popup: QWidget) -> None:
    """Tell what the pointer left while `popup` held the mouse that it has left.

    Qt sends it nothing: it would look pointed at until the pointer comes by again.
    """
    QTimer.singleShot(0, popup, _forget)


def _forget() -> None:
    place = QCursor.pos()
    for widget in QApplication.allWidgets():
        is_left = not widget.rect().contains(widget.mapFromGlobal(place))
        if widget.underMouse() and (is_left or not widget.isVisible()):
            QApplication.sendEvent(widget, QEvent(QEvent.Type.Leave))
