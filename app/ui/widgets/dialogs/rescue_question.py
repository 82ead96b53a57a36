"""Asks whether a chat history that turned out to be damaged is rescued now."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget


def ask_rescue(parent: QWidget, rescue: Callable[[], None]) -> None:
    """Ask once; nothing is asked while the question stands already."""
    if any(box.isVisible() for box in parent.findChildren(QMessageBox, "rescueQuestion")):
        return
    box = QMessageBox(parent)
    box.setObjectName("rescueQuestion")
    box.setWindowTitle("Damaged chat history")
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText("Your chat history is damaged.")
    box.setInformativeText(
        "Starwright can copy everything that is still readable to a new file and use that. "
        "The damaged file is kept."
    )
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    later = box.addButton("Not now", QMessageBox.ButtonRole.RejectRole)
    accept = box.addButton("Rescue chats", QMessageBox.ButtonRole.AcceptRole)
    accept.clicked.connect(rescue)
    box.setDefaultButton(accept)
    box.setEscapeButton(later)
    box.open()
