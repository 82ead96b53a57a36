"""The list of snippets: find, read, put in, change, delete, run again."""

from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton

from app.core.errors import ModelFileError, StoreError
from app.core.hunks import Hunk
from app.core.snippets import RanAgain, Snippet
from app.ui.widgets.snippets.snippets_dialog import SnippetsDialog

NOW = datetime.now().timestamp()  # noqa: DTZ005
SIEVE = Snippet(1, "sieve", "fn sieve() {}\n", "rust", ("math", "fast"), "m", NOW, NOW)
PRIME = Snippet(2, "is_prime", "def is_prime(n):\n    return n > 1", "python", (), "m", NOW, NOW)


@pytest.fixture
def dialog(qtbot):
    widget = SnippetsDialog()
    qtbot.addWidget(widget)
    widget.open_list()
    widget.show_snippets([SIEVE, PRIME])
    return widget


def press(qtbot, dialog, name):
    qtbot.mouseClick(dialog.findChild(QPushButton, name), Qt.MouseButton.LeftButton)


def words(widget):
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisible()]


def rows(dialog):
    return [dialog.list.rows.item(row).text() for row in range(dialog.list.rows.count())]


def test_the_first_is_shown_and_another_one_can_be_chosen(dialog, qtbot):
    assert rows(dialog) == ["sieve", "is_prime"]
    assert dialog.page.text.text() == SIEVE.text
    assert (dialog.page.name.text(), dialog.page.tags.text()) == ("sieve", "math, fast")
    with qtbot.waitSignal(dialog.chosen) as chosen:
        dialog.list.rows.setCurrentRow(1)
    assert chosen.args == [PRIME]
    assert dialog.page.text.text() == PRIME.text
    assert dialog.page.text.isReadOnly()


def test_search_is_told_as_one_types(dialog, qtbot):
    told = []
    dialog.search_changed.connect(told.append)
    qtbot.keyClicks(dialog.list.search, "pri")
    assert told == ["p", "pr", "pri"]
    dialog.show_snippets([PRIME])
    assert dialog.page.text.text() == PRIME.text
    dialog.show_snippets([])
    assert rows(dialog) == ["No results for “pri”"]
    assert dialog.page.text.text() == ""
    assert not dialog.findChild(QPushButton, "insertSnippet").isEnabled()
    qtbot.keyClick(dialog.list.search, Qt.Key.Key_Escape)
    dialog.show_snippets([])
    assert rows(dialog) == ["Saved snippets appear here"]
    assert dialog.isVisible()


def test_a_long_list_is_cut_and_said_and_exported_whole(dialog):
    many = [Snippet(n, f"s{n}", "x") for n in range(1, 1301)]
    dialog.show_snippets(many)
    assert len(rows(dialog)) == 201
    assert rows(dialog)[-1] == "1,100 more: search for them"
    assert dialog.list.all() == many
    dialog.select_snippet(1300)
    assert dialog.page.name.text() == "s1"


def test_insert_and_copy_give_the_text_exactly(dialog, qtbot):
    with qtbot.waitSignal(dialog.insert_requested) as sent:
        press(qtbot, dialog, "insertSnippet")
    assert sent.args == [SIEVE.text, "rust"]
    press(qtbot, dialog, "copySnippet")
    assert QGuiApplication.clipboard().text() == SIEVE.text


def test_edit_save_and_cancel(dialog, qtbot):
    press(qtbot, dialog, "editSnippet")
    assert not dialog.page.text.isReadOnly()
    dialog.page.name.setText("sieve of Eratosthenes")
    dialog.page.language.setText(" Go")
    dialog.page.tags.setText("#math , two words,,")
    dialog.page.text.replace_text("fn sieve() { todo!() }")
    with qtbot.waitSignal(dialog.changed) as changed:
        press(qtbot, dialog, "saveSnippet")
    (now,) = changed.args
    assert (now.id, now.name, now.tags) == (1, "sieve of Eratosthenes", ("math", "two words"))
    assert now.text == "fn sieve() { todo!() }"
    assert (now.language, dialog.page.text.language) == ("go", "go")
    press(qtbot, dialog, "editSnippet")
    dialog.page.name.setText("nonsense")
    with qtbot.assertNotEmitted(dialog.changed):
        press(qtbot, dialog, "cancelSnippet")
    assert dialog.page.name.text() == "sieve of Eratosthenes"
    assert dialog.page.name.isReadOnly()


def test_another_choice_saves_what_was_edited(dialog, qtbot):
    press(qtbot, dialog, "editSnippet")
    dialog.page.name.setText("renamed")
    with qtbot.waitSignal(dialog.changed) as changed:
        dialog.list.rows.setCurrentRow(1)
    assert changed.args[0].name == "renamed"
    assert dialog.page.name.text() == "is_prime"


