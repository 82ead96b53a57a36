"""Writing, sending and stopping from the keyboard and with the mouse."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFrame, QMenu, QPushButton, QToolButton

from app.core.attachments import Attached, Attachment
from app.ui.widgets.code.attached_files import MOST_CHIPS
from app.ui.widgets.code.file_dialog import FileDialog
from app.ui.widgets.composer.action_menu import Action
from app.ui.widgets.composer.composer import Composer

ENTER = Qt.Key.Key_Return


@pytest.fixture
def composer(qtbot):
    widget = Composer()
    qtbot.addWidget(widget)
    widget.resize(700, 200)
    widget.show()
    return widget


def test_enter_sends_and_keeps_the_draft_until_it_is_taken(composer, qtbot):
    qtbot.keyClicks(composer.editor, "hello")
    with qtbot.waitSignal(composer.sent) as sent:
        qtbot.keyClick(composer.editor, Qt.Key.Key_Return)
    assert sent.args == ["hello"]
    assert composer.draft() == "hello"
    composer.clear_draft()
    assert composer.draft() == ""


def test_shift_enter_breaks_the_line_and_the_field_grows(composer, qtbot):
    height = composer.editor.height()
    qtbot.keyClicks(composer.editor, "a")
    qtbot.keyClick(composer.editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClicks(composer.editor, "b")
    assert composer.draft() == "a\nb"
    assert composer.editor.height() > height


def test_nothing_is_sent_when_there_is_nothing_to_send(composer, qtbot):
    qtbot.keyClicks(composer.editor, "   ")
    with qtbot.assertNotEmitted(composer.sent):
        qtbot.keyClick(composer.editor, Qt.Key.Key_Return)
    assert not composer.send_button.isEnabled()


def test_stop_takes_the_place_of_send(composer, qtbot):
    composer.set_draft("next")
    composer.set_busy(is_busy=True)
    assert composer.stop_button.isVisible()
    assert not composer.send_button.isVisible()
    with qtbot.assertNotEmitted(composer.sent):
        qtbot.keyClick(composer.editor, Qt.Key.Key_Return)
    with qtbot.waitSignal(composer.stop_requested):
        qtbot.keyClick(composer.editor, Qt.Key.Key_Escape)
    with qtbot.waitSignal(composer.stop_requested):
        qtbot.mouseClick(composer.stop_button, Qt.MouseButton.LeftButton)
    assert composer.draft() == "next"


def test_enter_belongs_to_the_input_method_while_it_composes(composer, qtbot):
    composer.set_draft("x")
    QApplication.sendEvent(composer.editor, QInputMethodEvent("にほ", []))
    with qtbot.assertNotEmitted(composer.sent):
        qtbot.keyClick(composer.editor, Qt.Key.Key_Return)
    done = QInputMethodEvent("", [])
    done.setCommitString("日本")
    QApplication.sendEvent(composer.editor, done)
    assert "日本" in composer.draft()


def test_the_draft_says_its_length(composer):
    composer.set_draft_tokens(2531)
    assert composer.tokens.text() == "Draft 2,531 tokens"
    composer.set_draft_tokens(20_000, too_many=True)
    assert composer.tokens.text() == "Draft 20,000 tokens, more than the context holds"


def test_a_long_draft_does_not_push_the_window_apart(composer):
    composer.set_draft("line\n" * 500)
    assert composer.editor.height() < 300


def test_the_names_that_scripts_rely_on(composer):
    names = {
        name: composer.findChild(object, name)
        for name in ("composer", "send", "stop", "draftTokens")
    }
    assert all(widget is not None and widget.accessibleName() for widget in names.values())


def test_files_that_are_dropped_or_pasted_become_attachments(composer, qtbot, tmp_path):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "a.py"))])
    with qtbot.waitSignal(composer.files_given) as given:
        composer.editor.insertFromMimeData(data)
    assert given.args == [[tmp_path / "a.py"]]
    assert composer.draft() == ""
    composer.show_attachments([attached("a.py")])
    assert composer.send_button.isEnabled()
    with qtbot.waitSignal(composer.sent) as sent:
        qtbot.mouseClick(composer.send_button, Qt.MouseButton.LeftButton)
    assert sent.args == [""]
    with qtbot.waitSignal(composer.attachments.removed) as removed:
        press(composer.findChild(QToolButton, "removeAttachment"))
    assert removed.args == [0]
    composer.show_attachments([])
    assert not composer.send_button.isEnabled()


def attached(name, *, files=1, tokens=12):
    texts = tuple(Attachment(f"{name}{n}", "x = 1\n" * 3) for n in range(files))
    return Attached(name, texts, Path("/somewhere"), tokens=tokens)


def press(widget):
    """Point at a widget in its window, and click there."""
    window, place = widget.window(), widget.mapTo(widget.window(), widget.rect().center())
    QTest.mouseMove(window.windowHandle(), place)
    QTest.mouseClick(window.windowHandle(), Qt.MouseButton.LeftButton, pos=place)


def chips(composer):
    return [chip for chip in composer.findChildren(QFrame, "chip") if chip.isVisible()]


def test_chips_wrap_and_never_scroll(composer, qtbot):
    composer.resize(420, 600)
    composer.show_attachments([attached(f"a_rather_long_name_{n}.py") for n in range(5)])
    qtbot.wait(20)
    inside = composer.attachments.rect()
    boxes = [chip.geometry() for chip in chips(composer)]
    assert len(boxes) == 5
    assert all(inside.contains(box) for box in boxes)
    assert len({box.top() for box in boxes}) > 1
    assert not any(a.intersects(b) for a in boxes for b in boxes if a is not b)
    composer.show_attachments([attached("a" * 300 + ".py")])
    qtbot.wait(20)
    assert composer.attachments.rect().contains(chips(composer)[0].geometry())


def test_a_folder_is_one_chip_and_many_files_are_a_few(composer, qtbot):
    composer.show_attachments([attached("numbers/", files=6, tokens=2110)])
    words = composer.findChild(QPushButton, "openAttachment")
    assert words.accessibleName() == "numbers/, 6 files, 2,110 tokens"
    composer.show_attachments([attached(f"{n}.py") for n in range(40)])
    qtbot.wait(20)
    assert len(chips(composer)) == MOST_CHIPS
    assert composer.height() < 400
    gone = []
    composer.attachments.removed.connect(gone.append)
    press(chips(composer)[-1].findChild(QToolButton, "removeAttachment"))
    assert gone == list(range(39, MOST_CHIPS - 2, -1))  # from the end, so that numbers hold


def test_a_chip_shows_what_is_in_it(composer, qtbot):
    composer.show_attachments([attached("numbers/", files=3)])
    qtbot.wait(20)
    press(composer.findChild(QPushButton, "openAttachment"))
    dialog = composer.findChild(FileDialog)
    qtbot.waitUntil(dialog.isVisible)
    assert dialog.view.text() == "x = 1\n" * 3
    assert dialog.list.count() == 3
    qtbot.keyClick(dialog.list, Qt.Key.Key_Down)
    assert dialog.view.accessibleName() == "numbers/1"
    qtbot.keyClick(dialog.list, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_the_paperclip_attaches_files_or_a_folder(composer, qtbot):
    menu = composer.findChild(QMenu, "attachMenu")
    wished = []
    composer.attach_requested.connect(lambda: wished.append("files"))
    composer.attach_folder_requested.connect(lambda: wished.append("folder"))
    for keys in ([Qt.Key.Key_Down], [Qt.Key.Key_Down, Qt.Key.Key_Down]):
        press(composer.attach_button)
        qtbot.waitUntil(menu.isVisible)
        for key in (*keys, ENTER):
            QTest.keyClick(menu, key)
        assert not menu.isVisible()
    assert wished == ["files", "folder"]


def test_a_paste_stays_plain_text_and_whole(composer):
    text = "x = 1  # a line of code\n" * 8_500  # 200 kB
    data = QMimeData()
    data.setText(text)
    data.setHtml("<b>never</b>")
    composer.editor.insertFromMimeData(data)
    assert composer.draft() == text


ACTIONS = (
    Action("Explain", "the code in the panel", act=lambda: DONE.append("explain")),
    Action("Dockerfile", "small", "Write a Dockerfile for «a Python app» on port «8000».",
           language="dockerfile", more=("container",)),
    Action("Shell script", "strict", "Write a Bash script that «does it»."),
)  # fmt: skip
DONE: list[str] = []


@pytest.fixture
def menu(composer, qtbot):
    composer.set_actions(lambda: ACTIONS)
    composer.editor.setFocus()
    DONE.clear()
    qtbot.keyClicks(composer.editor, "/")
    return composer.menu


def names(menu):
    model = menu.view.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def test_a_slash_in_an_empty_draft_opens_the_menu(composer, menu, qtbot):
    assert composer.editor.placeholderText() == "Ask for code, or press / for actions"
    assert menu.isVisible()
    assert names(menu) == ["Explain", "Dockerfile", "Shell script"]
    assert composer.draft() == ""
    qtbot.keyClicks(menu.search, "contain")
    assert names(menu) == ["Dockerfile"]
    with qtbot.waitSignal(composer.template_used) as used:
        qtbot.keyClick(menu.search, Qt.Key.Key_Return)
    assert used.args == ["dockerfile"]
    assert not menu.isVisible()
    assert composer.draft() == "Write a Dockerfile for «a Python app» on port «8000»."
    assert composer.editor.textCursor().selectedText() == "«a Python app»"


def test_places_are_filled_with_tab(composer, menu, qtbot):
    composer.do(ACTIONS[1])
    menu.close()
    qtbot.keyClicks(composer.editor, "a Go server")
    qtbot.keyClick(composer.editor, Qt.Key.Key_Tab)
    assert composer.editor.textCursor().selectedText() == "«8000»"
    assert len(composer.editor.extraSelections()) == 1
    qtbot.keyClicks(composer.editor, "80")
    assert composer.draft() == "Write a Dockerfile for a Go server on port 80."
    assert composer.editor.extraSelections() == []
    composer.set_draft("😀 «one» and «two»")
    qtbot.keyClick(composer.editor, Qt.Key.Key_Tab)
    assert composer.editor.textCursor().selectedText() == "«one»"
    qtbot.keyClick(composer.editor, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert composer.editor.textCursor().selectedText() == "«two»"


def test_the_menu_stays_on_the_composer_while_it_shrinks(composer, menu, qtbot):
    bottom = menu.geometry().bottom()
    qtbot.keyClicks(menu.search, "expl")
    assert names(menu) == ["Explain"]
    assert menu.geometry().bottom() == bottom


def test_an_action_is_done(composer, menu, qtbot):
    qtbot.keyClicks(menu.search, "expl")
    qtbot.keyClick(menu.search, Qt.Key.Key_Return)
    assert DONE == ["explain"]
    assert composer.draft() == ""


def test_a_slash_that_begins_a_message_stays_one(composer, menu, qtbot):
    qtbot.keyClicks(menu.search, "etc/")
    assert not menu.isVisible()
    assert composer.draft() == "/etc/"
    qtbot.keyClicks(composer.editor, "hosts")
    qtbot.keyClicks(composer.editor, " /")
    assert composer.draft() == "/etc/hosts /"
    assert not menu.isVisible()


def test_leaving_the_menu_keeps_what_was_typed(composer, menu, qtbot):
    qtbot.keyClicks(menu.search, "x")
    menu.close()
    assert composer.draft() == "/x"
    composer.clear_draft()
    composer.open_menu()
    menu.close()
    assert composer.draft() == ""


def test_the_empty_field_says_that_only_documents_are_written(composer):
    composer.editor.set_output("JSON")
    assert composer.editor.placeholderText() == "Ask for one JSON document, or press / for actions"
    composer.editor.set_output("")
    assert composer.editor.placeholderText() == "Ask for code, or press / for actions"


def test_places_that_nobody_filled_are_asked_about(composer, menu, qtbot):
    menu.close()
    composer.clear_draft()
    composer.do(ACTIONS[1])
    with qtbot.assertNotEmitted(composer.sent):
        qtbot.keyClick(composer.editor, Qt.Key.Key_Return)
    assert composer.unfilled.isVisible()
    assert composer.unfilled.accessibleName() == "«a Python app», «8000» are not filled in."
    assert composer.editor.textCursor().selectedText() == "«a Python app»"
    qtbot.keyClicks(composer.editor, "a Go server")
    assert not composer.unfilled.isVisible()
    with qtbot.assertNotEmitted(composer.sent):
        qtbot.keyClick(composer.editor, Qt.Key.Key_Return)
    with qtbot.waitSignal(composer.sent) as sent:
        press(composer.findChild(QPushButton, "sendUnfilled"))
    assert sent.args == ["Write a Dockerfile for a Go server on port «8000»."]
    assert not composer.unfilled.isVisible()


def test_quotation_marks_of_the_users_own_are_not_asked_about(composer, menu, qtbot):
    menu.close()
    composer.set_draft("Traduis « bonjour » et «merci»")
    with qtbot.waitSignal(composer.sent):
        qtbot.keyClick(composer.editor, Qt.Key.Key_Return)


def test_a_key_that_is_held_sends_once(composer, qtbot):
    composer.set_draft("x")
    held = QKeyEvent(QKeyEvent.Type.KeyPress, ENTER, Qt.KeyboardModifier.NoModifier, "\r", True)
    with qtbot.assertNotEmitted(composer.sent):
        QApplication.sendEvent(composer.editor, held)


def test_the_hint_in_an_empty_draft_never_breaks_its_line(composer, qtbot):
    composer.resize(700, 120)
    qtbot.waitUntil(lambda: "press / for actions" in composer.editor.placeholderText())
    composer.resize(220, 120)
    qtbot.waitUntil(lambda: composer.editor.placeholderText() == "Ask for code")
    composer.editor.set_output("JSON")
    assert composer.editor.placeholderText() == "Ask for one JSON document"


def test_a_click_anywhere_on_the_card_lets_one_write(composer, qtbot):
    composer.activateWindow()
    composer.attach_button.setFocus()
    qtbot.waitUntil(composer.attach_button.hasFocus)
    window = composer.windowHandle()
    hint = composer.tokens
    qtbot.mouseClick(window, Qt.MouseButton.LeftButton, pos=hint.mapTo(composer, QPoint(5, 5)))
    qtbot.waitUntil(composer.editor.hasFocus)
    composer.attach_button.setFocus()
    qtbot.mouseClick(window, Qt.MouseButton.LeftButton, pos=QPoint(2, 2))  # beside the card
    assert composer.attach_button.hasFocus()
