"""The settings form: made of the declarations, each change told at once, reset and undone."""

import pytest
from hands import click, press, turn_wheel, write
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QToolButton,
    QWidget,
)

from app.core.settings import BY_KEY, DECLARED
from app.ui.widgets.settings.setting_row import SettingRow
from app.ui.widgets.settings.settings_form import SettingsForm
from app.ui.widgets.settings.switch import Switch

VALUES = {"chat.temperature": 0.7, "window.theme": "dark"}


@pytest.fixture
def area(qtbot):
    """A form in a window that is too low for it."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.resize(700, 500)
    form = SettingsForm(DECLARED)
    form.show_values(VALUES)
    assert form.rows.keys() == BY_KEY.keys()  # all of them are made
    area.setWidget(form)
    qtbot.addWidget(area)
    area.show()
    area.activateWindow()
    return area


@pytest.fixture
def form(area):
    return area.widget()


@pytest.fixture
def told(form):
    told = {}
    form.changed.connect(lambda key, value: told.update({key: BY_KEY[key].check(value)}))
    return told


def field(form, key):
    found = form.findChild(QWidget, f"setting-{key}")
    form.parent().parent().ensureWidgetVisible(found)
    return found


def test_every_setting_shows_its_value_and_says_what_it_does(form):
    words = " ".join(label.text() for label in form.findChildren(QLabel))
    for declared in DECLARED:
        assert declared.label in words
        assert declared.effect in words
    assert field(form, "chat.temperature").text() == "0.7"
    assert field(form, "window.theme").currentText() == "Dark"
    assert field(form, "engine.threads").text() == "Auto"
    assert field(form, "chat.seed").text() == "Auto"
    assert field(form, "chat.top_k").text() == "40"
    assert field(form, "project.context_tokens").text() == "1,024 tokens"
    assert field(form, "code.suggest_delay_ms").text() == "250 ms"
    assert field(form, "window.text_percent").text() == "100%"


def test_help_is_for_people(form):
    words = " ".join(label.text() for label in form.findChildren(QLabel))
    for machine_word in ("Default:", "true or false", "a whole number", "one of", "False", "; "):
        assert machine_word not in words


def test_each_change_by_key_and_mouse_is_told_and_valid(form, told, area):
    click(field(form, "chat.top_k"))
    field(form, "chat.top_k").selectAll()
    write(area, "7")
    click(field(form, "chat.system"))
    write(area, "Be brief.")
    click(field(form, "editor.command"))
    write(area, "edit {path}")
    click(field(form, "code.suggest_on_pause"))
    field(form, "window.theme").setFocus()
    press(area, Qt.Key.Key_Up)
    assert told == {
        "chat.top_k": 7,
        "window.theme": "light",
        "chat.system": "Be brief.",
        "editor.command": "edit {path}",
        "code.suggest_on_pause": True,
    }


@pytest.mark.parametrize("how", ["no focus", "by a click", "by Tab"])
def test_the_wheel_scrolls_and_changes_nothing(how, area, form, told):
    fields = [
        one
        for kind in (QAbstractSpinBox, QComboBox, Switch)
        for one in form.findChildren(kind)
        if one.isVisible()
    ]
    assert len(fields) > 12
    for one in fields:
        area.ensureWidgetVisible(one)
        bar = area.verticalScrollBar()
        if how == "no focus":
            one.clearFocus()
        elif how == "by a click" and isinstance(one, QAbstractSpinBox):
            click(one)
        else:
            one.setFocus(Qt.FocusReason.TabFocusReason)
        before = bar.value()
        turn_wheel(one, -1 if before < bar.maximum() else 1)
        assert bar.value() != before, one.objectName()
        assert one.hasFocus() == (how != "no focus"), one.objectName()
    assert told == {}


def test_reset_brings_the_defaults_back_and_can_be_undone(form, told):
    undo = []
    form.undo_offered.connect(lambda words, act: undo.append((words, act)))
    form.reset()
    assert told == {"chat.temperature": 0.2, "window.theme": "system"}
    assert undo[0][0] == "All settings were reset."
    undo[0][1]()
    assert told == VALUES
    assert field(form, "chat.temperature").text() == "0.7"


def test_nothing_to_reset_is_nothing_to_undo(form, told):
    form.show_values({key: declared.default for key, declared in BY_KEY.items()})
    undo = []
    form.undo_offered.connect(lambda words, act: undo.append(words))
    form.reset()
    assert (told, undo) == ({}, [])


def test_each_setting_that_differs_can_be_reset_alone_and_undone(form, told):
    shown = [b for b in form.findChildren(QToolButton) if not b.isHidden()]
    assert [b.objectName() for b in shown] == ["reset-window.theme", "reset-chat.temperature"]
    assert shown[1].toolTip() == "Reset Temperature to 0.2"
    undo = []
    form.undo_offered.connect(lambda words, act: undo.append((words, act)))
    form.parent().parent().ensureWidgetVisible(shown[1])
    click(shown[1])
    assert told == {"chat.temperature": 0.2}
    assert shown[1].isHidden()
    assert undo[0][0] == "Temperature was reset."
    undo[0][1]()
    assert told == {"chat.temperature": 0.7}
    assert not shown[1].isHidden()


def test_values_that_hold_already_are_told_to_nobody(form, told):
    form.show_values(
        {"chat.temperature": 1.5, "chat.system": "x", "window.theme": "light", "chat.exact": True}
    )
    assert told == {}
    assert field(form, "chat.system").toPlainText() == "x"
    assert field(form, "chat.exact").isChecked()


def test_enter_in_a_line_keeps_what_was_written(form, told, area):
    for key in ("editor.command", "project.folder"):
        click(field(form, key))
        write(area, "/tmp")
        press(area, Qt.Key.Key_Return)
        assert told[key] == "/tmp"
    assert isinstance(field(form, "editor.command"), QLineEdit)
    assert isinstance(field(form, "chat.schema"), QPlainTextEdit)


def test_a_folder_is_told_when_it_is_whole_and_browse_looks_for_one(form, told, area, tmp_path):
    line = field(form, "project.folder")
    click(line)
    write(area, str(tmp_path))
    assert "project.folder" not in told
    click(field(form, "editor.command"))
    assert told["project.folder"] == str(tmp_path)
    browse = form.findChild(QWidget, "browse-project.folder")
    assert browse.text() == "Browse…"
    area.ensureWidgetVisible(browse)
    click(browse)
    asked = browse.parent().findChild(QWidget, "QFileDialog")
    assert asked is not None
    assert asked.directory().absolutePath() == str(tmp_path)
    asked.close()


def test_every_choice_has_words(form):
    for declared in DECLARED:
        if declared.choices:
            assert len(declared.choice_words) == len(declared.choices)
            words = [field(form, declared.key).itemText(n) for n in range(len(declared.choices))]
            assert words == list(declared.choice_words)
            assert all(word[0].isupper() for word in words)


def test_controls_stand_below_the_words_where_there_is_no_room(form, area):
    def is_below(key):
        row = form.rows[key]
        label = row.findChildren(QLabel)[0]
        return row.control.widget.y() >= label.geometry().bottom()

    assert not is_below("chat.temperature")
    form.fit(300)
    form.layout().activate()
    form.rows["chat.temperature"].layout().activate()
    assert is_below("chat.temperature")
    form.fit(700)
    form.rows["chat.temperature"].layout().activate()
    assert not is_below("chat.temperature")


def test_a_form_opens_with_its_first_section_and_makes_the_rest_when_there_is_time(qtbot):
    form = SettingsForm(DECLARED)
    qtbot.addWidget(form)
    form.show()
    assert form.show_only("General") == {"General"}
    made = form.findChildren(SettingRow)
    assert {row.declared.section for row in made if row.isVisible()} == {"General"}
    assert len(made) < len(DECLARED) / 2
    qtbot.waitUntil(lambda: len(form.findChildren(SettingRow)) == len(DECLARED))
    visible = [row for row in form.findChildren(SettingRow) if row.isVisible()]
    assert {row.declared.section for row in visible} == {"General"}


def test_settings_that_are_not_made_yet_are_found_and_show_what_holds(qtbot):
    last = next(one for one in reversed(DECLARED) if isinstance(one.default, bool))
    form = SettingsForm(DECLARED)
    qtbot.addWidget(form)
    form.show()
    form.show_only("General")
    form.show_values({last.key: not last.default})
    assert form.show_only("General", last.label) >= {last.section}
    row = next(row for row in form.findChildren(SettingRow) if row.declared is last)
    assert row.isVisible()
    assert row.value is not last.default
    assert row.control.field.isChecked() is not last.default


def test_a_reset_right_after_opening_resets_what_is_not_made_yet(qtbot):
    last = next(one for one in reversed(DECLARED) if isinstance(one.default, bool))
    form = SettingsForm(DECLARED)
    qtbot.addWidget(form)
    form.show_values({last.key: not last.default})
    told = []
    form.changed.connect(lambda key, value: told.append((key, value)))
    form.reset()
    assert told == [(last.key, last.default)]
