"""Choosing a model and a language."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLabel

from app.core.models import FileFamily, ModelFile
from app.ui.widgets.language_picker import LanguagePicker
from app.ui.widgets.model_picker import ModelPicker
from app.ui.widgets.popup import Popup


def model(name, size_bytes, **more):
    return ModelFile(
        Path(f"/models/{name}.gguf"), name, FileFamily.GGUF, size_bytes, quantization="Q4_0", **more
    )


BIG = model("StarCoder2 15B", 9_000_000_000)
SMALL = model("StarCoder2 3B", 1_700_000_000)
BUILTIN = model("Built-in demo model", 6_200_000, is_builtin=True)


@pytest.fixture
def picker(qtbot):
    widget = ModelPicker()
    qtbot.addWidget(widget)
    widget.set_models([BIG, SMALL, BUILTIN], memory_bytes=8_000_000_000)
    widget.show()
    return widget


def shown(widget):
    return [
        label.text() for label in widget.findChildren(QLabel) if label.isVisible() and label.text()
    ]


def rows(popup):
    model = popup.view.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def test_the_pill_tells_what_a_person_wants_to_know(picker):
    picker.show_ready(SMALL)
    assert shown(picker) == ["StarCoder2 3B", "Q4_0 · 1.7 GB", "fits"]
    picker.show_ready(BIG)
    assert "too large" in shown(picker)
    assert "StarCoder2 15B" in picker.accessibleName()


def test_the_list_begins_with_the_built_in_model(picker, qtbot):
    qtbot.mouseClick(picker, Qt.MouseButton.LeftButton)
    popup = picker.findChild(Popup)
    assert popup.isVisible()
    assert rows(popup) == [
        "Built-in demo model",
        "StarCoder2 15B",
        "StarCoder2 3B",
        "Open a GGUF file…",
    ]
    with qtbot.waitSignal(picker.model_chosen) as chosen:
        qtbot.keyClick(popup.view, Qt.Key.Key_Return)
    assert chosen.args == [BUILTIN.path]
    assert not popup.isVisible()


def test_another_file_can_be_opened(picker, qtbot, tmp_path):
    path = tmp_path / "other.gguf"
    path.write_bytes(b"GGUF")
    qtbot.mouseClick(picker, Qt.MouseButton.LeftButton)
    popup = picker.findChild(Popup)
    qtbot.keyClick(popup.view, Qt.Key.Key_End)
    qtbot.keyClick(popup.view, Qt.Key.Key_Return)
    dialog = picker.window().findChild(QFileDialog)
    assert dialog.isVisible()
    with qtbot.waitSignal(picker.model_chosen) as chosen:
        dialog.fileSelected.emit(str(path))
    assert chosen.args == [path]
    dialog.close()


def test_loading_shows_how_far_and_can_be_cancelled(picker, qtbot):
    picker.show_loading(SMALL, 0.42)
    assert "Loading 42%" in shown(picker)
    cancel = picker.findChild(object, "cancelLoading")
    with qtbot.waitSignal(picker.cancel_requested):
        qtbot.mouseClick(cancel, Qt.MouseButton.LeftButton)
    picker.show_idle(BUILTIN)
    assert not cancel.isVisible()


def test_a_language_is_found_by_typing(qtbot):
    picker = LanguagePicker()
    qtbot.addWidget(picker)
    picker.set_languages(["Python", "JavaScript", "TypeScript"])
    picker.show()
    qtbot.mouseClick(picker, Qt.MouseButton.LeftButton)
    popup = picker.findChild(Popup)
    assert rows(popup) == ["Auto", "Python", "JavaScript", "TypeScript"]
    qtbot.keyClicks(popup.search, "script")
    assert rows(popup) == ["JavaScript", "TypeScript"]
    qtbot.keyClick(popup.search, Qt.Key.Key_Down)
    with qtbot.waitSignal(picker.language_chosen) as chosen:
        qtbot.keyClick(popup.search, Qt.Key.Key_Return)
    assert chosen.args == ["TypeScript"]
    assert shown(picker) == ["Language", "TypeScript"]
