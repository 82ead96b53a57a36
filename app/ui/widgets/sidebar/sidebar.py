"""The left side of the window: the brand, a new chat, search, and the chats there are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial

from PySide6.QtCore import QEvent, QPoint, QSignalBlocker, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.core.chats import Chat, Hit
from app.core.commands import DELETE_CHAT, NEW_CHAT, RENAME_CHAT, SEARCH_CHATS, TOGGLE_SIDEBAR
from app.text.folding import folded
from app.ui.widgets.controls.buttons import click_at
from app.ui.widgets.controls.keys import answer_to, shown_keys, tooltip
from app.ui.widgets.controls.questions import ask_text
from app.ui.widgets.controls.rows import (
    EXCERPT_ROLE,
    HEADING_ROLE,
    MARKS_ROLE,
    TAGS_ROLE,
    ChatRowDelegate,
)
from app.ui.widgets.controls.search_field import SearchField
from app.ui.widgets.look.fonts import scaled
from app.ui.widgets.look.icons import IconButton, IconLabel, icon
from app.ui.widgets.look.palette import colours, is_theme_change
from app.ui.widgets.sidebar.chat_list_view import ChatListView
from app.ui.widgets.sidebar.sidebar_links import SidebarLinks
from app.ui.widgets.sidebar.tag_menu import TagMenu

WIDTH = 244
WIDEST = 340
NARROWEST = 180
MOST = 480
"""How wide the user may make it."""
_MESSAGE_ROLE = Qt.ItemDataRole.UserRole + 3


class Sidebar(QFrame):
    """The chats, newest first and grouped by age; says what the user wants of them."""

    new_chat_requested = Signal()
    chat_chosen = Signal(object)
    delete_requested = Signal(object)
    renamed = Signal(object, str)
    pin_requested = Signal(object, bool)
    tags_changed = Signal(object, list)  # the chat's id, all its tags
    export_requested = Signal(object, str)  # the chat's id, its title
    found_chosen = Signal(object, object)  # the chat's id, the message's
    search_changed = Signal(str)
    hide_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sidebar")
        self._fit_width()
        self._chats: list[Chat] = []
        self._found: list[Hit] = []
        self._selected: object = None
        self._is_outdated = False
        self._is_page_shown = False
        self.new_chat = _new_chat_button()
        self.new_chat.clicked.connect(self.new_chat_requested)
        self.search = self._make_search()
        self.list = self._make_list()
        self.links = SidebarLinks()

        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 12, 10, 12)
        layout.setSpacing(9)
        layout.addLayout(self._make_brand())
        layout.addWidget(self.new_chat)
        layout.addWidget(self.search)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.links)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if is_theme_change(event):
            self._fit_width()

    def _fit_width(self) -> None:
        self.setMinimumWidth(min(scaled(NARROWEST), WIDTH))
        self.setMaximumWidth(max(scaled(MOST), MOST))

    def sizeHint(self) -> QSize:
        return QSize(min(scaled(WIDTH), WIDEST), super().sizeHint().height())

    def mark_page(self, *, is_shown: bool) -> None:
        """Mark the settings in place of the open chat, or the chat again."""
        self._is_page_shown = is_shown
        self.links.mark_settings(is_marked=is_shown)
        self.select(self._selected)

    def set_chats(self, chats: Sequence[Chat]) -> None:
        """Show these chats, in this order, in place of those shown."""
        self._chats = list(chats)
        self._fill()

    def set_found(self, found: Sequence[Hit]) -> None:
        """Show these messages below the titles, while something is searched."""
        self._found = list(found)
        self._fill()

    def select(self, chat_id: object) -> None:
        """Mark a chat as the open one, without a signal; None marks none."""
        self._selected = chat_id
        with QSignalBlocker(self.list):
            item = self._row_of(chat_id) if chat_id is not None else None
            if item is None:
                self.list.setCurrentRow(-1)
            else:
                self.list.setCurrentItem(item)
            if self._is_page_shown:
                self.list.clearSelection()

    def _make_brand(self) -> QHBoxLayout:
        name = QLabel("Starwright")
        name.setObjectName("brandName")
        hide = IconButton(
            "panel-left", tooltip(TOGGLE_SIDEBAR, "Hide sidebar"), object_name="hideSidebar"
        )
        hide.clicked.connect(self.hide_requested)
        row = QHBoxLayout()
        row.setContentsMargins(9, 2, 0, 4)
        row.setSpacing(9)
        row.addWidget(IconLabel("brand", role="accent", size=19))
        row.addWidget(name, 1)
        row.addWidget(hide)
        return row

    def _make_search(self) -> SearchField:
        search = SearchField("Search chats")
        search.setObjectName("chatSearch")
        search.setToolTip(f"{tooltip(SEARCH_CHATS)}; #tag finds chats with that tag")
        search.textChanged.connect(self._on_search)
        search.went_down.connect(self._enter_list)
        answer_to(SEARCH_CHATS, self, search.setFocus)
        return search

    def _make_list(self) -> QListWidget:
        chats = ChatListView()
        chats.setObjectName("chatList")
        chats.setAccessibleName("Chats")
        chats.setItemDelegate(ChatRowDelegate(chats))
        chats.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        chats.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        chats.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        chats.setMouseTracking(True)
        chats.customContextMenuRequested.connect(self._show_menu)
        chats.currentItemChanged.connect(self._on_current)
        chats.itemChanged.connect(self._on_renamed)
        chats.itemClicked.connect(self._on_clicked)
        triggers = QListWidget.EditTrigger
        chats.setEditTriggers(triggers.EditKeyPressed | triggers.DoubleClicked)
        chats.itemDelegate().closeEditor.connect(self._end_rename)
        QShortcut(
            QKeySequence(QKeySequence.StandardKey.Delete),
            chats,
            self._delete_current,
            context=Qt.ShortcutContext.WidgetShortcut,
        )
        return chats

    def rename(self, chat_id: object) -> None:
        """Let the user write a chat's title in its row."""
        item = self._row_of(chat_id)
        if item is not None:
            self.list.setCurrentItem(item)
            self.list.editItem(item)

    def _row_of(self, chat_id: object) -> QListWidgetItem | None:
        items = (self.list.item(row) for row in range(self.list.count()))
        found = (i for i in items if i.data(Qt.ItemDataRole.UserRole) == chat_id)
        return next((i for i in found if not i.data(EXCERPT_ROLE)), None)

    def _end_rename(self) -> None:
        if self._is_outdated:  # not from within the row's own editor
            QTimer.singleShot(0, self, self._fill)

    def _fill(self) -> None:
        """Show the rows anew; a row whose title is being written stays until that is done."""
        self._is_outdated = self.list.state() is QListWidget.State.EditingState
        if self._is_outdated:
            return
        wanted = folded(self.search.text()).strip()
        with QSignalBlocker(self.list):
            self._fill_rows(wanted)
        self.select(self._selected)

    def _fill_rows(self, wanted: str) -> None:
        self.list.clear()
        heading = ""
        for chat in self._chats:
            if not _holds(chat, wanted):
                continue
            group = "Pinned" if chat.is_pinned else _group(chat.updated_at)
            if group != heading:
                heading = group
                self.list.addItem(_heading(heading))
            self.list.addItem(_row(chat))
        if wanted and self._found:
            self.list.addItem(_heading("In messages"))
            for found in self._found:
                self.list.addItem(_found_row(found))
        if not self.list.count():
            words = f"No results for “{self.search.text()}”" if wanted else "Chats appear here"
            self.list.addItem(_heading(words))

    def _enter_list(self) -> None:
        """Go on to the first chat, or the first that was found."""
        rows = range(self.list.count())
        first = next((n for n in rows if not self.list.item(n).data(HEADING_ROLE)), -1)
        self.list.setFocus()
        if self.search.text() and self.list.currentRow() != first:
            self.list.setCurrentRow(first)

    def _on_search(self, text: str) -> None:
        if not text:
            self._found = []
        self._fill()
        self.search_changed.emit(text)

    def _on_current(self, item: QListWidgetItem | None) -> None:
        if item is None or item.data(HEADING_ROLE):
            return
        self._selected = item.data(Qt.ItemDataRole.UserRole)
        if item.data(EXCERPT_ROLE):
            self.found_chosen.emit(self._selected, item.data(_MESSAGE_ROLE))
        else:
            self.chat_chosen.emit(self._selected)

    def _on_clicked(self, item: QListWidgetItem) -> None:
        """Ask for the open chat once more: where showing it failed, it is shown now."""
        is_chat = not item.data(HEADING_ROLE) and not item.data(EXCERPT_ROLE)
        if is_chat and item.data(Qt.ItemDataRole.UserRole) == self._selected:
            self.chat_chosen.emit(self._selected)

    def _on_renamed(self, item: QListWidgetItem) -> None:
        chat_id = item.data(Qt.ItemDataRole.UserRole)
        before = next((chat.title for chat in self._chats if chat.id == chat_id), "")
        if item.text().strip() and item.text() != before:
            self.renamed.emit(chat_id, item.text())
        elif item.text() != before:
            item.setText(before)

    def _delete_current(self) -> None:
        item = self.list.currentItem()
        if item is not None and not item.data(HEADING_ROLE):
            self.delete_requested.emit(item.data(Qt.ItemDataRole.UserRole))

    def _show_menu(self, position: QPoint) -> None:
        item = self.list.itemAt(position)
        if item is None and self.list.hasFocus():
            item = self.list.currentItem()  # the menu key points at no row
        if item is None or item.data(HEADING_ROLE):
            return
        chat_id = item.data(Qt.ItemDataRole.UserRole)
        chat = next((chat for chat in self._chats if chat.id == chat_id), None)
        if chat is None or item.data(EXCERPT_ROLE):
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        rename = _action(menu, "pencil", RENAME_CHAT.words, RENAME_CHAT.keys)
        rename.triggered.connect(partial(self.rename, chat_id))  # the row may be another by then
        pin = _action(menu, "pin", "Unpin chat" if chat.is_pinned else "Pin chat")
        pin.triggered.connect(lambda: self.pin_requested.emit(chat_id, not chat.is_pinned))
        known = {tag: None for other in self._chats for tag in other.tags}
        tags = TagMenu(chat.tags, list(known), menu)
        tags.changed.connect(partial(self.tags_changed.emit, chat_id))
        tags.new_requested.connect(partial(self._ask_tag, chat))
        tags.filter_requested.connect(self.search.setText)
        menu.addMenu(tags)
        export = _action(menu, "download", "Export chat…")
        export.triggered.connect(lambda: self.export_requested.emit(chat_id, chat.title))
        delete = _action(menu, "trash", DELETE_CHAT.words, DELETE_CHAT.keys)
        delete.triggered.connect(lambda: self.delete_requested.emit(chat_id))
        menu.popup(self.list.viewport().mapToGlobal(position))

    def _ask_tag(self, chat: Chat) -> None:
        def add(tag: str) -> None:
            self.tags_changed.emit(chat.id, [*chat.tags, tag])

        ask_text(self, "New tag", f"Tag of “{chat.title}”:", add)


