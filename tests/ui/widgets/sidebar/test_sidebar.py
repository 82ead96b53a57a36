"""The list of chats: groups, search, opening and deleting."""

from datetime import datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog, QLineEdit, QMenu, QPushButton
from said import listed

from app.core.chats import Hit
from app.core.messages import Role
from app.ui.widgets.controls.rows import TAGS_ROLE
from app.ui.widgets.sidebar.sidebar import Sidebar
from app.ui.widgets.sidebar.tag_menu import TagMenu

NOW = datetime.now()  # noqa: DTZ005


@pytest.fixture
def sidebar(qtbot):
    widget = Sidebar()
    qtbot.addWidget(widget)
    widget.set_chats(
        [
            listed(1, "Prime test", NOW),
            listed(2, "Regex for logs", NOW),
            listed(3, "Port parser", NOW - timedelta(days=1)),
            listed(4, "Old prime", NOW - timedelta(days=9)),
        ]
    )
    widget.resize(244, 600)
    widget.show()
    return widget


def rows(sidebar):
    return [sidebar.list.item(row).text() for row in range(sidebar.list.count())]


def click(qtbot, sidebar, title):
    item = sidebar.list.item(rows(sidebar).index(title))
    centre = sidebar.list.visualItemRect(item).center()
    qtbot.mouseClick(sidebar.list.viewport(), Qt.MouseButton.LeftButton, pos=centre)


