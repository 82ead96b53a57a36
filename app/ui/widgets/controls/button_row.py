"""Buttons in a row, or in two where there is little room."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QWidget

_GAP_PX = 8
_Direction = QBoxLayout.Direction


class ButtonRow(QWidget):
    """Two groups of buttons: at the left and at the right, or both in the middle.

    Where they do not fit beside each other the second stands below the first.
    """

    def __init__(
        self, first: Sequence[QWidget], second: Sequence[QWidget], *, is_centred: bool = False
    ) -> None:
        super().__init__()
        self._groups = [_group(first), _group(second)]
        self._row = row = QBoxLayout(_Direction.LeftToRight, self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(_GAP_PX)
        sides = Qt.AlignmentFlag
        places = (sides.AlignRight, sides.AlignLeft) if is_centred else (sides.AlignLeft,) * 2
        for group, place in zip(self._groups, places, strict=True):
            row.addLayout(group, 1 if is_centred else 0)
            row.setAlignment(group, place)
        if not is_centred:
            row.insertStretch(1, 1)
        self._is_centred = is_centred

    def minimumSizeHint(self) -> QSize:
        widest = max(group.sizeHint().width() for group in self._groups)
        return QSize(widest, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        needed = sum(group.sizeHint().width() + _GAP_PX for group in self._groups)
        is_narrow = needed > self.width()
        self._row.setDirection(_Direction.TopToBottom if is_narrow else _Direction.LeftToRight)
        if self._is_centred:
            middle, sides = Qt.AlignmentFlag.AlignHCenter, Qt.AlignmentFlag
            for group, side in zip(self._groups, (sides.AlignRight, sides.AlignLeft), strict=True):
                self._row.setAlignment(group, middle if is_narrow else side)


def _group(buttons: Sequence[QWidget]) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(_GAP_PX)
    for button in buttons:
        row.addWidget(button)
    return row
