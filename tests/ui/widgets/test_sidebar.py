"""The list of chats: groups, search, opening and deleting."""

from datetime import datetime, timedelta

import pytest
from PySide6.QtCore import Qt

from app.ui.widgets.sidebar import ChatEntry, Sidebar

NOW = datetime.now()  # noqa: DTZ005


@pytest.fixture
def sidebar(qtbot):
    widget = Sidebar()
    qtbot.addWidget(widget)
    widget.set_chats(
        [
            ChatEntry(1, "Prime test", NOW),
            ChatEntry(2, "Regex for logs", NOW),
            ChatEntry(3, "Port parser", NOW - timedelta(days=1)),
            ChatEntry(4, "Old prime", NOW - timedelta(days=9)),
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
    assert rows(sidebar) == ["No chat is called “zzz”"]
    sidebar.search.clear()
    sidebar.set_chats([])
    assert rows(sidebar) == ["Chats appear here"]


def test_new_chat(sidebar, qtbot):
    with qtbot.waitSignal(sidebar.new_chat_requested):
        qtbot.mouseClick(sidebar.new_chat, Qt.MouseButton.LeftButton)
