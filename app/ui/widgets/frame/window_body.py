"""What stands where: the sidebar, beside it conversation and code panel, or a page in their place.

Sidebar and code panel can be hidden, and made wider or narrower.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QWidget

from app.ui.widgets.look.palette import is_theme_change

_SHARE = 0.46
"""The code panel's part of the room beside the sidebar, as designed."""
_NARROWEST_PX = 320
_NARROWEST_PANEL_PX = 240


@dataclass(frozen=True, slots=True)
class Arrangement:
    """How the user arranged the window. `sidebar_px` 0 is as designed, `panel_share` 0 too."""

    sidebar_px: int = 0
    panel_share: float = 0.0
    is_sidebar_hidden: bool = False
    is_panel_hidden: bool = False


class WindowBody(QWidget):
    """Owns the arrangement; says when it changed."""

    changed = Signal()

    def __init__(self, sidebar: QWidget, middle: QWidget, panel: QWidget) -> None:
        super().__init__()
        self._sidebar, self._panel = sidebar, panel
        self._sidebar_px = 0
        self._share = 0.0
        middle.setMinimumWidth(_NARROWEST_PX)
        panel.setMinimumWidth(_NARROWEST_PANEL_PX)
        self._inner = _splitter("splitter", middle, panel)
        self._inner.resized.connect(self._place_panel)
        self._inner.splitterMoved.connect(self._note_share)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._inner)
        self._outer = _splitter("sides", sidebar, self._stack)
        self._outer.resized.connect(self._place_sidebar)
        self._outer.splitterMoved.connect(self._note_sidebar)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._outer)

    # --- pages ---------------------------------------------------------------------------

    @property
    def page(self) -> QWidget | None:
        """Return the page that is shown, None while conversation and panel are."""
        shown = self._stack.currentWidget()
        return shown if shown is not self._inner else None

    def show_page(self, page: QWidget) -> None:
        """Show a page in place of conversation and panel."""
        if self._stack.indexOf(page) < 0:
            self._stack.addWidget(page)
        self._stack.setCurrentWidget(page)
        self.changed.emit()

    def leave_page(self) -> None:
        """Show conversation and panel again."""
        if self.page is not None:
            self._stack.setCurrentWidget(self._inner)
            self.changed.emit()

    # --- sides ---------------------------------------------------------------------------

    @property
    def is_sidebar_hidden(self) -> bool:
        """Tell whether the user hid the sidebar."""
        return self._sidebar.isHidden()

    @property
    def is_panel_hidden(self) -> bool:
        """Tell whether the user hid the code panel."""
        return self._panel.isHidden()

    def show_sidebar(self, *, is_shown: bool) -> None:
        """Show or hide the sidebar."""
        if is_shown == self.is_sidebar_hidden:
            self._sidebar.setVisible(is_shown)
            self._place_sidebar()
            self.changed.emit()

    def show_panel(self, *, is_shown: bool) -> None:
        """Show or hide the code panel."""
        if is_shown == self.is_panel_hidden:
            self._panel.setVisible(is_shown)
            self._place_panel()
            self.changed.emit()

    def arrangement(self) -> Arrangement:
        """Return how things stand, for the next start."""
        return Arrangement(
            self._sidebar_px, self._share, self.is_sidebar_hidden, self.is_panel_hidden
        )

    def arrange(self, wanted: Arrangement) -> None:
        """Stand as things were left."""
        self._sidebar_px = max(wanted.sidebar_px, 0)
        self._share = wanted.panel_share if 0 < wanted.panel_share < 1 else 0.0
        self._sidebar.setVisible(not wanted.is_sidebar_hidden)
        self._panel.setVisible(not wanted.is_panel_hidden)
        self._place_sidebar()
        self._place_panel()
        self.changed.emit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if is_theme_change(event) and not self._sidebar_px:
            self._place_sidebar()  # which grows with the text

    def _place_sidebar(self) -> None:
        width = self._sidebar_px or self._sidebar.sizeHint().width()
        self._outer.setSizes([width, max(self._outer.width() - width, _NARROWEST_PX)])

    def _place_panel(self) -> None:
        share = self._share or _SHARE
        width = self._inner.width()
        self._inner.setSizes([round(width * (1 - share)), round(width * share)])

    def _note_sidebar(self) -> None:
        if not self.is_sidebar_hidden:
            self._sidebar_px = self._outer.sizes()[0]

    def _note_share(self) -> None:
        sizes = self._inner.sizes()
        if not self.is_panel_hidden:
            self._share = sizes[1] / max(sum(sizes), 1)


class _Splitter(QSplitter):
    """Tells when it was resized: what is placed before the window is shown would be lost."""

    resized = Signal()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()


def _splitter(name: str, left: QWidget, right: QWidget) -> _Splitter:
    splitter = _Splitter(Qt.Orientation.Horizontal)
    splitter.setObjectName(name)
    splitter.setHandleWidth(1)  # Qt lets one grab it some pixels beside, too
    splitter.setChildrenCollapsible(False)
    splitter.addWidget(left)
    splitter.addWidget(right)
    return splitter
