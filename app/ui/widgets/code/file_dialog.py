"""Shows the text of attached files, as it goes to the model."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QLabel,
    QListWidget,
    QWidget,
)

from app.core.attachments import Attachment
from app.core.commands import LEAVE
from app.text.languages import label_of_file
from app.ui.widgets.code.code_view import CodeView
from app.ui.widgets.controls.buttons import text_button
from app.ui.widgets.controls.dialog import Dialog
from app.ui.widgets.controls.keys import tooltip
from app.ui.widgets.look.fonts import scaled

_SIZE = QSize(760, 560)
LONGEST_SHOWN = 100_000
"""Characters: more would hold the window up while they are laid out."""


class FileDialog(Dialog):
    """Read only; closes with Esc. Files are chosen at the left where there are several."""

    def __init__(
        self, title: str, files: Sequence[Attachment], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("fileDialog")
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        room = parent.size() if parent is not None else _SIZE
        self.resize(_SIZE.boundedTo(room))
        self._files = tuple(files)
        self.list = self._make_list()
        self.view = CodeView(line_numbers=True)
        self.view.setObjectName("fileText")
        self._note = QLabel()
        self._note.setProperty("role", "small")
        copy = text_button("Copy", "copyFile", "Copy the whole file")
        copy.clicked.connect(self._copy)
        close = text_button("Close", "closeFile", tooltip(LEAVE))
        close.clicked.connect(self.accept)
        self.show_beside(self.list, self.view, copy, close, note=self._note)
        self.list.currentRowChanged.connect(self._show)
        self.list.setCurrentRow(0)
        (self.list if len(files) > 1 else self.view).setFocus()

    def _make_list(self) -> QListWidget:
        view = QListWidget()
        view.setObjectName("fileList")
        view.setAccessibleName("Files")
        view.setFixedWidth(scaled(200))
        view.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        folder = _common_folder([file.name for file in self._files])
        for file in self._files:
            view.addItem(file.name[len(folder) :])
            view.item(view.count() - 1).setToolTip(file.name)
        view.setVisible(len(self._files) > 1)
        return view

    def _show(self, row: int) -> None:
        file = self._files[row]
        shown = _beginning(file.text)
        self.view.setAccessibleName(file.name)
        self.view.set_language(file.label or label_of_file(file.name))
        self.view.set_text(shown)
        hidden = file.text[len(shown) :].count("\n") + 1
        self._note.setText(
            f"{hidden:,} more lines are not shown. Copy includes them."
            if shown != file.text
            else ""
        )

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._files[max(self.list.currentRow(), 0)].text)


def _beginning(text: str) -> str:
    """Return what is shown of a text: whole lines where it has any."""
    if len(text) <= LONGEST_SHOWN:
        return text
    end = text.rfind("\n", 0, LONGEST_SHOWN)
    return text[: end if end > 0 else LONGEST_SHOWN]


def _common_folder(names: Sequence[str]) -> str:
    folders = {name.rpartition("/")[0].partition("/")[0] for name in names}
    return f"{folders.pop()}/" if len(folders) == 1 and "" not in folders else ""