def _action(menu: QMenu, icon_name: str, words: str, keys: str = "") -> QAction:
    action = QAction(icon(icon_name, colours().muted), words, menu)
    action.setShortcut(QKeySequence(keys))
    menu.addAction(action)
    return action


def _holds(chat: Chat, wanted: str) -> bool:
    """Tell whether a chat has all the wanted words in its title or tags; `#word` begins a tag."""
    title, tags = folded(chat.title), [folded(tag) for tag in chat.tags]
    return all(
        word in title
        or any(word in tag for tag in tags)
        or (len(word) > 1 and word[0] == "#" and any(tag.startswith(word[1:]) for tag in tags))
        for word in wanted.split()
    )


def _row(chat: Chat) -> QListWidgetItem:
    item = QListWidgetItem(chat.title)
    item.setData(Qt.ItemDataRole.UserRole, chat.id)
    shown = " ".join(f"#{tag}" for tag in chat.tags)
    item.setData(TAGS_ROLE, "Damaged" if chat.damage else shown)
    if chat.damage:
        shown = f"Damaged: its {chat.damage} cannot be read. It can be opened, exported or deleted."
    item.setToolTip(f"{chat.title}\n{shown}".strip())
    item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
    return item


def _found_row(found: Hit) -> QListWidgetItem:
    item = QListWidgetItem(found.chat_title)
    item.setData(Qt.ItemDataRole.UserRole, found.chat_id)
    item.setData(_MESSAGE_ROLE, found.message_id)
    item.setData(EXCERPT_ROLE, found.excerpt)
    item.setData(MARKS_ROLE, found.marks)
    item.setToolTip(f"{found.chat_title}\n{found.excerpt.strip()}")
    return item


