"""Keeps what a person reads where it is on the screen while what stands above it grows.

What is read is told by the piece of a message at the top of the view. Each time that it moves on
the page, the view is scrolled by as much, inside the layout that moved it: nothing is painted
between. Adding up how much the page grew comes a turn late, and counts what grew below.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint
from PySide6.QtWidgets import QScrollArea, QWidget

from app.ui.widgets.controls.parting import living

_PROBES_PX = (1, 20, 40, 80, 160, 320)
"""How far below the top a piece is sought: between messages there is nothing."""


class StillPlace(QObject):
    """The place of one scroll area; `column` holds what is read there."""

    def __init__(self, area: QScrollArea, page: QWidget, column: QWidget) -> None:
        super().__init__(area)
        self._area = area
        self._page = page
        self._column = column
        self._piece: QWidget | None = None
        self._watched: list[QWidget] = []
        self._y = 0  # of the piece, below the top of the view
        self._is_keeping = False

    @property
    def is_keeping(self) -> bool:
        """Tell whether the view is being scrolled by this, and not by a person."""
        return self._is_keeping

    def note(self) -> None:
        """What is in sight now is what is read."""
        self.forget()
        bar = self._area.verticalScrollBar()
        x = self._column.width() // 2
        probes = (QPoint(x, bar.value() + px - self._column.y()) for px in _PROBES_PX)
        found = (self._column.childAt(probe) for probe in probes)
        piece = self._piece = next((one for one in found if one is not None), None)
        if piece is None:
            return
        self._y = self._place_of(piece)
        while piece is not None and piece is not self._page:
            piece.installEventFilter(self)
            self._watched.append(piece)
            piece = piece.parentWidget()

    def forget(self) -> None:
        """Nothing is read, or the end is followed."""
        for widget in filter(None, map(living, self._watched)):
            widget.removeEventFilter(self)
        self._watched, self._piece = [], None

    def keep(self) -> None:
        """Scroll to where what is read stands as it stood before."""
        piece = living(self._piece)
        if piece is None or not self._page.isAncestorOf(piece) or not piece.isVisible():
            self.note()
            return
        moved = self._place_of(piece) - self._y
        if moved and not self._is_keeping:
            self._is_keeping = True
            bar = self._area.verticalScrollBar()
            bar.setValue(bar.value() + moved)
            self._is_keeping = False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See that something moved; never swallow anything."""
        if event.type() is QEvent.Type.Move:
            self.keep()
        return False

    def _place_of(self, piece: QWidget) -> int:
        # By the scroll bar and not by the page, which follows it a moment later.
        return piece.mapTo(self._page, QPoint()).y() - self._area.verticalScrollBar().value()
