"""The upper edge of a code block: its language, whether it parses, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu

from app.ui.widgets.code.syntax_badge import SyntaxBadge
from app.ui.widgets.controls.elided import Elided
from app.ui.widgets.look.icons import IconButton

_LEFT_PX, _RIGHT_PX, _GAP_PX = 12, 6, 2
_LEAST_PX = 160


class CodeBlockHead(QFrame):
    """Shows all buttons, or the most needed and a menu of the others where there is little room.

    `others` show where they fit, then the badge says less, then of `most_needed` the last goes too.
    """

    def __init__(
        self,
        name: Elided,
        badge: SyntaxBadge,
        others: Sequence[IconButton],
        most_needed: Sequence[IconButton],
    ) -> None:
        super().__init__()
        self.setObjectName("codeBlockHead")
        self.setMinimumHeight(36)
        self._name, self._badge, self._others = name, badge, others
        self._most_needed, self._last = most_needed[:-1], most_needed[-1]
        self._more = IconButton("more", "More actions for this code", object_name="moreOfBlock")
        self._more.clicked.connect(self._open_menu)
        self._more.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(_LEFT_PX, 0, _RIGHT_PX, 0)
        row.setSpacing(_GAP_PX)
        row.addWidget(name)
        row.addSpacing(8)
        row.addWidget(badge, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addStretch(1)
        for button in (*others, *most_needed, self._more):
            row.addWidget(button)

    def minimumSizeHint(self) -> QSize:
        return QSize(_LEAST_PX, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """Show as much as there is room for."""
        needed = sum(not button.isHidden() for button in self._most_needed)
        shown = (needed + 1 + len(self._others), needed + 2, needed + 2, needed + 1)
        for step, buttons in enumerate(shown):
            self._badge.set_short(is_short=step > 1)
            if self._width(buttons) <= self.width():
                break
        self._more.setVisible(step > 0)
        self._last.setVisible(step < 3)
        for button in self._others:
            button.setVisible(step == 0)

    def _width(self, buttons: int) -> int:
        badge = 0 if self._badge.isHidden() else 8 + self._badge.sizeHint().width()
        words = self._name.sizeHint().width() + badge
        each = self._more.sizeHint().width() + _GAP_PX
        return _LEFT_PX + words + each * buttons + _RIGHT_PX + 12

    def _open_menu(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for button in (*self._others, self._last):
            if button.isHidden():
                menu.addAction(button.icon(), button.toolTip()).triggered.connect(button.clicked)
        menu.popup(self._more.mapToGlobal(QPoint(0, self._more.height() + 2)))
