"""The settings of a chat with presets above them."""

from pathlib import Path

import pytest
from hands import turn_wheel
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QInputDialog,
    QMessageBox,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
)

from app.core.errors import SettingsError
from app.ui.widgets.controls.cards import Notice
from app.ui.widgets.settings.chat_settings import ChatSettingsDialog


@pytest.fixture
def dialog(qtbot):
    widget = ChatSettingsDialog({"chat.temperature": 0.7})
    qtbot.addWidget(widget)
    widget.show()
    widget.show_presets(["Careful", "Wild"], "Wild")
    return widget


def press(qtbot, dialog, name):
    qtbot.mouseClick(dialog.findChild(QPushButton, name), Qt.MouseButton.LeftButton)


def menu(dialog):
    actions = dialog.findChild(QToolButton, "morePresets").menu().actions()
    return {action.text(): action for action in actions}


def test_presets_are_offered_and_chosen(dialog, qtbot):
    picker = dialog.findChild(QComboBox, "presetPicker")
    assert [picker.itemText(row) for row in range(picker.count())] == [
        "No preset",
        "Careful",
        "Wild",
    ]
    assert picker.currentText() == "Wild"
    with qtbot.waitSignal(dialog.presets.chosen) as chosen:
        picker.activated.emit(1)
    assert chosen.args == ["Careful"]
    with qtbot.waitSignal(dialog.presets.chosen) as chosen:
        picker.activated.emit(0)
    assert chosen.args == [""]
    dialog.show_presets(["Careful"], "")
    assert picker.currentText() == "No preset"
    assert not menu(dialog)["Delete this preset"].isEnabled()


def test_shown_values_are_told_to_nobody(dialog, qtbot):
    with qtbot.assertNotEmitted(dialog.changed):
        dialog.show_values({"chat.temperature": 1.1, "chat.system": "Be brief."})
    assert dialog.findChild(QDoubleSpinBox, "setting-chat.temperature").value() == 1.1
    system = dialog.findChild(QPlainTextEdit, "setting-chat.system")
    assert system.toPlainText() == "Be brief."
    with qtbot.waitSignal(dialog.changed) as changed:
        system.setPlainText("Be long.")
    assert changed.args == ["chat.system", "Be long."]


def test_reset_asks_first_and_enter_leaves_all_as_it_is(dialog, qtbot):
    told = []
    dialog.reset_requested.connect(lambda: told.append("reset"))
    dialog.changed.connect(lambda key, value: told.append(key))
    press(qtbot, dialog, "resetSettings")
    question = dialog.findChild(QMessageBox, "resetQuestion")
    question.activateWindow()
    QTest.keyClick(question.windowHandle(), Qt.Key.Key_Return)
    assert told == []
    press(qtbot, dialog, "resetSettings")
    question = dialog.findChildren(QMessageBox, "resetQuestion")[-1]
    reset = next(button for button in question.buttons() if button.text() == "Reset")
    qtbot.mouseClick(reset, Qt.MouseButton.LeftButton)
    assert told == ["reset"]


def test_the_wheel_chooses_no_preset(dialog, qtbot):
    told = []
    dialog.presets.chosen.connect(told.append)
    dialog.presets.picker.setFocus()
    turn_wheel(dialog.presets.picker, 1)
    assert told == []
    assert dialog.presets.picker.currentText() == "Wild"


def test_keep_asks_for_a_name(dialog, qtbot):
    press(qtbot, dialog, "keepPreset")
    question = dialog.findChild(QInputDialog)
    assert question.textValue() == "Wild"
    question.setTextValue("Mine")
    with qtbot.waitSignal(dialog.presets.kept) as kept:
        question.accept()
    assert kept.args == ["Mine"]


def test_import_export_and_delete(dialog, qtbot, tmp_path):
    for words, signal in (
        ("Import a preset…", dialog.presets.import_chosen),
        ("Export these settings…", dialog.presets.export_chosen),
    ):
        menu(dialog)[words].trigger()
        asked = dialog.findChildren(QFileDialog)[-1]
        with qtbot.waitSignal(signal) as chosen:
            asked.fileSelected.emit(str(tmp_path / "a.toml"))
        assert chosen.args == [Path(tmp_path / "a.toml")]
        asked.close()
    with qtbot.waitSignal(dialog.presets.removed) as removed:
        menu(dialog)["Delete this preset"].trigger()
    assert removed.args == ["Wild"]


def test_a_problem_is_shown_until_it_is_over(dialog, qtbot):
    dialog.show_problem(SettingsError("a.toml: The setting is 9.", hint="It must be less."))
    dialog.show_problem(SettingsError("b.toml: The setting is 9.", hint="It must be less."))

    def shown():
        return [c.accessibleName() for c in dialog.findChildren(Notice) if c.isVisible()]

    qtbot.waitUntil(lambda: shown() == ["b.toml: The setting is 9. It must be less."])
    dialog.clear_problem()
    assert shown() == []


def test_undo_is_offered(dialog, qtbot):
    undone = []
    dialog.offer_undo("The preset “Wild” was deleted.", lambda: undone.append(1))
    press(qtbot, dialog, "undo")
    assert undone == [1]
