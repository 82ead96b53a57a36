"""A list that opens below a pill, with a search field where the list is long."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPainterPath,
    QRegion,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.ui.widgets.controls.choices import DETAIL, ICON, MARK, VALUE, Choice, ChoiceModel
from app.ui.widgets.controls.search_field import SearchField
from app.ui.widgets.look.fonts import SMALL_PX, scaled, text_font
from app.ui.widgets.look.icons import icon_pixmap, icon_px
from app.ui.widgets.look.palette import colours

__all__ = ["Choice", "Popup"]


class Popup(QFrame):
    """Shows choices; `chosen` hands back the value of one of them. Esc or a click beside closes."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget, *, width: int, search_words: str = "") -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setObjectName("popup")
        self._width = width
        self._model = ChoiceModel()
        self.view = self._make_view()
        self.search = SearchField(search_words)
        if not search_words:  # `setVisible(True)` before there is a parent would open a window
            self.search.hide()
        self.search.textChanged.connect(self._on_search)
        self.search.installEventFilter(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.setSpacing(6)
        self._nothing = QLabel("No matches")
        self._nothing.setProperty("role", "muted")
        self._nothing.setContentsMargins(10, 8, 10, 8)
        self._nothing.hide()
        layout.addWidget(self.search)
        layout.addWidget(self._nothing, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self.view)

    def open_below(self, widget: QWidget, choices: Sequence[Choice]) -> None:
        """Show `choices` under `widget`."""
        self.open_at(widget.mapToGlobal(QPoint(0, widget.height() + 4)), choices)

    def open_at(self, place: QPoint, choices: Sequence[Choice]) -> None:
        """Show `choices` with the upper left corner at a place of the screen."""
        self._model.offer(choices)
        self.search.clear()
        row = next((n for n, choice in enumerate(choices) if choice.is_current), 0)
        self.view.setCurrentIndex(self._model.index(row, 0))
        self.fit(len(choices))
        self.move(place)
        self.show()
        (self.search if self.search.placeholderText() else self.view).setFocus()

    def fit(self, rows: int) -> None:
        """Be as tall as so many rows need, up to ten."""
        extra = 12 + (self.search.sizeHint().height() + 6 if self.search.placeholderText() else 0)
        self.resize(self._width, min(rows, 10) * scaled(_Row.HEIGHT) + extra + 2)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrow keys and Enter in the search field act on the list."""
        keys = (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp)
        if watched is self.search and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Escape:
                self.close()  # the field itself would only empty itself
                return True
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
        view.setModel(self._model)
        view.setUniformItemSizes(True)
        view.setMinimumHeight(1)  # else Qt keeps room for two rows where one is found
        view.setItemDelegate(_Row(view))
        view.setMouseTracking(True)
        view.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        view.clicked.connect(self._choose)
        view.entered.connect(view.setCurrentIndex)
        return view

    def _on_search(self, text: str) -> None:
        self._model.search(text)
        self.view.setCurrentIndex(self._model.index(0, 0))
        rows = self._model.rowCount()
        self._nothing.setVisible(rows == 0)
        self.view.setVisible(rows > 0)
        self.fit(max(rows, 1))

    def _choose(self, index: QModelIndex) -> None:
        if index.isValid():
            self.close()
            self.chosen.emit(index.data(VALUE))


class _Row(QStyledItemDelegate):
    HEIGHT = 34

    def sizeHint(
        self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(0, scaled(self.HEIGHT))

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
        mark = "check" if index.data(MARK) else index.data(ICON)
        if mark:
            colour = table.accent if index.data(MARK) else table.muted
            scale = painter.device().devicePixelRatio()
            pixmap = icon_pixmap(mark, colour, icon_px(), scale=scale)
            painter.drawPixmap(inside.left(), inside.center().y() - icon_px() // 2, pixmap)
        inside.adjust(icon_px() + 8, 0, 0, 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        name, text_metrics = str(index.data()), QFontMetrics(text_font())
        painter.setFont(text_font(SMALL_PX))
        painter.setPen(QColor(table.muted))
        name_width = text_metrics.horizontalAdvance(name)
        room = inside.width() - 8 - min(name_width, inside.width() // 3)
        detail = painter.fontMetrics().elidedText(
            str(index.data(DETAIL) or ""), Qt.TextElideMode.ElideRight, room
        )
        painter.drawText(inside, middle | Qt.AlignmentFlag.AlignRight, detail)
        inside.adjust(0, 0, -painter.fontMetrics().horizontalAdvance(detail) - 8, 0)
        painter.setFont(text_font())
        painter.setPen(QColor(table.text))
        words = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, inside.width())
        painter.drawText(inside, middle, words)
        painter.restore()


def _is_enter(event: QKeyEvent) -> bool:
    return event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
