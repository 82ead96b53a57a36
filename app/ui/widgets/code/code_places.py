"""Where an editor stands: its cursor and the first line in sight, read and put back."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QPlainTextEdit

from app.core.tab_places import TabPlace


def place_of(editor: QPlainTextEdit, version: int) -> TabPlace:
    """Return where an editor stands."""
    return TabPlace(version, editor.textCursor().position(), editor.verticalScrollBar().value())


def put_place(editor: QPlainTextEdit, place: TabPlace) -> None:
    """Put cursor and sight back, once the editor has its size."""
    if place.cursor:
        cursor = editor.textCursor()
        cursor.setPosition(min(place.cursor, editor.document().characterCount() - 1))
        editor.setTextCursor(cursor)
    if place.cursor or place.top:
        bar = editor.verticalScrollBar()
        QTimer.singleShot(0, bar, lambda: bar.setValue(place.top))
