"""The questions that the window asks: where to save, what to open, whether to follow a link.

None of them blocks: each calls back with the answer, and never where it was cancelled.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMessageBox, QWidget


def ask_save(parent: QWidget, title: str, name: str, chosen: Callable[[Path], None]) -> None:
    """Ask where to save a file that is called `name` unless the user says otherwise."""
    dialog = QFileDialog(parent, title, name)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.selectFile(name)
    _open(dialog, chosen)


def ask_export(parent: QWidget, title: str, chosen: Callable[[Path], None]) -> None:
    """Ask where to export chats, and as what: the file's ending says it."""
    name = "".join(c if c.isalnum() or c in " -_" else "_" for c in title).strip()
    dialog = QFileDialog(parent, "Export", f"{name}.json")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilters(["Chats, to be imported again (*.json)", "Markdown, to read (*.md)"])
    dialog.setDefaultSuffix("json")
    dialog.filterSelected.connect(
        lambda found: dialog.setDefaultSuffix("md" if "*.md" in found else "json")
    )
    _open(dialog, chosen)


def ask_import(parent: QWidget, chosen: Callable[[Path], None]) -> None:
    """Ask which exported chats to import."""
    ask_open(parent, "Import chats", "Exported chats (*.json)", chosen)


def ask_open(parent: QWidget, title: str, kind: str, chosen: Callable[[Path], None]) -> None:
    """Ask for one file; `kind` says which, as in "Exported chats (*.json)"."""
    dialog = QFileDialog(parent, title)
    dialog.setNameFilter(kind)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    _open(dialog, chosen)


def ask_files(parent: QWidget, chosen: Callable[[list[Path]], None]) -> None:
    """Ask which files to attach."""
    dialog = QFileDialog(parent, "Attach files")
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.filesSelected.connect(lambda paths: chosen([Path(path) for path in paths]))
    dialog.open()


def ask_folder(
    parent: QWidget, chosen: Callable[[Path], None], *, title: str = "Attach a folder"
) -> None:
    """Ask for a folder."""
    dialog = QFileDialog(parent, title)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    _open(dialog, chosen)


def ask_file(parent: QWidget, title: str, chosen: Callable[[Path], None]) -> None:
    """Ask for a file that is there."""
    dialog = QFileDialog(parent, title)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    _open(dialog, chosen)


def ask_text(
    parent: QWidget, title: str, words: str, chosen: Callable[[str], None], text: str = ""
) -> None:
    """Ask for one line of text, which is `text` unless the user says otherwise."""
    dialog = QInputDialog(parent)
    dialog.setObjectName("textQuestion")
    dialog.setWindowTitle(title)
    dialog.setLabelText(words)
    dialog.setTextValue(text)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.textValueSelected.connect(chosen)
    dialog.open()


def ask_link(parent: QWidget, address: str) -> None:
    """Never follow a link by itself: say where it leads and ask."""
    box = QMessageBox(parent)
    box.setObjectName("linkQuestion")
    box.setWindowTitle("Open a link")
    box.setText(f"Open this address in your browser?\n\n{address}")
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    cancel = box.addButton("Cancel", QMessageBox.ButtonRole.RejectRole)
    follow = box.addButton("Open in browser", QMessageBox.ButtonRole.AcceptRole)
    follow.clicked.connect(lambda: QDesktopServices.openUrl(QUrl(address)))
    box.setDefaultButton(cancel)
    box.open()


def _open(dialog: QFileDialog, chosen: Callable[[Path], None]) -> None:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(lambda path: chosen(Path(path)))
    dialog.open()
