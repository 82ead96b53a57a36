"""Choosing a model and a language."""

import time
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton

from app.core.errors import AppError
from app.core.models import FileFamily, ModelFile, ModelState
from app.ui.language_choices import language_choices
from app.ui.widgets.composer.language_hint import LanguageHint
from app.ui.widgets.controls.choices import DETAIL, Choice
from app.ui.widgets.controls.popup import Popup
from app.ui.widgets.top_bar.language_picker import LanguagePicker
from app.ui.widgets.top_bar.model_picker import ModelPicker

TIP = Qt.ItemDataRole.ToolTipRole


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
    picker.show_model(SMALL, ModelState.READY)
    assert shown(picker) == ["StarCoder2 3B", "Q4_0 · 1.7 GB", "fits"]
    picker.show_model(BIG, ModelState.READY)
    assert "too large" in shown(picker)
    assert "StarCoder2 15B" in picker.accessibleName()


def test_a_small_model_has_one_size_everywhere(picker):
    picker.show_model(replace(BUILTIN, size_bytes=6_698_496), ModelState.READY)
    assert "Q4_0 · 6.7 MB" in shown(picker)
    picker.show_model(model("Middle", 163_400_000), ModelState.READY)
    assert "Q4_0 · 163 MB" in shown(picker)


def test_the_tooltip_tells_what_the_model_can_do(picker):
    picker.set_summary("It completes code.")
    assert picker.toolTip() == "Choose a model (Ctrl+M). It completes code."
    assert picker.accessibleDescription() == "It completes code."


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


def details(popup):
    model = popup.view.model()
    return [model.index(row, 0).data(DETAIL) for row in range(model.rowCount())]


def test_two_models_of_one_name_are_told_apart_by_their_files(picker, qtbot):
    one, two = (replace(SMALL, path=Path(f"/{place}/q4.gguf")) for place in ("home", "usb"))
    other = replace(SMALL, path=Path("/home/tuned.gguf"))
    picker.set_models([one, two, other, BIG], memory_bytes=8_000_000_000)
    picker.show_model(two, ModelState.READY)
    assert shown(picker)[1] == "usb/q4.gguf · Q4_0 · 1.7 GB"
    qtbot.mouseClick(picker, Qt.MouseButton.LeftButton)
    popup = picker.findChild(Popup)
    assert [detail.split(" · ")[0] for detail in details(popup)[:4]] == [
        "home/q4.gguf",
        "usb/q4.gguf",
        "tuned.gguf",
        "Q4_0",
    ]


def test_a_file_that_cannot_be_used_stays_in_the_list(picker, qtbot):
    bad = Path("/models/bad.gguf")
    picker.set_broken([(bad, AppError("It is cut short.", hint="Copy it again."))])
    qtbot.mouseClick(picker, Qt.MouseButton.LeftButton)
    popup = picker.findChild(Popup)
    assert rows(popup)[3:] == [
        "bad.gguf",
        "Open a GGUF file…",
        "Remove files that can't be used from this list",
    ]
    assert details(popup)[3] == "It is cut short."
    assert "Copy it again." in popup.view.model().index(3, 0).data(TIP)
    qtbot.keyClick(popup.view, Qt.Key.Key_End)
    with qtbot.waitSignal(picker.forget_requested):
        qtbot.keyClick(popup.view, Qt.Key.Key_Return)


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
    picker.show_model(SMALL, ModelState.LOADING, 0.42)
    assert "Loading 42%" in shown(picker)
    cancel = picker.findChild(object, "cancelLoading")
    with qtbot.waitSignal(picker.cancel_requested):
        qtbot.mouseClick(cancel, Qt.MouseButton.LeftButton)
    picker.show_model(BUILTIN, ModelState.IDLE)
    assert not cancel.isVisible()


@pytest.fixture
def languages(qtbot):
    widget = LanguagePicker()
    qtbot.addWidget(widget)
    widget.set_languages(language_choices)
    widget.show()
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)
    return widget


def test_a_language_is_found_by_typing(languages, qtbot):
    popup = languages.findChild(Popup)
    assert rows(popup)[:4] == ["Auto", "Python", "JavaScript", "TypeScript"]
    qtbot.keyClicks(popup.search, "java")
    assert rows(popup)[:2] == ["Java", "JavaScript"]
    qtbot.keyClick(popup.search, Qt.Key.Key_Down)
    with qtbot.waitSignal(languages.language_chosen) as chosen:
        qtbot.keyClick(popup.search, Qt.Key.Key_Return)
    assert chosen.args == ["JavaScript"]
    assert shown(languages) == ["Language", "JavaScript"]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("py", "Python"),
        ("rs", "Rust"),
        (".tf", "Terraform"),
        ("hcl", "Terraform"),
        ("k8s", "Kubernetes YAML"),
        ("c", "C"),
        ("go", "Go"),
        ("golang", "Go"),
        (".yml", "YAML"),
        ("github", "GitHub Actions"),
        ("cob", "COBOL"),
        ("F#", "F#"),
    ],
)
def test_names_aliases_and_endings_find_a_language(languages, qtbot, typed, first):
    popup = languages.findChild(Popup)
    qtbot.keyClicks(popup.search, typed)
    assert rows(popup)[0] == first


def test_600_languages_are_searched_quickly(languages, qtbot):
    popup = languages.findChild(Popup)
    assert len(rows(popup)) > 600
    began = time.thread_time()
    popup.search.setText("s")
    popup.search.setText("sc")
    assert (time.thread_time() - began) / 2 < 0.1  # 3 ms
    popup.search.setText("no such language")
    assert rows(popup) == []
    assert "No matches" in shown(popup)
    popup.search.setText("")
    assert len(rows(popup)) > 600


def test_a_row_says_who_knows_the_language(languages):
    model = languages.findChild(Popup).view.model()
    details = {model.index(n, 0).data(): model.index(n, 0).data(DETAIL) for n in range(60)}
    assert details["Python"] == ".py"
    assert details["Terraform"] == ".tf · 15B"
    tips = {model.index(n, 0).data(): model.index(n, 0).data(TIP) for n in range(60)}
    assert "comments begin with #" in tips["Terraform"]
    assert "15B" in tips["Terraform"]
    assert "no comment syntax is known" in tips["JSON"]


def test_the_hint_offers_the_model_that_knows(qtbot):
    hint = LanguageHint()
    qtbot.addWidget(hint)
    assert hint.text() == ""
    hint.show_hint("Not trained on Terraform.", "StarCoder2 15B", BIG.path)
    hint.show()
    assert hint.text() == "Not trained on Terraform."
    button = hint.findChild(QPushButton, "chooseLarge")
    assert button.text() == "Choose StarCoder2 15B"
    with qtbot.waitSignal(hint.model_chosen) as chosen:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert chosen.args == [BIG.path]
    assert hint.text() == ""
    hint.show_hint("Get it.", "", None)
    assert not button.isVisible()


def test_what_is_said_of_a_language_is_not_cut_where_there_is_room(qtbot):
    def right_side(width):
        popup = Popup(None, width=width, search_words="Search")
        qtbot.addWidget(popup)
        popup.open_at(QPoint(0, 0), [Choice("Auto", "", "Detected from the question")] * 12)
        picture = popup.view.viewport().grab().toImage()
        return picture.copy(picture.width() - 160, 4, 160, 26)

    assert right_side(300) == right_side(500)
