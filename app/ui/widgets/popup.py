"""A list that opens below a pill, with a search field where the list is long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRectF,
    QSize,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QPainter,
    QPainterPath,
    QRegion,
    QResizeEvent,
    QStandardItem,
    QStandardItemModel,
)
from PySide6.QtWidgets import (
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.ui.widgets.fonts import SMALL_PX, text_font
from app.ui.widgets.icons import ICON_PX, icon_pixmap
from app.ui.widgets.palette import colours
from app.ui.widgets.search_field import SearchField

_VALUE = Qt.ItemDataRole.UserRole + 1
_DETAIL = Qt.ItemDataRole.UserRole + 2
_ICON = Qt.ItemDataRole.UserRole + 3
_MARK = Qt.ItemDataRole.UserRole + 4


@dataclass(frozen=True, slots=True)
class Choice:
    """A row: its words, a smaller detail at the right, and the value that is handed back."""

    words: str
    value: object
    detail: str = ""
    icon: str = ""
    is_current: bool = False


class Popup(QFrame):
    """Shows choices; `chosen` hands back the value of one of them. Esc or a click beside closes."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget, *, width: int, search_words: str = "") -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setObjectName("popup")
        self._width = width
        self._source = QStandardItemModel(self)
        self._filtered = QSortFilterProxyModel(self)
        self._filtered.setSourceModel(self._source)
        self._filtered.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.view = self._make_view()
        self.search = SearchField(search_words)
        if not search_words:  # `setVisible(True)` before there is a parent would open a window
            self.search.hide()
        self.search.textChanged.connect(self._on_search)
        self.search.installEventFilter(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.setSpacing(6)
        layout.addWidget(self.search)
        layout.addWidget(self.view)

    def open_below(self, widget: QWidget, choices: Sequence[Choice]) -> None:
        """Show `choices` under `widget`."""
        self.open_at(widget.mapToGlobal(QPoint(0, widget.height() + 4)), choices)

    def open_at(self, place: QPoint, choices: Sequence[Choice]) -> None:
        """Show `choices` with the upper left corner at a place of the screen."""
        self._source.clear()
        for choice in choices:
            self._source.appendRow(_item(choice))
        self.search.clear()
        row = next((n for n, choice in enumerate(choices) if choice.is_current), 0)
        self.view.setCurrentIndex(self._filtered.index(row, 0))
        extra = 12 + (self.search.sizeHint().height() + 6 if self.search.placeholderText() else 0)
        self.resize(self._width, min(len(choices), 10) * _Row.HEIGHT + extra + 2)
        self.move(place)
        self.show()
        (self.search if self.search.placeholderText() else self.view).setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrow keys and Enter in the search field act on the list."""
        keys = (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp)
        if watched is self.search and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.KeyPress and event.key() in keys:
                self.view.keyPressEvent(event)
                return True
            if event.type() == QEvent.Type.KeyPress and _is_enter(event):
                self._choose(self.view.currentIndex())
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if _is_enter(event):
            self._choose(self.view.currentIndex())
        elif event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # Round corners also where nothing composes windows.
        path = QPainterPath()
        path.addRoundedRect(QRectF(self.rect()).adjusted(-0.5, -0.5, 0.5, 0.5), 10, 10)
        self.setMask(QRegion(path.toFillPolygon().toPolygon()))

    def _make_view(self) -> QListView:
        view = QListView()
        view.setModel(self._filtered)
        view.setItemDelegate(_Row(view))
        view.setMouseTracking(True)
        view.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        view.clicked.connect(self._choose)
        view.entered.connect(view.setCurrentIndex)
        return view

    def _on_search(self, text: str) -> None:
        self._filtered.setFilterFixedString(text.strip())
        self.view.setCurrentIndex(self._filtered.index(0, 0))

    def _choose(self, index: QModelIndex) -> None:
        if index.isValid():
            self.close()
            self.chosen.emit(index.data(_VALUE))


class _Row(QStyledItemDelegate):
    HEIGHT = 34

    def sizeHint(
        self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(0, self.HEIGHT)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        table = colours()
        rect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(table.accent_soft))
            painter.drawRoundedRect(rect.adjusted(0, 1, 0, -1), 6, 6)
        inside = rect.adjusted(10, 0, -10, 0)
        mark = "check" if index.data(_MARK) else index.data(_ICON)
        if mark:
            colour = table.accent if index.data(_MARK) else table.muted
            scale = painter.device().devicePixelRatio()
            pixmap = icon_pixmap(mark, colour, ICON_PX, scale=scale)
            painter.drawPixmap(inside.left(), inside.center().y() - ICON_PX // 2, pixmap)
        inside.adjust(ICON_PX + 8, 0, 0, 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(text_font(SMALL_PX))
        painter.setPen(QColor(table.muted))
        detail = str(index.data(_DETAIL) or "")
        painter.drawText(inside, middle | Qt.AlignmentFlag.AlignRight, detail)
        inside.adjust(0, 0, -painter.fontMetrics().horizontalAdvance(detail) - 8, 0)
        painter.setFont(text_font())
        painter.setPen(QColor(table.text))
        words = painter.fontMetrics().elidedText(
            str(index.data()), Qt.TextElideMode.ElideMiddle, inside.width()
        )
        painter.drawText(inside, middle, words)
        painter.restore()


def _item(choice: Choice) -> QStandardItem:
    item = QStandardItem(choice.words)
    item.setData(choice.value, _VALUE)
    item.setData(choice.detail, _DETAIL)
    item.setData(choice.icon, _ICON)
    item.setData(choice.is_current, _MARK)
    item.setToolTip(choice.words)
    return item


def _is_enter(event: QKeyEvent) -> bool:
    return event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
