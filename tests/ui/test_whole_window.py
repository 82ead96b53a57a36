"""The whole window: every control has a name, a tooltip and no key twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QPlainTextEdit
from pytestqt.qtbot import QtBot

from app.bootstrap import services
from app.engines.scripted import Script, ScriptedFactory
from app.services.chats.chats import Chats
from app.services.chats.history_file import HistoryFile
from app.services.tasks import Tasks
from app.ui.presenters.ensemble import make_presenters
from app.ui.window import Window
from app.ui.wiring.composer_actions import composer_actions
from app.ui.wiring.introduction import introduce


@pytest.fixture
def window(qtbot: QtBot, tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[Window]:
    monkeypatch.setenv("STARWRIGHT_HOME", str(tmp_path))
    with services(ScriptedFactory(Script())) as built:
        made = Window(lambda: None)
        tasks = Tasks(lambda error: None)
        introduce(
            made,
            make_presenters(
                made,
                built,
                tasks,
                lambda key, value: None,
                chats=Chats(HistoryFile(None), built.generation),
            ),
        )
        qtbot.addWidget(made)
        made.show()
        # Text: code would be checked in a task, and no event loop runs here.
        made.code_panel.open_tab("a.txt", "", ("", ""))
        yield made
        asyncio.run(tasks.close())


def test_every_control_has_a_name_for_those_who_do_not_see(window: Window) -> None:
    kinds = (QAbstractButton, QLineEdit, QPlainTextEdit)
    controls = [c for kind in kinds for c in window.findChildren(kind)]
    nameless = [
        control.objectName() or type(control).__name__
        for control in controls
        if not control.accessibleName()
        and not control.objectName().startswith("qt_")
        and type(control).__module__.startswith(("app.", "PySide6"))
        and control.isVisibleTo(window)
    ]
    assert nameless == []


def test_the_names_that_scripts_rely_on(window: Window) -> None:
    names = (
        "modelPicker languagePicker offlineBadge chatList chatSearch newChat conversation composer"
        " draftTokens send stop codePanel codeTabs copyCode openInEditor saveCode syntaxStatus"
        " contextMeter speedLabel infill"
    )
    missing = [name for name in names.split() if window.findChild(object, name) is None]
    assert missing == []


def test_no_key_is_given_twice(window: Window) -> None:
    keys = [shortcut.key() for shortcut in window.findChildren(QShortcut)]
    keys += [button.shortcut() for button in window.findChildren(QAbstractButton)]
    texts = [key.toString(QKeySequence.SequenceFormat.PortableText) for key in keys]
    assert [key for key, count in Counter(texts).items() if key and count > 1] == []


def test_every_command_has_words_and_its_keys_are_its_own(window: Window) -> None:
    keys = [command.keys for command in window.commands if command.keys]
    assert len(keys) == len(set(keys))
    assert all(command.words for command in window.commands)


def test_templates_and_actions_on_code_are_in_the_menu_and_the_palette(window: Window) -> None:
    names = [action.name for action in composer_actions(window)]
    assert {"Explain", "Write tests", "Terraform module", "Helm chart"} <= set(names)
    palette = {command.words for command in window.commands if command.group == "Template"}
    assert {"Dockerfile", "Ansible playbook", "systemd service"} <= palette


def test_what_was_done_lately_can_be_undone_from_the_palette(window: Window, qtbot: QtBot) -> None:
    undone: list[str] = []
    window.undo_bar.offer("Chat “Prime test” deleted.", lambda: undone.append("chat"))
    window.undo_bar.hide()
    window.open_palette()
    qtbot.keyClicks(window.palette_popup.search, "undo prime")
    qtbot.keyClick(window.palette_popup.search, Qt.Key.Key_Return)
    assert undone == ["chat"]
    window.open_palette()
    offered = window.palette_popup.view.model()
    words = [str(offered.index(row, 0).data()) for row in range(offered.rowCount())]
    assert not [word for word in words if word.startswith("Undo")]
    window.palette_popup.close()


def test_tab_walks_from_left_to_right_and_reaches_all(window: Window) -> None:
    places = {
        "sidebar": window.sidebar,
        "top": window.model_picker,
        "conversation": window.conversation,
        "composer": window.composer,
        "code": window.code_panel,
    }
    order: list[str] = []
    widget = window.sidebar.new_chat.previousInFocusChain()
    for _ in range(2000):
        widget = widget.nextInFocusChain()
        takes_tab = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        if not takes_tab or not widget.isVisibleTo(window) or not widget.isEnabled():
            continue
        found = [name for name, one in places.items() if one is widget or one.isAncestorOf(widget)]
        if found and (not order or order[-1] != found[0]):
            order.append(found[0])
        if order[:1] == ["sidebar"] and order[-1] == "sidebar" and len(order) > 1:
            break
    assert order[:5] == ["sidebar", "top", "conversation", "composer", "code"]
