"""Enter in any field of any dialog presses nothing but the button that is meant."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QDialog,
    QLineEdit,
    QListView,
    QPlainTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

import app.ui.start.run  # noqa: F401 - so that every dialog of the program is defined
from app.core.attachments import Attachment
from app.core.commands import NEW_CHAT
from app.core.context import Fit, Loss
from app.core.prompts import Prompt
from app.core.snippets import Snippet
from app.ui.widgets.code.file_dialog import FileDialog
from app.ui.widgets.controls.commands import Offer
from app.ui.widgets.controls.dialog import Dialog
from app.ui.widgets.controls.questions import ask_text
from app.ui.widgets.dialogs.about_dialog import AboutDialog
from app.ui.widgets.dialogs.overflow_dialog import OverflowDialog
from app.ui.widgets.dialogs.prompt_dialog import PromptDialog
from app.ui.widgets.dialogs.shortcut_sheet import ShortcutSheet
from app.ui.widgets.settings.chat_settings import ChatSettingsDialog
from app.ui.widgets.snippets.snippets_dialog import SnippetsDialog

SNIPPET = Snippet(1, "is_prime", "def is_prime(n): ...", "python", ("math",))
FIT = Fit(
    context_tokens=100, prompt_tokens=150, answer_tokens=10, losses=(Loss("a.py", 60),),
    can_trim=True, can_summarise=True,
)  # fmt: skip
FIELDS = (QLineEdit, QAbstractSpinBox, QComboBox, QCheckBox, QListView, QPlainTextEdit)


def snippets() -> SnippetsDialog:
    dialog = SnippetsDialog()
    dialog.show_snippets([SNIPPET])
    return dialog


def edited_snippet() -> SnippetsDialog:
    dialog = snippets()
    dialog.page.edit()
    return dialog


# The dialog, and the one button that Enter in its fields is meant to press.
DIALOGS: dict[str, tuple[Callable[[], Dialog], str]] = {
    "settings of a chat": (lambda: ChatSettingsDialog({}), ""),
    "snippets": (snippets, ""),
    "a snippet that is edited": (edited_snippet, "saveSnippet"),
    "overflow": (lambda: OverflowDialog(FIT), "overflowTrim"),
    "prompt": (lambda: PromptDialog(Prompt(("text",))), ""),
    "files": (lambda: FileDialog("a/", [Attachment("a", "x"), Attachment("b", "y")]), ""),
    "about": (lambda: AboutDialog([("One", "text"), ("Two", "more")]), ""),
    "keys": (lambda: ShortcutSheet([Offer(NEW_CHAT, lambda: None)]), ""),
}


def listen(dialog: QWidget) -> list[str]:
    pressed: list[str] = []
    for button in dialog.findChildren(QAbstractButton):
        if not isinstance(button, QCheckBox):
            button.clicked.connect(partial(pressed.append, button.objectName()))
    return pressed


def shown(make: Callable[[], Dialog], qtbot: QtBot) -> Dialog:
    dialog = make()
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.activateWindow()
    return dialog


def fields(dialog: QWidget) -> Iterator[QWidget]:
    for kind in FIELDS:
        for field in dialog.findChildren(kind):
            inside = isinstance(field.parentWidget(), QAbstractSpinBox | QComboBox)
            can_focus = field.focusPolicy() & Qt.FocusPolicy.TabFocus
            if field.isVisible() and field.isEnabled() and can_focus and not inside:
                yield field


def named(dialog: QWidget) -> list[str]:
    return [field.objectName() for field in fields(dialog)]


@pytest.mark.parametrize("name", DIALOGS)
def test_enter_in_a_field_presses_only_what_is_meant(name: str, qtbot: QtBot) -> None:
    make, meant = DIALOGS[name]
    for number in range(len(named(shown(make, qtbot)))):
        dialog = shown(make, qtbot)
        field = list(fields(dialog))[number]
        pressed = listen(dialog)
        field.setFocus()
        QTest.keyClick(dialog.windowHandle(), Qt.Key.Key_Return)
        is_elsewhere = field.objectName() in ("snippetSearch", "snippetList", "snippetText")
        assert pressed == ([meant] if meant and not is_elsewhere else []), field.objectName()
        assert dialog.isVisible() == (meant != "overflowTrim"), field.objectName()
        dialog.close()


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_a_button_that_has_the_focus_is_pressed(key: Qt.Key, qtbot: QtBot) -> None:
    dialog = SnippetsDialog()
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.activateWindow()
    button = dialog.findChild(QAbstractButton, "exportSnippets")
    assert button is not None
    button.clicked.disconnect()  # else it opens a question
    button.setFocus()
    with qtbot.waitSignal(button.clicked):
        QTest.keyClick(dialog.windowHandle(), key)


def test_esc_still_closes(qtbot: QtBot) -> None:
    dialog = ChatSettingsDialog({})
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.activateWindow()
    QTest.keyClick(dialog.windowHandle(), Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_a_question_for_one_line_takes_enter_as_yes(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()
    told: list[str] = []
    ask_text(parent, "New tag", "Tag:", told.append, "work")
    question = parent.findChild(QDialog, "textQuestion")
    assert question is not None
    question.activateWindow()
    QTest.keyClick(question.windowHandle(), Qt.Key.Key_Return)
    assert told == ["work"]


def test_every_dialog_of_the_program_is_one_of_these() -> None:
    ours = [kind for kind in all_kinds(QDialog) if kind.__module__.startswith("app.")]
    assert Dialog in ours
    assert [kind.__name__ for kind in ours if not issubclass(kind, Dialog)] == []


def all_kinds(kind: type) -> Iterator[type]:
    for below in kind.__subclasses__():
        yield below
        yield from all_kinds(below)