def _new_chat_button() -> QPushButton:
    button = QPushButton()
    button.setObjectName("newChat")
    button.setProperty("role", "row")
    button.setAccessibleName(NEW_CHAT.words)
    button.setToolTip(tooltip(NEW_CHAT))
    click_at(button, NEW_CHAT)
    row = QHBoxLayout(button)
    row.setContentsMargins(11, 0, 10, 0)
    row.setSpacing(8)
    words = QLabel(NEW_CHAT.words)
    words.setStyleSheet("font-weight: 500")
    keys = QLabel(shown_keys(NEW_CHAT))
    keys.setProperty("role", "keys")
    row.addWidget(IconLabel("plus", role="text"))
    row.addWidget(words, 1)
    row.addWidget(keys)
    return button


def _heading(words: str) -> QListWidgetItem:
    item = QListWidgetItem(words)
    item.setData(HEADING_ROLE, True)  # noqa: FBT003
    item.setFlags(Qt.ItemFlag.NoItemFlags)
    return item


def _group(used_at: float) -> str:
    # The user's own clock, which a change to summer time moves between two chats.
    days = (date.today() - date.fromtimestamp(used_at)).days  # noqa: DTZ011, DTZ012
    if days <= 0:
        return "Today"
    return "Yesterday" if days == 1 else "Earlier"
