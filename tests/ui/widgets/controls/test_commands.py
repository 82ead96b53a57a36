"""The palette does what it finds; the sheet lists every key."""

from collections import Counter

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from app.core.commands import Command
from app.ui.widgets.controls.commands import CommandPalette, Offer, bind
from app.ui.widgets.dialogs.shortcut_sheet import ShortcutSheet


@pytest.fixture
def done():
    return []


@pytest.fixture
def commands(done):
    return [
        Offer(Command("Chat", "New chat", "Ctrl+N"), lambda: done.append("new"), is_bound=True),
        Offer(Command("Code", "Find", "Ctrl+F"), lambda: done.append("find")),
        Offer(Command("Code", "Nothing to press"), lambda: done.append("nothing")),
    ]


@pytest.fixture
def window(qtbot):
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.resize(900, 600)
    widget.show()
    return widget


def test_the_palette_does_what_was_searched(window, commands, done, qtbot):
    palette = CommandPalette(window)
    palette.open_with(commands)
    qtbot.keyClicks(palette.search, "nothing")
    qtbot.keyClick(palette.search, Qt.Key.Key_Return)
    assert done == ["nothing"]
    assert not palette.isVisible()


def test_keys_do_their_command_once(window, commands, done, qtbot):
    bind(commands, window)
    qtbot.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert done == ["find"]  # the other one belongs to a widget


def test_the_sheet_lists_all_keys_by_group(window, commands, qtbot):
    sheet = ShortcutSheet(commands, window)
    qtbot.addWidget(sheet)
    sheet.open()
    assert shown(sheet) == ["Chat", "New chat", "Ctrl+N", "Code", "Find", "Ctrl+F"]
    qtbot.keyClicks(sheet.search, "code ctrl")
    assert shown(sheet) == ["Code", "Find", "Ctrl+F"]
    qtbot.keyClicks(sheet.search, "q")
    assert shown(sheet) == ["No matches"]
    qtbot.keyClick(sheet.search, Qt.Key.Key_Escape)
    qtbot.keyClick(sheet.search, Qt.Key.Key_Escape)
    assert not sheet.isVisible()


def test_enter_is_called_as_it_stands_on_the_key():
    command = Offer(Command("Chat", "Continue the answer", "Ctrl+Shift+Return"), bool)
    assert command.shown_keys == "Ctrl+Shift+Enter"


def test_the_sheet_has_two_columns_of_about_one_height(window, qtbot):
    commands = [
        Offer(Command(group, f"{group} {n}", f"Ctrl+{n}"), lambda: None)
        for group, count in (("Chat", 9), ("Code", 20), ("Window", 6))
        for n in range(count)
    ]
    sheet = ShortcutSheet(commands, window)
    qtbot.addWidget(sheet)
    sheet.open()
    qtbot.wait(20)
    lefts = [label.mapTo(sheet, label.rect().topLeft()) for label in sheet.findChildren(QLabel)
             if label.text().startswith(("Chat ", "Code ", "Window "))]  # fmt: skip
    columns = Counter(place.x() for place in lefts)
    assert len(columns) == 2
    assert max(columns.values()) - min(columns.values()) <= 3


def test_the_palette_shrinks_to_what_is_found_and_one_esc_closes_it(window, commands, qtbot):
    palette = CommandPalette(window)
    palette.open_with(commands * 5)
    tall = palette.height()
    qtbot.keyClicks(palette.search, "find")
    assert palette.height() < tall
    palette.open_with(commands)
    qtbot.keyClicks(palette.search, "find")
    below = palette.height() - palette.view.geometry().top()
    assert below < 2 * palette.view.sizeHintForRow(0)  # one row, and no room for another
    qtbot.keyClicks(palette.search, "zzz")
    assert palette.height() < 100
    assert "No matches" in shown(palette)
    qtbot.keyClick(palette.search, Qt.Key.Key_Escape)
    assert not palette.isVisible()


def shown(widget):
    return [
        label.text() for label in widget.findChildren(QLabel) if label.isVisible() and label.text()
    ]
