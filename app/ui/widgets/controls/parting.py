"""How a widget leaves for good, and how a reference to one that may have left is read.

`deleteLater` deletes when the event loop comes round. Until then the widget still speaks: where
something that covered it is hidden, Qt sends it an enter event, and whoever keeps a reference then
keeps one to a widget that is about to go. So a widget that leaves is silenced first.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

_Object = TypeVar("_Object", bound=QObject)
_DELETED_AT_ONCE = 4


def part_with(widget: QWidget) -> None:
    """Take a widget off the screen and delete it. From now on it tells nobody anything."""
    widget.blockSignals(True)  # noqa: FBT003 - Qt's own
    widget.hide()
    widget.deleteLater()


def part_with_all(widgets: Sequence[QWidget], pieces: Sequence[QWidget] = ()) -> None:
    """Part with many, their `pieces` before them.

    A few a turn are deleted: a long chat took a second, an answer of many pieces half of one.
    """
    for widget in widgets:
        widget.blockSignals(True)  # noqa: FBT003 - Qt's own
        widget.hide()
    _delete_some(deque([*pieces, *widgets]))


def _delete_some(waiting: deque[QWidget]) -> None:
    for _ in range(min(_DELETED_AT_ONCE, len(waiting))):
        widget = living(waiting.popleft())
        if widget is not None:
            widget.deleteLater()
    if waiting:
        QTimer.singleShot(0, partial(_delete_some, waiting))


def living(thing: _Object | None) -> _Object | None:
    """Return what a kept reference stands for, None where Qt has deleted it."""
    return thing if thing is not None and isValid(thing) else None