def test_a_new_list_leaves_what_is_being_edited(dialog, qtbot):
    press(qtbot, dialog, "editSnippet")
    dialog.page.name.setText("half a na")
    dialog.show_snippets([PRIME, SIEVE])
    assert dialog.page.name.text() == "half a na"
    assert not dialog.page.name.isReadOnly()


def test_delete_and_undo_are_asked_for(dialog, qtbot):
    with qtbot.waitSignal(dialog.delete_requested) as wish:
        press(qtbot, dialog, "deleteSnippet")
    assert wish.args == [SIEVE]
    undone = []
    dialog.offer_undo("“sieve” was deleted.", lambda: undone.append(1))
    assert "“sieve” was deleted." in words(dialog)
    press(qtbot, dialog, "undo")
    assert undone == [1]


def test_where_it_came_from_is_shown_for_the_chosen_one_only(dialog, qtbot):
    dialog.show_facts(1, [("Seed", "42"), ("Prompt", "a <b>\n  c")])
    qtbot.waitUntil(lambda: {"Seed", "42", "a <b> c"} <= set(words(dialog)))
    tip = next(label for label in dialog.findChildren(QLabel) if label.text() == "a <b> c")
    assert tip.toolTip() == "<qt>a &lt;b&gt;<br>  c</qt>"
    dialog.show_facts(2, [("Seed", "7")])
    assert "7" not in words(dialog)


def test_the_same_text_is_said(dialog, qtbot):
    with qtbot.waitSignal(dialog.run_requested) as wish:
        press(qtbot, dialog, "runSnippet")
    assert wish.args == [SIEVE]
    dialog.show_activity("Loading m: 20%")
    with qtbot.waitSignal(dialog.stop_requested):
        press(qtbot, dialog, "stopRunAgain")
    result = RanAgain("x" * 1200, "x" * 1200, is_same=True, holds_snippet=False, note="Slowly.")
    dialog.show_result(result, [])
    said = dialog.page.run.words()
    assert said.startswith("Identical: all 1,200 characters")
    assert "was edited" in said
    assert said.endswith("Slowly.")
    assert not dialog.findChild(QPushButton, "stopRunAgain").isVisible()
    assert not dialog.page.run.difference.isVisible()


def test_another_text_is_shown_line_by_line(dialog):
    result = RanAgain("a\nb\n", "a\nc\n", is_same=False, holds_snippet=False)
    dialog.show_result(result, [Hunk(1, ("b\n",), 1, ("c\n",))])
    assert dialog.page.run.words().startswith("Different")
    assert dialog.page.run.difference.text.toPlainText() == "  a\n- b\n+ c"
    assert not dialog.findChild(QPushButton, "takeHunk").isVisible()
    dialog.list.rows.setCurrentRow(1)
    assert not dialog.page.run.isVisible()


def test_a_missing_model_is_said_at_the_snippet(dialog):
    dialog.show_run_error(ModelFileError("The model file m.gguf is gone.", hint="Put it back."))
    assert dialog.page.run.words() == "The model file m.gguf is gone. Put it back."


def test_a_problem_is_shown_until_it_is_over(dialog, qtbot):
    dialog.show_problem(StoreError("a.json holds no snippets.", hint="Choose another."))
    dialog.show_problem(StoreError("b.json holds no snippets.", hint="Choose another."))
    qtbot.waitUntil(lambda: "b.json holds no snippets. Choose another." in words(dialog))
    assert not any("a.json" in word for word in words(dialog))
    dialog.clear_problem()
    assert not any("holds no snippets" in word for word in words(dialog))


def test_files_are_asked_for(dialog, qtbot, tmp_path):
    press(qtbot, dialog, "importSnippets")
    asked = dialog.findChild(QFileDialog)
    with qtbot.waitSignal(dialog.import_chosen) as chosen:
        asked.fileSelected.emit(str(tmp_path / "a.json"))
    assert chosen.args == [Path(tmp_path / "a.json")]
    asked.close()
    asked.setParent(None)
    press(qtbot, dialog, "exportSnippet")
    asked = dialog.findChild(QFileDialog)
    with qtbot.waitSignal(dialog.export_chosen) as chosen:
        asked.fileSelected.emit(str(tmp_path / "b.json"))
    assert chosen.args == [[SIEVE], Path(tmp_path / "b.json")]
    asked.close()


def test_closing_saves_what_was_edited(dialog, qtbot):
    press(qtbot, dialog, "editSnippet")
    dialog.page.name.setText("renamed")
    with qtbot.waitSignals([dialog.changed, dialog.stop_requested]):
        qtbot.keyClick(dialog.page.name, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
