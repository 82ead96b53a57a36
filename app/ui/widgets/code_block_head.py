"""The upper edge of a code block: its language, whether it parses, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu

from app.ui.widgets.icons import IconButton

_LEFT_PX, _RIGHT_PX, _GAP_PX = 12, 6, 2
_LEAST_PX = 160


class CodeBlockHead(QFrame):
    """Shows all buttons, or the most needed and a menu of the others where there is little room.

    `most_needed` always show; `others` show where they fit.
    """

    def __init__(
        self,
        name: QLabel,
        badge: QLabel,
        others: Sequence[IconButton],
        most_needed: Sequence[IconButton],
    ) -> None:
        super().__init__()
        self.setObjectName("codeBlockHead")
        self.setMinimumHeight(36)
        self._name, self._badge, self._others = name, badge, others
        self._most_needed = most_needed
        self._is_narrow = False
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
        """Show as many buttons as there is room for."""
        words = self._name.sizeHint().width() + 8 + self._badge.sizeHint().width()
        buttons = [*self._others, *self._most_needed]
        each = self._more.sizeHint().width() + _GAP_PX
        needed = _LEFT_PX + words + each * len(buttons) + _RIGHT_PX + 12
        is_narrow = needed > self.width()
        if is_narrow != self._is_narrow:
            self._is_narrow = is_narrow
            self._more.setVisible(is_narrow)
            for button in self._others:
                button.setVisible(not is_narrow)

    def _open_menu(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for button in self._others:
            menu.addAction(button.icon(), button.toolTip()).triggered.connect(button.clicked)
        menu.popup(self._more.mapToGlobal(QPoint(0, self._more.height() + 2)))
