"""Qt's own words in sentence case, as ours are: its menus say "Select All"."""

from __future__ import annotations

from PySide6.QtCore import QTranslator

_WORDS = {
    "Select All": "Select all",
    "&Select All": "&Select all",
    "Copy &Link Location": "Copy &link address",
    "Insert Unicode control character": "Insert Unicode control character",
    "Create New Folder": "Create new folder",
    "&New Folder": "&New folder",
    "New Folder": "New folder",
    "List View": "List view",
    "Detail View": "Detail view",
    "Parent Directory": "Parent folder",
    "All Files (*)": "All files (*)",
    "Date Modified": "Date modified",
    "My Computer": "Computer",
    "Don't Save": "Don't save",
    "Save All": "Save all",
}


class SentenceCase(QTranslator):
    """Install it on the application; what it does not know stays as Qt has it."""

    def isEmpty(self) -> bool:
        return False

    def translate(
        self, _context: str, source: str, _disambiguation: str | None = None, _n: int = -1
    ) -> str | None:
        # None is Qt's null string, "not known"; an empty one would be shown.
        return _WORDS.get(source)
