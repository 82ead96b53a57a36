"""The settings form: made of the declarations, each change told at once, reset."""

import pytest
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QToolButton,
)

from app.core.settings import BY_KEY, DECLARED
from app.ui.widgets.settings_form import SettingsDialog


@pytest.fixture
def dialog(qtbot):
    widget = SettingsDialog("Settings", DECLARED, {"chat.temperature": 0.7, "window.theme": "dark"})
    qtbot.addWidget(widget)
    widget.show()
    return widget


def test_every_setting_shows_its_value_range_default_and_effect(dialog):
    words = " ".join(label.text() for label in dialog.findChildren(QLabel))
    for declared in DECLARED:
        assert declared.effect in words
        assert declared.allowed in words
    assert dialog.findChild(QDoubleSpinBox, "setting-chat.temperature").value() == 0.7
    assert dialog.findChild(QComboBox, "setting-window.theme").currentText() == "dark"


def test_each_change_is_told_and_valid(dialog, qtbot):
    told = {}
    dialog.changed.connect(lambda key, value: told.update({key: BY_KEY[key].check(value)}))
    dialog.findChild(QSpinBox, "setting-chat.top_k").setValue(7)
    dialog.findChild(QComboBox, "setting-window.theme").setCurrentText("light")
    dialog.findChild(QPlainTextEdit, "setting-chat.system").setPlainText("Be brief.")
    dialog.findChild(QLineEdit, "setting-editor.command").setText("edit {path}")
    assert told == {
        "chat.top_k": 7,
        "window.theme": "light",
        "chat.system": "Be brief.",
        "editor.command": "edit {path}",
    }


def test_reset_brings_the_defaults_back(dialog, qtbot):
    told = {}
    dialog.changed.connect(told.__setitem__)
    dialog.form.reset()
    assert told == {"chat.temperature": 0.2, "window.theme": "system"}


def test_each_setting_that_differs_can_be_reset_alone(dialog, qtbot):
    told = {}
    dialog.changed.connect(told.__setitem__)
    shown = [b.objectName() for b in dialog.findChildren(QToolButton) if not b.isHidden()]
    assert shown == ["reset-window.theme", "reset-chat.temperature"]
    dialog.findChild(QToolButton, "reset-window.theme").click()
    assert told == {"window.theme": "system"}
    assert dialog.findChild(QToolButton, "reset-window.theme").isHidden()
    dialog.findChild(QLineEdit, "setting-editor.command").setText("edit {path}")
    dialog.findChild(QToolButton, "reset-editor.command").click()
    assert told["editor.command"] == ""