def test_the_keys_of_a_new_chat_act_before_the_next_key_is_typed(qtbot, sidebar):
    sidebar.activateWindow()
    qtbot.waitUntil(sidebar.isActiveWindow)
    asked = []
    sidebar.new_chat_requested.connect(lambda: asked.append("new chat"))
    qtbot.keyClick(sidebar.search, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert asked == ["new chat"]


def test_chats_are_grouped_by_age(sidebar):
    assert rows(sidebar) == [
        "Today",
        "Prime test",
        "Regex for logs",
        "Yesterday",
        "Port parser",
        "Earlier",
        "Old prime",
    ]


def test_a_click_opens_a_chat(sidebar, qtbot):
    with qtbot.waitSignal(sidebar.chat_chosen) as chosen:
        click(qtbot, sidebar, "Port parser")
    assert chosen.args == [3]


def test_a_heading_opens_nothing(sidebar, qtbot):
    with qtbot.assertNotEmitted(sidebar.chat_chosen):
        click(qtbot, sidebar, "Earlier")


def test_the_delete_key_asks_to_delete(sidebar, qtbot):
    click(qtbot, sidebar, "Regex for logs")
    with qtbot.waitSignal(sidebar.delete_requested) as wish:
        qtbot.keyClick(sidebar.list, Qt.Key.Key_Delete)
    assert wish.args == [2]


def test_search_narrows_the_list_and_escape_brings_it_back(sidebar, qtbot):
    sidebar.select(2)
    qtbot.keyClicks(sidebar.search, "PRIME")
    assert rows(sidebar) == ["Today", "Prime test", "Earlier", "Old prime"]
    qtbot.keyClick(sidebar.search, Qt.Key.Key_Escape)
    assert len(rows(sidebar)) == 7
    assert sidebar.list.currentItem().text() == "Regex for logs"


def test_selecting_from_outside_says_nothing(sidebar, qtbot):
    with qtbot.assertNotEmitted(sidebar.chat_chosen):
        sidebar.select(4)
    assert sidebar.list.currentItem().text() == "Old prime"


def test_empty_places_say_what_will_be_there(sidebar, qtbot):
    qtbot.keyClicks(sidebar.search, "zzz")
    assert rows(sidebar) == ["No results for “zzz”"]
    sidebar.search.clear()
    sidebar.set_chats([])
    assert rows(sidebar) == ["Chats appear here"]


def test_new_chat(sidebar, qtbot):
    with qtbot.waitSignal(sidebar.new_chat_requested):
        qtbot.mouseClick(sidebar.new_chat, Qt.MouseButton.LeftButton)


def test_pinned_chats_have_a_group_of_their_own(sidebar):
    sidebar.set_chats([listed(1, "Kept", NOW - timedelta(days=9), is_pinned=True),
                       listed(2, "New", NOW)])  # fmt: skip
    assert rows(sidebar) == ["Pinned", "Kept", "Today", "New"]


def test_found_messages_stand_below_the_titles(sidebar, qtbot):
    qtbot.keyClicks(sidebar.search, "port")
    sidebar.set_found([Hit(1, "Prime test", 7, Role.USER, "which\n port is  it")])
    assert rows(sidebar) == ["Yesterday", "Port parser", "In messages", "Prime test"]
    with qtbot.waitSignal(sidebar.found_chosen) as chosen:
        click(qtbot, sidebar, "Prime test")
    assert chosen.args == [1, 7]
    qtbot.keyClick(sidebar.search, Qt.Key.Key_Escape)
    assert "In messages" not in rows(sidebar)


def test_what_was_searched_is_marked_in_the_row(sidebar, qtbot):
    def picture(marks):
        sidebar.set_found([Hit(1, "Prime test", 11, Role.USER, "die Straße 😀 编程", marks)])
        return sidebar.list.grab().toImage()

    qtbot.keyClicks(sidebar.search, "strasse")
    plain, marked = picture(()), picture(((4, 10), (13, 15)))
    assert plain.size() == marked.size()
    assert plain != marked


def test_titles_are_sought_as_messages_are(sidebar, qtbot):
    sidebar.set_chats([listed(1, "Die Straße in C#", NOW, tags=("Café",)), listed(2, "x", NOW)])
    for words in ("STRASSE", "c# die", "#", "#cafe strasse", "cafe"):
        sidebar.search.clear()
        qtbot.keyClicks(sidebar.search, words)
        assert rows(sidebar) == ["Today", "Die Straße in C#"], words


def test_a_damaged_chat_says_so_and_can_be_exported_and_deleted(sidebar, qtbot):
    sidebar.set_chats([listed(1, "Damaged chat", NOW, damage="title, date")])
    item = sidebar.list.item(1)
    assert item.data(TAGS_ROLE) == "Damaged"
    assert "its title, date cannot be read" in item.toolTip()
    with qtbot.waitSignal(sidebar.chat_chosen):
        click(qtbot, sidebar, "Damaged chat")
    sidebar.list.customContextMenuRequested.emit(sidebar.list.visualItemRect(item).center())
    menu = sidebar.findChild(QMenu)
    offered = {action.text(): action for action in menu.actions()}
    with qtbot.waitSignal(sidebar.export_requested):
        offered["Export chat…"].trigger()
    with qtbot.waitSignal(sidebar.delete_requested):
        offered["Delete chat"].trigger()


def test_a_chat_is_renamed_in_its_place(sidebar, qtbot):
    click(qtbot, sidebar, "Port parser")
    qtbot.keyClick(sidebar.list, Qt.Key.Key_F2)
    editor = sidebar.list.findChild(QLineEdit)
    editor.setText("Ports")
    with qtbot.waitSignal(sidebar.renamed) as renamed:
        qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert renamed.args == [3, "Ports"]
    item = sidebar.list.item(rows(sidebar).index("Prime test"))
    item.setText("  ")
    assert item.text() == "Prime test"


def place_of(sidebar, title):
    return sidebar.list.visualItemRect(sidebar.list.item(rows(sidebar).index(title))).center()


def test_a_double_click_renames_a_chat_though_the_list_is_filled_anew(sidebar, qtbot):
    place, view = place_of(sidebar, "Port parser"), sidebar.list.viewport()
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseDClick(view, Qt.MouseButton.LeftButton, pos=place)
    editor = sidebar.list.findChild(QLineEdit)
    qtbot.keyClicks(editor, "Ports")
    sidebar.set_chats([listed(3, "Port parser", NOW), listed(5, "An answer came", NOW)])
    qtbot.keyClicks(editor, " of call")
    with qtbot.waitSignal(sidebar.renamed) as renamed:
        qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert renamed.args == [3, "Ports of call"]
    qtbot.waitUntil(lambda: "An answer came" in rows(sidebar))


def test_a_menu_renames_its_chat_though_the_list_is_filled_anew(sidebar, qtbot):
    sidebar._show_menu(place_of(sidebar, "Port parser"))
    menu = sidebar.findChild(QMenu)
    sidebar.set_chats([listed(5, "New", NOW), listed(3, "Port parser", NOW)])
    next(action for action in menu.actions() if action.text() == "Rename chat").trigger()
    menu.close()
    editor = sidebar.list.findChild(QLineEdit)
    assert editor.text() == "Port parser"
    qtbot.keyClick(editor, Qt.Key.Key_Escape)


def test_a_heading_is_not_renamed(sidebar, qtbot):
    place = place_of(sidebar, "Today")
    qtbot.mouseDClick(sidebar.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert sidebar.list.findChild(QLineEdit) is None


TAGGED = [
    listed(1, "Prime test", NOW, tags=("math", "work")),
    listed(2, "Mathematics", NOW, tags=("school",)),
    listed(3, "Regex", NOW),
]


def menu_of(sidebar, title):
    """Open a chat's menu and return the one of its tags."""
    item = sidebar.list.item(rows(sidebar).index(title))
    sidebar._show_menu(sidebar.list.visualItemRect(item).center())
    return sidebar.findChildren(TagMenu)[-1]


def test_a_tag_filters_and_plain_words_find_tags_too(sidebar, qtbot):
    sidebar.set_chats(TAGGED)
    qtbot.keyClicks(sidebar.search, "#ma")
    assert rows(sidebar) == ["Today", "Prime test"]
    sidebar.search.setText("math")
    assert rows(sidebar) == ["Today", "Prime test", "Mathematics"]
    sidebar.search.setText("#work prime")
    assert rows(sidebar) == ["Today", "Prime test"]
    sidebar.search.setText("#work regex")
    assert rows(sidebar) == ["No results for “#work regex”"]


def test_tags_are_set_and_taken_away_in_the_menu(sidebar, qtbot):
    sidebar.set_chats(TAGGED)
    menu = menu_of(sidebar, "Prime test")
    actions = {action.text(): action for action in menu.actions()}
    assert [text for text in actions if text.startswith("#")] == ["#math", "#school", "#work"]
    assert [text for text, action in actions.items() if action.isChecked()] == ["#math", "#work"]
    with qtbot.waitSignal(sidebar.tags_changed) as changed:
        actions["#work"].trigger()
    assert changed.args == [1, ["math"]]
    menu = menu_of(sidebar, "Regex")
    with qtbot.waitSignal(sidebar.tags_changed) as changed:
        next(action for action in menu.actions() if action.text() == "#school").trigger()
    assert changed.args == [3, ["school"]]


def test_a_new_tag_is_asked_for(sidebar, qtbot):
    sidebar.set_chats(TAGGED)
    menu = menu_of(sidebar, "Prime test")
    next(action for action in menu.actions() if action.text() == "New tag…").trigger()
    menu.parentWidget().close()
    question = sidebar.findChild(QInputDialog)
    question.setTextValue("urgent")
    with qtbot.waitSignal(sidebar.tags_changed) as changed:
        question.accept()
    assert changed.args == [1, ["math", "work", "urgent"]]


def test_the_menu_shows_all_chats_with_a_tag(sidebar, qtbot):
    sidebar.set_chats(TAGGED)
    menu = menu_of(sidebar, "Mathematics")
    only = next(a for a in menu.actions() if a.text() == "Show chats with #school")
    only.trigger()
    assert sidebar.search.text() == "#school"
    assert rows(sidebar) == ["Today", "Mathematics"]


def test_models_snippets_and_settings_stand_below(sidebar, qtbot):
    for name, signal in (
        ("openModels", sidebar.links.models_requested),
        ("openSnippets", sidebar.links.snippets_requested),
        ("openSettings", sidebar.links.settings_requested),
    ):
        with qtbot.waitSignal(signal):
            qtbot.mouseClick(sidebar.findChild(QPushButton, name), Qt.MouseButton.LeftButton)


def test_the_keyboard_goes_from_search_to_what_was_found(sidebar, qtbot):
    sidebar.activateWindow()
    sidebar.search.setText("prime")
    with qtbot.waitSignal(sidebar.chat_chosen) as chosen:
        qtbot.keyClick(sidebar.search, Qt.Key.Key_Down)
    assert chosen.args == [1]
    assert sidebar.list.currentItem().text() == "Prime test"
    with qtbot.waitSignal(sidebar.chat_chosen) as chosen:
        for _ in range(2):  # over the heading
            qtbot.keyClick(sidebar.list, Qt.Key.Key_Down)
    assert chosen.args == [4]
