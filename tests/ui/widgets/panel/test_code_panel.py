"""The code panel: tabs, versions, differences, and what the user typed."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton, QToolButton

from app.core.hunks import Hunk
from app.text.hunks import compare
from app.ui.widgets.controls.choices import MARK, Choice
from app.ui.widgets.controls.popup import Popup
from app.ui.widgets.panel.code_panel import CodePanel


@pytest.fixture
def panel(qtbot):
    widget = CodePanel()
    qtbot.addWidget(widget)
    widget.resize(500, 400)
    widget.show()
    return widget


def write(panel, title, text):
    key = panel.open_tab(title, "python", ("#", ""))
    panel.append(key, text)
    panel.close_block(key)
    return key


def two_versions(panel):
    first = write(panel, "a.py", "one\ntwo\nthree\n")
    second = write(panel, "b.py", "ONE\ntwo\nTHREE\n")
    panel.merge(second, first)
    panel.compare_requested.connect(
        lambda key, old, new: panel.show_difference(key, old, compare(old, new))
    )
    return first


def test_code_streams_into_a_tab_that_can_be_edited_once_it_is_whole(panel, qtbot):
    key = panel.open_tab("code-1.py", "python", ("#", ""))
    panel.append(key, "def f():\n")
    qtbot.waitUntil(lambda: panel.text() == "def f():\n")
    assert panel.editor().isReadOnly()
    panel.name_tab(key, "f.py")
    panel.close_block(key)
    assert not panel.editor().isReadOnly()
    assert panel.tabs.tabText(0) == "f.py"
    panel.copy_code()
    assert QGuiApplication.clipboard().text() == "def f():\n"


def test_copying_from_an_empty_panel_leaves_the_clipboard_alone(panel):
    QGuiApplication.clipboard().setText("mine")
    panel.copy_code()
    assert QGuiApplication.clipboard().text() == "mine"


def test_what_the_user_types_is_told_and_marked(panel, qtbot):
    key = write(panel, "a.py", "x\n")
    with qtbot.waitSignal(panel.edited) as told:
        qtbot.keyClicks(panel.editor(), "y")
    assert told.args == [key, 0, "yx\n"]
    assert panel.tabs.tabText(0) == "a.py ●"


def test_a_new_version_leaves_the_users_text_alone(panel, qtbot):
    first = write(panel, "a.py", "one\n")
    qtbot.keyClicks(panel.editor(), "mine ")
    second = write(panel, "b.py", "two\n")
    panel.merge(second, first)
    assert panel.tabs.count() == 1
    assert panel.text() == "two\n"
    panel.findChild(QToolButton, "codeBefore").click()
    assert panel.text() == "mine one\n"
    panel.append(first, "more\n")
    panel.flush()
    assert panel.text() == "mine one\n"
    panel.findChild(QToolButton, "codeAfter").click()
    assert panel.text() == "two\nmore\n"


def test_one_change_is_taken_over_and_can_be_undone(panel, qtbot):
    two_versions(panel)
    panel.findChild(QPushButton, "compareVersions").click()
    diff = panel.findChild(object, "diffText").toPlainText()
    assert diff.splitlines() == ["- one", "+ ONE", "  two", "- three", "+ THREE"]
    panel.findChild(QToolButton, "hunkNext").click()
    panel.findChild(QPushButton, "takeHunk").click()
    panel.findChild(QPushButton, "closeDiff").click()
    panel.findChild(QToolButton, "codeBefore").click()
    assert panel.text() == "one\ntwo\nTHREE\n"
    panel.editor().undo()
    assert panel.text() == "one\ntwo\nthree\n"


def test_all_changes_are_taken_over(panel):
    two_versions(panel)
    panel.findChild(QPushButton, "compareVersions").click()
    panel.findChild(QPushButton, "takeAll").click()
    assert not panel.findChild(QPushButton, "takeHunk").isEnabled()
    panel.findChild(QPushButton, "closeDiff").click()
    panel.findChild(QToolButton, "codeBefore").click()
    assert panel.text() == "ONE\ntwo\nTHREE\n"


def test_hunks_at_the_ends_of_a_text(panel):
    key = write(panel, "a.py", "a")
    editor = panel.editor()
    for old, new in [("a", "a\nb"), ("a\n", "a\nb\n"), ("a\nb\n", "a\n"), ("", "x\n"), ("x", "")]:
        editor.set_text(old)
        for hunk in reversed(compare(old, new)):
            assert isinstance(hunk, Hunk)
            editor.replace_lines(hunk.old_start, hunk.old_end, "".join(hunk.new_lines))
        assert editor.text() == new
    assert key == 0


def test_a_tab_is_made_when_it_is_shown_with_the_users_text(panel, qtbot):
    write(panel, "b.py", "other\n")
    key = panel.add_tab("a.py", "python", ("#", ""), [("one\n", "mine\n"), ("two\n", None)])
    assert panel.text() == "other\n"
    panel.show_tab(key)
    assert panel.text() == "two\n"
    buttons = panel.findChildren(QToolButton, "codeBefore")
    next(button for button in buttons if button.isVisible()).click()
    assert panel.text() == "mine\n"
    panel.editor().undo()
    assert panel.text() == "one\n"


def test_save_and_open_tell_the_text_and_the_line(panel, qtbot):
    key = write(panel, "a.py", "one\ntwo\n")
    panel.editor().go_to_line(2)
    with qtbot.waitSignal(panel.open_requested) as wish:
        panel.findChild(QPushButton, "openInEditor").click()
    assert wish.args == [key, "a.py", "one\ntwo\n", 2]
    with qtbot.waitSignal(panel.save_requested) as wish:
        qtbot.keyClick(panel.editor(), Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert wish.args == [key, "a.py", "one\ntwo\n"]


def test_clearing_tells_the_last_edits_first(panel, qtbot):
    write(panel, "a.py", "x\n")
    qtbot.keyClicks(panel.editor(), "y")
    with qtbot.waitSignal(panel.edited) as told:
        panel.clear()
    assert told.args[2] == "yx\n"
    assert panel.tabs.count() == 0
    assert panel.text() == ""


def proposed(panel, old, new):
    key = write(panel, "a.py", old)
    panel.compare_requested.connect(
        lambda key, old, new: panel.show_difference(key, old, compare(old, new))
    )
    panel.propose(key, new)
    return key


def test_a_proposed_change_touches_nothing_until_it_is_taken_hunk_by_hunk(panel):
    proposed(panel, "one\ntwo\nthree\nfour\n", "ONE\ntwo\nthree\nFOUR\n")
    assert panel.text() == "one\ntwo\nthree\nfour\n"
    panel.findChild(QPushButton, "leaveHunk").click()
    assert panel.text() == "one\ntwo\nthree\nfour\n"
    panel.findChild(QPushButton, "takeHunk").click()
    assert panel.text() == "one\ntwo\nthree\nFOUR\n"
    assert panel.editor().isVisible()  # all was decided on
    panel.editor().undo()
    assert panel.text() == "one\ntwo\nthree\nfour\n"


def test_a_proposal_that_is_closed_is_gone(panel):
    proposed(panel, "one\n", "ONE\n")
    panel.findChild(QPushButton, "closeDiff").click()
    assert panel.text() == "one\n"
    assert panel.editor().isVisible()


def test_a_proposal_waits_in_its_tab_where_the_user_is_elsewhere(panel):
    key = proposed(panel, "one\n", "ONE\n")
    panel.findChild(QPushButton, "closeDiff").click()
    write(panel, "b.py", "two\n")
    panel.propose(key, "ONE\n")
    assert panel.text() == "two\n"
    assert panel.editor().isVisible()
    assert "A change to a.py is waiting" in panel.findChild(object, "codePlace").text()
    panel.show_tab(key)
    assert not panel.editor().isVisible()
    take = next(b for b in panel.findChildren(QPushButton, "takeHunk") if b.isVisible())
    take.click()
    assert panel.text() == "ONE\n"


def test_a_proposal_never_overwrites_what_was_typed_since(panel):
    key = proposed(panel, "one\ntwo\n", "ONE\ntwo\n")
    panel.editor().replace_text("mine\none\ntwo\n")
    panel.findChild(QPushButton, "takeAll").click()
    assert panel.text_of(key) == "mine\none\ntwo\n"


def test_a_language_chosen_for_a_tab_that_is_gone_changes_nothing(panel):
    panel.open_tab("a.py", "python", ("#", ""))
    gone = panel.open_tab("b.py", "python", ("#", ""))
    panel.remove_tab(gone)
    panel.set_language(gone, "go", ("//", ""))
    assert panel.editor().language == "python"


def test_the_list_of_languages_marks_the_one_that_is_shown(panel, qtbot):
    panel.language_choices = lambda: [Choice("Go", "Go"), Choice("Python", "Python")]
    write(panel, "a.py", "x\n")
    panel.choose_language()
    popup = next(one for one in panel.findChildren(Popup) if one.isVisible())
    rows = [popup.view.model().index(row, 0) for row in range(3)]
    assert [row.data() for row in rows if row.data(MARK)] == ["Python"]
    assert popup.view.currentIndex().data() == "Python"
    popup.close()
