"""A damaged history is rescued only when the user says so."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from app.ui.widgets.dialogs.rescue_question import ask_rescue


@pytest.mark.parametrize(("words", "rescues"), [("Rescue chats", 1), ("Not now", 0)])
def test_it_is_asked_once(qtbot, words, rescues):
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    rescued = []
    ask_rescue(window, lambda: rescued.append(1))
    ask_rescue(window, lambda: rescued.append(1))
    (box,) = window.findChildren(QMessageBox)
    (button,) = [button for button in box.buttons() if button.text() == words]
    qtbot.waitUntil(button.isVisible)
    with qtbot.waitSignal(box.finished):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert len(rescued) == rescues
