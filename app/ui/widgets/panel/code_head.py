"""The upper edge of the code panel: tabs, which can be dragged out as files, and more of them."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QPointF, QSize, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDrag, QGuiApplication, QMouseEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QSizePolicy,
    QTabBar,
    QWidget,
)

from app.core.commands import CLOSE_TAB, NEW_TAB, OPEN_FILE
from app.ui.widgets.controls.keys import shown_keys, tooltip
from app.ui.widgets.look.fonts import scaled
from app.ui.widgets.look.icons import IconButton

HEIGHT_PX = 52
LEAST_TAB_PX, MOST_TAB_PX = 96, 220
_EDITED = " ●"


class CodeTabs(QTabBar):
    """Tabs, each with its key as data. One that is drawn away from the others becomes a file.

    `left_bar` asks whoever knows for a file; `take_file` is the answer, and begins the drag while
    the button is still held.
    """

    close_requested = Signal(int)  # the key
    left_bar = Signal(int)  # the key
    drag_ready = Signal(QMimeData)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("codeTabs")
        self.setAccessibleName("Code tabs")
        self.setToolTip(f"Drag a tab out to drop it as a file; {shown_keys(CLOSE_TAB)} closes it")
        self.setExpanding(False)
        self.setDrawBase(False)
        self.setMovable(True)
        self.setUsesScrollButtons(True)
        self.setElideMode(Qt.TextElideMode.ElideMiddle)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self._held: int | None = None
        self._asked: int | None = None

    def minimumSizeHint(self) -> QSize:
        """Give way to the buttons beside; what does not fit is scrolled to."""
        return QSize(80, super().minimumSizeHint().height())

    def tabSizeHint(self, index: int) -> QSize:
        """Give every tab room for a name; those that do not fit are scrolled to."""
        wanted = super().tabSizeHint(index)
        width = min(max(wanted.width(), scaled(LEAST_TAB_PX)), scaled(MOST_TAB_PX))
        return QSize(width, wanted.height())

    def minimumTabSizeHint(self, index: int) -> QSize:
        """Scroll rather than squeeze."""
        return self.tabSizeHint(index)

    def key(self, number: int) -> int:
        """Return the key of the tab with this number, -1 where there is none."""
        found = self.tabData(number)
        return found if isinstance(found, int) else -1

    def number_of(self, key: int) -> int:
        """Return the number of the tab with this key, -1 where there is none."""
        return next((n for n in range(self.count()) if self.key(n) == key), -1)

    def show_number(self, number: int) -> None:
        """Put a tab in sight."""
        self.setTabVisible(number, True)  # noqa: FBT003

    def hide_number(self, number: int) -> None:
        """Put a tab out of sight."""
        self.setTabVisible(number, False)  # noqa: FBT003

    def name(self, key: int, title: str, *, is_edited: bool) -> None:
        """Show a tab's title, with a mark where the user changed its text."""
        number, words = self.number_of(key), f"{title}{_EDITED}" if is_edited else title
        if number >= 0 and self.tabText(number) != words:
            self.setTabText(number, words)
            says = f"{title}, edited" if is_edited else title
            self.setAccessibleTabName(number, says)
            self.setTabToolTip(number, says)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        number = self.tabAt(event.position().toPoint())
        is_left = event.button() is Qt.MouseButton.LeftButton
        key = self.tabData(number) if is_left and number >= 0 else None
        self._held, self._asked = key if isinstance(key, int) else None, None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        far = QApplication.startDragDistance()
        inside = self.rect().adjusted(-far, -far, far, far)
        if self._held is not None and not inside.contains(event.position().toPoint()):
            if self._asked is None:
                self._asked = self._held
                self._let_go()  # it is not moved among the others any more
                self.left_bar.emit(self._asked)
            return
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._held = self._asked = None
        number = self.tabAt(event.position().toPoint())
        if event.button() is Qt.MouseButton.MiddleButton and number >= 0:
            self.close_requested.emit(self.key(number))
        else:
            super().mouseReleaseEvent(event)

    def tabInserted(self, index: int) -> None:
        super().tabInserted(index)
        close = _CloseButton()
        close.clicked.connect(partial(self._close, close))
        self.setTabButton(index, QTabBar.ButtonPosition.RightSide, close)

    def _close(self, button: IconButton) -> None:
        side = QTabBar.ButtonPosition.RightSide
        for number in range(self.count()):
            if self.tabButton(number, side) is button:
                self.close_requested.emit(self.key(number))
                return

    def take_file(self, key: int, path: Path) -> None:
        """Begin to drag this file, where the tab it is of is still held."""
        if key == self._asked:
            self._held = self._asked = None
            self.drag_ready.emit(file_mime(path))

    def _let_go(self) -> None:
        place = QPointF(self.rect().center())
        none = Qt.KeyboardModifier.NoModifier
        left, no_button = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        released = QEvent.Type.MouseButtonRelease
        super().mouseReleaseEvent(
            QMouseEvent(released, place, self.mapToGlobal(place), left, no_button, none)
        )


class _CloseButton(IconButton):
    """The small cross of a tab; the keyboard has keys of its own, so Tab does not stop here."""

    def __init__(self) -> None:
        super().__init__("close", tooltip(CLOSE_TAB), object_name="closeTab", size=11)
        self.setProperty("role", "tiny")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)


class CodeHead(QFrame):
    """The tabs and what makes a new one."""

    new_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("codePanelHead")
        self.setMinimumHeight(HEIGHT_PX)
        self.tabs = CodeTabs()
        # Not from within the coroutine that wrote the file: a drag has an event loop of its own.
        self.tabs.drag_ready.connect(lambda mime: QTimer.singleShot(0, lambda: self._drag(mime)))
        self.new_tab = IconButton("plus", tooltip(NEW_TAB), object_name="newTab")
        self.new_tab.clicked.connect(self.new_requested)
        self.open_file = IconButton("folder", tooltip(OPEN_FILE), object_name="openFile")
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 12, 0)
        row.setSpacing(4)
        row.addWidget(self.tabs)
        row.addWidget(self.new_tab)
        row.addStretch(1)
        row.addWidget(self.open_file)

    def _drag(self, mime: QMimeData) -> None:
        if QGuiApplication.mouseButtons() & Qt.MouseButton.LeftButton:
            drag = QDrag(self)
            drag.setMimeData(mime)
            drag.exec(Qt.DropAction.CopyAction)


def file_mime(path: Path) -> QMimeData:
    """Return what is dropped: the file, as file managers and editors take it."""
    mime = QMimeData()
    # Not `fromLocalFile`: a name may hold bytes that are not UTF-8.
    mime.setUrls([QUrl.fromEncoded(path.absolute().as_uri().encode())])
    return mime
