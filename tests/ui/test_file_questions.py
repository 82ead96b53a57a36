"""Files that are typed in a file dialog, in quotes, are all chosen."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLineEdit, QListView, QWidget
from pytestqt.qtbot import QtBot

from app.ui.widgets.controls.questions import ask_files, ask_to_open


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("inside/a.txt", "inside/b c.txt", "inside/sub/size of it.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    return tmp_path / "inside"


def typed(qtbot: QtBot, ask: object, start: Path, text: str, *, selected: str = "") -> list[Path]:
    """Type, and press Enter. Qt's dialog has `selected` this alone in its list by then."""
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    chosen: list[list[Path]] = []
    ask(window, chosen.append)  # type: ignore[operator]
    dialog = window.findChild(QFileDialog)
    assert dialog is not None
    dialog.setDirectory(str(start))
    field = dialog.findChild(QLineEdit, "fileNameEdit")
    assert field is not None
    dialog.activateWindow()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    QTest.keyClicks(field, text)
    if selected:
        select(qtbot, dialog, selected)
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(chosen))
    return chosen[0]


def select(qtbot: QtBot, dialog: QFileDialog, name: str) -> None:
    view = dialog.findChild(QListView, "listView")
    assert view is not None

    def rows() -> list[QModelIndex]:
        root = view.rootIndex()
        found = [view.model().index(n, 0, root) for n in range(view.model().rowCount(root))]
        return [index for index in found if index.data() == name]

    qtbot.waitUntil(lambda: bool(rows()))
    flag = QItemSelectionModel.SelectionFlag
    view.selectionModel().select(rows()[0], flag.ClearAndSelect | flag.Rows)


@pytest.mark.parametrize("ask", [ask_files, ask_to_open])
def test_all_paths_that_are_typed_are_chosen(qtbot: QtBot, folder: Path, ask: object) -> None:
    one, other = folder / "a.txt", folder / "b c.txt"
    found = typed(qtbot, ask, folder, f'"{one}" "{other}"', selected="b c.txt")
    assert found == [one, other]


def test_names_are_those_of_the_folder_that_is_shown(qtbot: QtBot, folder: Path) -> None:
    found = typed(qtbot, ask_files, folder, '"sub/size of it.txt"  "a.txt"', selected="a.txt")
    assert found == [folder / "sub/size of it.txt", folder / "a.txt"]


def test_a_single_name_is_chosen_as_ever(qtbot: QtBot, folder: Path) -> None:
    assert typed(qtbot, ask_files, folder, "b c.txt") == [folder / "b c.txt"]
