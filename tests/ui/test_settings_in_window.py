"""Settings as a page of the window, and its sides: real keys, a real pointer."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from hands import click, press, write
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QMessageBox, QSplitter, QWidget
from pytestqt.qtbot import QtBot
from said import listed

from app.bootstrap import services
from app.core.errors import StoreError
from app.engines.scripted import Script, ScriptedFactory
from app.services.chats.chats import Chats
from app.services.chats.history_file import HistoryFile
from app.services.tasks import Tasks
from app.store.window_state import load_window_state, save_window_state
from app.ui.presenters.ensemble import make_presenters
from app.ui.widgets.settings.chat_settings import ChatSettingsDialog
from app.ui.window import Window
from app.ui.wiring.introduction import introduce

NOW = datetime(2026, 11, 28, 12)  # noqa: DTZ001 - the sidebar shows the user's own time
CONTROL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)


@pytest.fixture
def window(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, theme: object
) -> Iterator[Window]:
    monkeypatch.setenv("STARWRIGHT_HOME", str(tmp_path))
    with services(ScriptedFactory(Script())) as built:
        made = Window(lambda: None)
        tasks = Tasks(lambda error: None)
        to = make_presenters(
            made,
            built,
            tasks,
            lambda key, value: None,
            chats=Chats(HistoryFile(None), built.generation),
        )
        introduce(made, to)
        made.dialogs.chat_settings_opened.disconnect()  # and it would list presets
        made.pages.setting_changed.disconnect()  # no event loop runs that would save it
        qtbot.addWidget(made)
        made.sidebar.chat_chosen.disconnect(to.open_chat.open_chat)
        made.sidebar.new_chat_requested.disconnect(to.open_chat.new_chat)
        made.sidebar.set_chats([listed(1, "First", NOW), listed(2, "Second", NOW)])
        made.sidebar.select(1)
        made.resize(1200, 800)
        made.show()
        made.activateWindow()
        # Text: code would be checked in a task, and no event loop runs here.
        made.code_panel.open_tab("a.txt", "", ("", ""))
        yield made
        asyncio.run(tasks.close())


def button(window: Window, name: str) -> QAbstractButton:
    found = window.findChild(QAbstractButton, name)
    assert isinstance(found, QAbstractButton), name
    return found


def open_settings(window: Window) -> None:
    press(window, Qt.Key.Key_Comma, CONTROL)
    assert window.pages.settings.isVisible()


def row_of(window: Window, words: str) -> QPoint:
    rows = window.sidebar.list
    item = rows.findItems(words, Qt.MatchFlag.MatchExactly)[0]
    return rows.viewport().mapTo(window, rows.visualItemRect(item).center())


def is_marked(window: Window) -> bool:
    return bool(button(window, "openSettings").property("current") == "true")


# --- the page ----------------------------------------------------------------------------


def test_the_page_takes_the_place_of_conversation_and_panel(window: Window) -> None:
    click(button(window, "openSettings"))
    assert window.pages.settings.isVisible()
    assert not window.conversation.isVisible()
    assert not window.code_panel.isVisible()
    assert window.sidebar.isVisible()
    assert window.status_line.isVisible()
    assert is_marked(window)
    assert window.sidebar.list.selectedItems() == []


@pytest.mark.parametrize("focus", ["settingsSections", "settingsSearch", "chatSearch", "newChat"])
def test_esc_leads_back_wherever_the_focus_is(window: Window, focus: str) -> None:
    open_settings(window)
    found = window.findChild(QWidget, focus)
    assert found is not None
    found.setFocus()
    press(window, Qt.Key.Key_Escape)
    assert window.conversation.isVisible()
    assert not is_marked(window)
    assert window.composer.editor.hasFocus()
    assert [item.text() for item in window.sidebar.list.selectedItems()] == ["First"]


def test_esc_empties_the_search_first(window: Window) -> None:
    open_settings(window)
    press(window, Qt.Key.Key_F, CONTROL)
    write(window, "seed")
    press(window, Qt.Key.Key_Escape)
    assert window.pages.settings.isVisible()
    press(window, Qt.Key.Key_Escape)
    assert window.conversation.isVisible()


@pytest.mark.parametrize("chat", ["First", "Second"])
def test_a_chat_leads_back_the_open_one_too(window: Window, chat: str) -> None:
    chosen: list[object] = []
    open_settings(window)
    window.sidebar.chat_chosen.connect(chosen.append)
    QTest.mouseClick(window.windowHandle(), Qt.MouseButton.LeftButton, pos=row_of(window, chat))
    assert window.conversation.isVisible()
    assert set(chosen) == {1 if chat == "First" else 2}
    assert [item.text() for item in window.sidebar.list.selectedItems()] == [chat]


@pytest.mark.parametrize("selected", [1, None])
def test_walking_through_the_window_by_tab_opens_no_chat(
    window: Window, selected: int | None
) -> None:
    chosen: list[object] = []
    window.sidebar.select(selected)
    open_settings(window)
    window.sidebar.chat_chosen.connect(chosen.append)
    for _ in range(30):
        press(window, Qt.Key.Key_Tab)
    assert window.pages.settings.isVisible()
    assert chosen == []


@pytest.mark.parametrize(
    ("key", "modifier", "name"),
    [
        (Qt.Key.Key_N, CONTROL, "composer"),
        (Qt.Key.Key_J, CONTROL, "composer"),
    ],
)
def test_keys_of_the_chat_lead_back(
    window: Window, key: Qt.Key, modifier: Qt.KeyboardModifier, name: str
) -> None:
    open_settings(window)
    press(window, key, modifier)
    assert window.conversation.isVisible()
    assert window.composer.editor.hasFocus()


def test_the_same_keys_answer_once_again(window: Window) -> None:
    open_settings(window)
    press(window, Qt.Key.Key_Escape)
    button(window, "newChat").setFocus()
    press(window, Qt.Key.Key_J, CONTROL)
    assert window.composer.editor.hasFocus()


def test_sections_show_their_settings_and_search_finds_in_all(window: Window) -> None:
    open_settings(window)
    page = window.pages.settings

    def seen() -> set[str]:
        return {key for key, row in page.form.rows.items() if row.isVisible()}

    assert seen() == {"window.theme", "window.text_percent"}
    press(window, Qt.Key.Key_Down)
    assert "editor.command" in seen()
    assert "window.theme" not in seen()
    press(window, Qt.Key.Key_F, CONTROL)
    write(window, "SEED")
    assert seen() == {"chat.seed"}
    press(window, Qt.Key.Key_Return)
    assert window.focusWidget().objectName() == "setting-chat.seed"
    press(window, Qt.Key.Key_F, CONTROL)
    write(window, "zzz")
    nothing = page.findChild(QWidget, "settingsNothing")
    assert nothing is not None
    assert nothing.isVisible()
    models = page.sections.visualItemRect(page.sections.item(3)).center()
    place = page.sections.viewport().mapTo(window, models)
    QTest.mouseClick(window.windowHandle(), Qt.MouseButton.LeftButton, pos=place)
    assert seen() == {"engine.context_tokens", "engine.threads"}
    assert page.search.text() == ""


def test_enter_in_a_field_resets_nothing_and_resetting_asks_and_is_undone(window: Window) -> None:
    open_settings(window)
    told: list[tuple[str, object]] = []
    window.pages.setting_changed.connect(lambda key, value: told.append((key, value)))
    press(window, Qt.Key.Key_Down)
    click(window.pages.settings.form.rows["editor.command"].control.field)
    write(window, "edit")
    press(window, Qt.Key.Key_Return)
    assert told[-1] == ("editor.command", "edit")
    told.clear()
    click(button(window, "resetSettings"))
    question = window.findChild(QMessageBox, "resetQuestion")
    assert question is not None
    press(question, Qt.Key.Key_Return)
    assert told == []
    click(button(window, "resetSettings"))
    question = window.findChildren(QMessageBox, "resetQuestion")[-1]
    click(next(one for one in question.buttons() if one.text() == "Reset"))
    assert told == [("editor.command", "")]
    undo = window.pages.settings.undo_bar.findChild(QAbstractButton, "undo")
    assert undo is not None
    click(undo)
    assert told[-1] == ("editor.command", "edit")


def test_what_goes_wrong_is_said_on_the_page(window: Window) -> None:
    open_settings(window)
    window.conversation.show_problem(
        StoreError("The settings could not be saved.", hint="Free some space.")
    )
    words = [one.accessibleName() for one in window.pages.settings.findChildren(QWidget, "notice")]
    assert "The settings could not be saved. Free some space." in words


def test_chat_settings_open_above_the_chat(window: Window) -> None:
    open_settings(window)
    press(window, Qt.Key.Key_Period, CONTROL)
    assert window.conversation.isVisible()
    dialog = window.findChild(ChatSettingsDialog)
    assert dialog is not None
    assert dialog.isVisible()
    dialog.close()


# --- sidebar and panel -------------------------------------------------------------------


def test_the_sidebar_is_hidden_and_shown_by_key_and_mouse(window: Window) -> None:
    press(window, Qt.Key.Key_B, CONTROL)
    assert not window.sidebar.isVisible()
    click(button(window, "showSidebar"))
    assert window.sidebar.isVisible()
    assert not button(window, "showSidebar").isVisible()
    click(button(window, "hideSidebar"))
    assert not window.sidebar.isVisible()
    press(window, Qt.Key.Key_K, CONTROL)
    assert window.sidebar.search.hasFocus()


def test_a_new_chat_needs_no_sidebar(window: Window) -> None:
    begun: list[int] = []
    window.sidebar.new_chat_requested.connect(lambda: begun.append(1))
    press(window, Qt.Key.Key_B, CONTROL)
    press(window, Qt.Key.Key_N, CONTROL)
    assert begun == [1]
    assert not window.sidebar.isVisible()


def test_the_panel_is_hidden_and_its_keys_bring_it_back(window: Window) -> None:
    press(window, Qt.Key.Key_B, CONTROL | ALT)
    assert not window.code_panel.isVisible()
    assert button(window, "toggleCodePanel").toolTip() == "Show code panel (Ctrl+Alt+B)"
    focus = next(one for one in window.code_panel.commands if one.keys == "Ctrl+E")
    window.setFocus()
    QTest.keySequence(window.windowHandle(), focus.keys)
    assert window.code_panel.isVisible()
    click(button(window, "toggleCodePanel"))
    assert not window.code_panel.isVisible()
    click(button(window, "toggleCodePanel"))
    assert window.code_panel.isVisible()


def test_no_key_has_two_owners_while_something_is_hidden(window: Window) -> None:
    typed: list[str] = []
    window.composer.sent.connect(typed.append)
    for toggle in (window.reach.toggle_panel, window.reach.toggle_sidebar):
        toggle()
        press(window, Qt.Key.Key_J, CONTROL)  # an ambiguous key would do nothing, and warn
        assert window.composer.editor.hasFocus()


def handle_of(window: Window, name: str) -> QPoint:
    splitter = window.findChild(QSplitter, name)
    assert splitter is not None
    handle = splitter.handle(1)
    return handle.mapTo(window, handle.rect().center())


def drag(window: Window, start: QPoint, pixels: int) -> None:
    handle = window.windowHandle()
    end = start + QPoint(pixels, 0)
    QTest.mouseMove(handle, start)
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(handle, (start + end) / 2)
    QTest.mouseMove(handle, end)
    QTest.mouseRelease(handle, Qt.MouseButton.LeftButton, pos=end)


def test_widths_are_dragged_kept_and_found_again(window: Window, tmp_path: Path) -> None:
    assert window.sidebar.width() == 244
    drag(window, handle_of(window, "sides"), 60)
    assert abs(window.sidebar.width() - 304) <= 3
    before = window.code_panel.width()
    drag(window, handle_of(window, "splitter"), -70)
    wide = window.code_panel.width()
    assert abs(wide - before - 70) <= 3
    window.resize(1300, 800)
    assert abs(window.sidebar.width() - 304) <= 3
    window.resize(1200, 800)

    save_window_state(tmp_path / "state.json", window.state(None))
    again = Window(lambda: None)
    again.restore(load_window_state(tmp_path / "state.json"))
    again.resize(1200, 800)  # the screen of the tests is smaller
    again.show()
    try:
        assert again.sidebar.width() == window.sidebar.width()
        assert abs(again.code_panel.width() - wide) <= 8
    finally:
        again.deleteLater()


def test_what_was_hidden_is_hidden_at_the_next_start(window: Window, tmp_path: Path) -> None:
    before = window.code_panel.width()
    press(window, Qt.Key.Key_B, CONTROL)
    press(window, Qt.Key.Key_B, CONTROL | ALT)
    save_window_state(tmp_path / "state.json", window.state(None))
    again = Window(lambda: None)
    again.restore(load_window_state(tmp_path / "state.json"))
    again.resize(1200, 800)  # the screen of the tests is smaller
    again.show()
    try:
        assert not again.sidebar.isVisible()
        assert not again.code_panel.isVisible()
        again.reach.toggle_sidebar()
        again.reach.toggle_panel()
        assert again.sidebar.width() == 244
        assert abs(again.code_panel.width() - before) <= 30
    finally:
        again.deleteLater()
