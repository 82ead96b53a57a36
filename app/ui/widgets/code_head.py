"""The upper edge of the code panel: tabs, which can be dragged out as files, and buttons."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QPointF, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDrag, QGuiApplication, QMouseEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QTabBar,
    QWidget,
)

from app.ui.widgets.buttons import click_at
from app.ui.widgets.icons import IconButton

_COPIED_MS = 1200


class CodeTabs(QTabBar):
    """Tabs, each with its key as data. One that is drawn away from the others becomes a file.

    `left_bar` asks whoever knows for a file; `take_file` is the answer, and begins the drag while
    the button is still held.
    """

    left_bar = Signal(int)  # the key
    drag_ready = Signal(QMimeData)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("codeTabs")
        self.setAccessibleName("Code blocks")
        self.setToolTip("The code blocks of this chat; draw one out to drop it as a file")
        self.setExpanding(False)
        self.setDrawBase(False)
        self.setMovable(True)
        self.setUsesScrollButtons(True)
        self._held: int | None = None
        self._asked: int | None = None

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
        super().mouseReleaseEvent(event)

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


class CodeHead(QFrame):
    """Tabs at the left, buttons at the right."""

    def __init__(self, more: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("codePanelHead")
        self.setFixedHeight(52)
        self.tabs = CodeTabs()
        # Not from within the coroutine that wrote the file: a drag has an event loop of its own.
        self.tabs.drag_ready.connect(lambda mime: QTimer.singleShot(0, lambda: self._drag(mime)))
        self.keep = IconButton(
            "bookmark",
            "Keep the selection, or all, as a snippet (Ctrl+Shift+B)",
            object_name="keepSnippet",
        )
        self.open_outside = IconButton(
            "external", "Open in your editor (Ctrl+Shift+O)", object_name="openInEditor"
        )
        self.save = IconButton("download", "Save as a file (Ctrl+S)", object_name="saveCode")
        self.copy = _copy_button()
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 12, 0)
        row.setSpacing(4)
        row.addWidget(self.tabs, 1)
        row.addStretch()
        for button in (more, self.keep, self.open_outside, self.save, self.copy):
            row.addWidget(button)

    def set_active(self, *, is_active: bool) -> None:
        """Offer what can be done with a tab, or nothing where there is none."""
        for button in (self.copy, self.save, self.open_outside, self.keep):
            button.setEnabled(is_active)
        self.tabs.setVisible(is_active)

    def say_copied(self) -> None:
        """Say for a moment that the code is on the clipboard."""
        self.copy.setText("Copied")
        QTimer.singleShot(_COPIED_MS, self, lambda: self.copy.setText("Copy"))

    def _drag(self, mime: QMimeData) -> None:
        if QGuiApplication.mouseButtons() & Qt.MouseButton.LeftButton:
            drag = QDrag(self)
            drag.setMimeData(mime)
            drag.exec(Qt.DropAction.CopyAction)


def file_mime(path: Path) -> QMimeData:
    """Return what is dropped: the file, as file managers and editors take it."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    return mime


def _copy_button() -> QPushButton:
    copy = QPushButton("Copy")
    copy.setObjectName("copyCode")
    copy.setAccessibleName("Copy code")
    copy.setToolTip("Copy this tab's code (Ctrl+Shift+C)")
    click_at(copy, "Ctrl+Shift+C")
    return copy
