"""The palette does what it finds; the sheet lists every key."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from app.ui.widgets.commands import Command, CommandPalette, ShortcutSheet, bind


@pytest.fixture
def done():
    return []


@pytest.fixture
def commands(done):
    return [
        Command("Chat", "New chat", lambda: done.append("new"), "Ctrl+N", is_bound=True),
        Command("Code", "Find", lambda: done.append("find"), "Ctrl+F"),
        Command("Code", "Nothing to press", lambda: done.append("nothing")),
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
    shown = [label.text() for label in sheet.findChildren(QLabel)]
    assert shown == ["Chat", "New chat", "Ctrl+N", "Code", "Find", "Ctrl+F"]
