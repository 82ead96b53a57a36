"""A message that was sent with files shows chips that open, and not the files' lines."""

from __future__ import annotations

import pytest
from hands import rest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFrame, QPushButton
from said import said

from app.core.attachments import Attachment
from app.core.messages import Role
from app.text.attached import taken_apart, with_attachments
from app.ui.widgets.code.file_dialog import LONGEST_SHOWN, FileDialog
from app.ui.window import Window

FILES = (
    Attachment("long.py", "x = 1\n" * 1_600),
    Attachment("numbers/a.py", "y = 1\n"),
    Attachment("numbers/sub/b.py", "z = 1\n"),
)


@pytest.fixture
def window(qtbot, theme):
    window = Window(lambda: None)
    qtbot.addWidget(window)
    window.resize(1000, 700)
    window.show()
    return window


def show(window, words, files=FILES):
    text = with_attachments(words, files)
    window.conversation.load([said(Role.USER, text)])
    rest(50)
    return window.conversation.messages()[0]


def press(widget):
    window, place = widget.window(), widget.mapTo(widget.window(), widget.rect().center())
    QTest.mouseMove(window.windowHandle(), place)
    QTest.mouseClick(window.windowHandle(), Qt.MouseButton.LeftButton, pos=place)


def chips(view):
    return {c.accessibleName(): c for c in view.findChildren(QPushButton, "openAttachment")}


def test_files_are_chips_and_a_folder_is_one(window):
    view = show(window, "Explain these")
    assert view.prose.toPlainText() == "Explain these"
    assert list(chips(view)) == ["long.py, 1,600 lines", "numbers/, 2 files, 2 lines"]
    assert view.height() < 200
    assert view.text() == with_attachments("Explain these", FILES)


def test_a_chip_opens_its_file(window, qtbot):
    view = show(window, "Explain these")
    press(chips(view)["long.py, 1,600 lines"])
    dialog = window.findChild(FileDialog)
    qtbot.waitUntil(dialog.isVisible)
    assert dialog.view.text() == "x = 1\n" * 1_600
    assert dialog.view.language == "python"
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_a_huge_file_is_shown_in_part_and_copied_whole(window, qtbot):
    text = "x = 1\n" * (LONGEST_SHOWN // 3)
    view = show(window, "", [Attachment("huge.py", text)])
    assert not view.prose.isVisible()
    press(next(iter(chips(view).values())))
    dialog = window.findChild(FileDialog)
    qtbot.waitUntil(dialog.isVisible)
    assert len(dialog.view.text()) <= LONGEST_SHOWN
    press(dialog.findChild(QPushButton, "copyFile"))
    assert QGuiApplication.clipboard().text() == text
    dialog.close()


def test_editing_changes_the_words_and_keeps_the_files(window, qtbot):
    view = show(window, "Explain these")
    view.edit()
    editor = view.findChild(QFrame, "messageEditor")
    assert editor.editor.toPlainText() == "Explain these"
    edited = []
    view.edited.connect(lambda _, text, __: edited.append(text))
    editor.editor.selectAll()
    QTest.keyClicks(editor.editor, "Mend these")
    QTest.keyClick(editor.editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert edited == [with_attachments("Mend these", FILES)]
    assert taken_apart(edited[0]) == ("Mend these", FILES)


def test_what_only_looks_like_a_file_stays_as_it_was_written(window):
    view = show(window, "File `a.py`:\n\n```python\nx = 1\n```\n\nand more", [])
    assert "and more" in view.prose.toPlainText()
    assert chips(view) == {}
