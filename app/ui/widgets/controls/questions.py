"""The questions that the window asks: where to save, what to open, whether to follow a link.

None of them blocks: each calls back with the answer, and never where it was cancelled.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from enum import Enum
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QInputDialog, QLineEdit, QMessageBox, QWidget


class Leaving(Enum):
    """What becomes of unsaved tabs when the window closes."""

    KEEP = "keep"
    SAVE = "save"
    DISCARD = "discard"


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
    dialog.setNameFilters(["Chats, to import again (*.json)", "Markdown, to read (*.md)"])
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
    _open_several(dialog, chosen)


def ask_folder(
    parent: QWidget,
    chosen: Callable[[Path], None],
    *,
    title: str = "Attach a folder",
    start: str = "",
) -> None:
    """Ask for a folder, beginning at `start`."""
    dialog = QFileDialog(parent, title, start)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
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


OPENED_SCHEMES = ("http", "https", "mailto")
SHOWN_ADDRESS_CHARACTERS = 300


def ask_link(parent: QWidget, address: str) -> None:
    """Never follow a link by itself: say where it leads and ask.

    Only web and mail addresses are opened: any other could start a program of this machine.
    """
    url = QUrl(address, QUrl.ParsingMode.StrictMode)
    is_open = url.scheme() in OPENED_SCHEMES and (url.scheme() == "mailto" or bool(url.host()))
    # As it is sent, so that no character of it looks like another or turns the line around.
    shown = url.toString(QUrl.ComponentFormattingOption.FullyEncoded) if is_open else repr(address)
    if len(shown) > SHOWN_ADDRESS_CHARACTERS:
        shown = f"{shown[:SHOWN_ADDRESS_CHARACTERS]}…"
    box = QMessageBox(parent)
    box.setObjectName("linkQuestion")
    box.setWindowTitle("Open link")
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    cancel = box.addButton("Cancel", QMessageBox.ButtonRole.RejectRole)
    if is_open:
        program = "mail program" if url.scheme() == "mailto" else "browser"
        box.setText(f"Open this address in your {program}?\n\n{shown}")
        follow = box.addButton("Open", QMessageBox.ButtonRole.AcceptRole)
        follow.clicked.connect(lambda: QDesktopServices.openUrl(url))
    else:
        box.setText(f"This is not a web or mail address, so it was not opened:\n\n{shown}")
        cancel.setText("Close")
    box.setDefaultButton(cancel)
    box.open()


def ask_reset(parent: QWidget, text: str, reset: Callable[[], None]) -> None:
    """Ask before settings are reset; Enter and Esc leave them as they are."""
    box = _question(parent, "resetQuestion", "Reset settings", text)
    box.setInformativeText("You can undo this.")
    cancel = box.addButton("Cancel", QMessageBox.ButtonRole.RejectRole)
    again = box.addButton("Reset", QMessageBox.ButtonRole.DestructiveRole)
    again.clicked.connect(reset)
    box.setDefaultButton(cancel)
    box.setEscapeButton(cancel)
    box.open()


def ask_to_open(parent: QWidget, chosen: Callable[[list[Path]], None]) -> None:
    """Ask which files to open in tabs."""
    dialog = QFileDialog(parent, "Open files")
    _open_several(dialog, chosen)


def ask_unsaved(
    parent: QWidget, title: str, *, save: Callable[[], None], discard: Callable[[], None]
) -> None:
    """Ask what to do with one tab's text that is in no file."""
    box = _question(parent, "unsavedQuestion", "Close tab", f"{title} is not saved.")
    keep = box.addButton("Save", QMessageBox.ButtonRole.AcceptRole)
    keep.clicked.connect(save)
    box.addButton("Close without saving", QMessageBox.ButtonRole.DestructiveRole).clicked.connect(
        discard
    )
    box.addButton("Cancel", QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(keep)
    box.open()


def ask_leave(
    parent: QWidget,
    titles: Sequence[str],
    answered: Callable[[Leaving], None],
    *,
    can_save: bool,
) -> QMessageBox:
    """Ask once what to do with all text that is in no file, before the window goes.

    Saving is offered where a tab has a file; one that has none is kept then.
    """
    names = ", ".join(titles[:5]) + (f" and {len(titles) - 5} more" if len(titles) > 5 else "")
    count = "One tab is" if len(titles) == 1 else f"{len(titles)} tabs are"
    box = _question(parent, "leaveQuestion", "Close Starwright", f"{count} not saved: {names}.")
    box.setInformativeText("Kept tabs reopen next time, unsaved changes included.")
    roles = QMessageBox.ButtonRole
    for words, role, answer in (
        ("Keep for next time", roles.AcceptRole, Leaving.KEEP),
        ("Save to files", roles.AcceptRole, Leaving.SAVE),
        ("Discard", roles.DestructiveRole, Leaving.DISCARD),
    ):
        if answer is Leaving.SAVE and not can_save:
            continue
        button = box.addButton(words, role)
        button.clicked.connect(partial(answered, answer))
        if answer is Leaving.KEEP:
            box.setDefaultButton(button)
    box.addButton("Cancel", roles.RejectRole)
    box.open()
    return box


def _question(parent: QWidget, name: str, title: str, text: str) -> QMessageBox:
    box = QMessageBox(parent)
    box.setObjectName(name)
    box.setWindowTitle(title)
    box.setText(text)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return box


def _open(dialog: QFileDialog, chosen: Callable[[Path], None]) -> None:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(lambda path: chosen(Path(path)))
    dialog.open()


def _open_several(dialog: QFileDialog, chosen: Callable[[list[Path]], None]) -> None:
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.filesSelected.connect(
        lambda paths: chosen(_typed(dialog) or [Path(path) for path in paths])
    )
    dialog.open()


def _typed(dialog: QFileDialog) -> list[Path]:
    """Return the files that were typed in quotes, none where that is not what was done.

    Qt's dialog selects in its list what is typed, some of it too late or not at all, and then
    tells of that selection alone.
    """
    field = dialog.findChild(QLineEdit, "fileNameEdit")  # a system's own dialog has none
    text = field.text() if field is not None else ""
    if not re.fullmatch(r'\s*"[^"]+"(\s*"[^"]+")+\s*', text):
        return []
    folder = Path(dialog.directory().absolutePath())
    typed = [folder / Path(name).expanduser() for name in re.findall('"([^"]+)"', text)]
    return list(dict.fromkeys(typed)) if all(path.is_file() for path in typed) else []
