"""Tabs of the user's own: opened, saved as they were, closed with one question, kept in a crash."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog, QListView, QMenu, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.services.tasks import Tasks
from app.store.open_tabs import load_open_tabs
from app.ui.presenters.own_tabs import OwnTabs
from app.ui.widgets.controls.questions import Leaving, ask_leave
from app.ui.widgets.panel.code_panel import CodePanel


class Desk:
    """A code panel with its own tabs, each step of which runs to its end."""

    def __init__(self, kept_at: Path, qtbot: QtBot) -> None:
        self.problems: list[str] = []
        self.panel = CodePanel()
        qtbot.addWidget(self.panel)
        self.panel.resize(500, 300)
        self.panel.show()
        self.loop = asyncio.new_event_loop()
        self.kept_at = kept_at
        self.tasks = Tasks(lambda error: self.problems.append(str(error)))
        self.own = OwnTabs(self.panel, self.tasks, kept_at)
        self.panel.edited.connect(lambda key, _, text: self.do(self.own.edited, key, text))
        self.panel.close_requested.connect(lambda key: self.do(self.own.close, key))
        self.panel.path_chosen.connect(
            lambda key, path, text: self.do(self.own.save_to, key, path, text)
        )
        self.panel.save_requested.connect(lambda key, _, text: self.do(self.own.save, key, text))
        self.panel.encoding_chosen.connect(
            lambda key, _, text, encoding: self.do(self.own.save_in, key, encoding, text)
        )
        self.panel.reopen_requested.connect(
            lambda key, encoding: self.do(self.own.reopen, key, encoding)
        )
        self.panel.files_given.connect(lambda paths: self.do(self.own.open, paths))

    def do(self, act: Callable[..., object], *arguments: object) -> None:
        async def work() -> None:
            act(*arguments)
            while others := asyncio.all_tasks() - {asyncio.current_task()}:
                await asyncio.wait(others)

        self.loop.run_until_complete(work())

    def save(self) -> None:
        self.do(self.own.save, self.panel.current_key(), self.panel.text())

    def encoding(self) -> str:
        button = self.panel.foot.findChild(QPushButton, "codeEncoding")
        assert button.isVisible()
        return button.text()

    def button(self) -> QPushButton:
        return self.panel.findChild(QPushButton, "saveCode")

    def titles(self) -> list[str]:
        return [self.panel.tabs.tabText(n) for n in range(self.panel.tabs.count())]

    def type(self, qtbot: QtBot, text: str) -> None:
        editor = self.panel.editor()
        assert editor is not None
        qtbot.keyClicks(editor, text)
        self.panel.tell_edits()


@pytest.fixture
def desk(tmp_path: Path, qtbot: QtBot) -> Iterator[Callable[[], Desk]]:
    made: list[Desk] = []

    def make() -> Desk:
        made.append(Desk(tmp_path / "state" / "tabs.json", qtbot))
        return made[-1]

    yield make
    for one in made:
        one.panel.tell_edits()
        one.panel.blockSignals(True)
        one.loop.run_until_complete(one.tasks.close())
        one.loop.close()


def opened(desk: Callable[[], Desk], path: Path, data: str | bytes) -> tuple[Desk, Path]:
    """Return a desk with a file open that holds this."""
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    here = desk()
    here.do(here.own.open, [path])
    return here, path


def drop(here: Desk, url: QUrl) -> None:
    """Drop a file on the panel."""
    data = QMimeData()
    data.setUrls([url])
    editor = here.panel.editor()
    assert editor is None or not editor.canInsertFromMimeData(data)  # so the panel gets it
    actions, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    held = Qt.KeyboardModifier.NoModifier
    here.panel.dropEvent(QDropEvent(QPointF(9, 9), actions, data, button, held))


def answer(desk: Desk, words: str) -> None:
    box = desk.panel.findChild(QMessageBox)
    assert box is not None
    next(button for button in box.buttons() if button.text() == words).click()


def test_a_file_is_opened_edited_and_saved_as_it_stood(
    desk: Callable[[], Desk], qtbot: QtBot, tmp_path: Path
) -> None:
    here, path = opened(desk, tmp_path / "a.py", "# grün\r\nx = 1\r\n".encode("cp1252"))
    assert here.panel.text() == "# grün\nx = 1\n"
    assert "CRLF" in here.panel.foot.findChild(object, "codePlace").text()
    assert here.encoding() == "Western (Windows-1252)"
    assert here.panel.editor().language == "python"
    here.type(qtbot, "#")
    assert here.titles() == ["a.py ●"]
    here.save()
    assert path.read_bytes() == "## grün\r\nx = 1\r\n".encode("cp1252")
    assert here.titles() == ["a.py"]
    here.do(here.own.open, [path])
    assert here.titles() == ["a.py"]


def test_undoing_all_takes_the_mark_away(
    desk: Callable[[], Desk], qtbot: QtBot, tmp_path: Path
) -> None:
    here, _ = opened(desk, tmp_path / "a.py", "x\n")
    here.type(qtbot, "y")
    here.panel.editor().undo()
    assert here.titles() == ["a.py"]


def test_another_programs_change_is_not_overwritten(
    desk: Callable[[], Desk], qtbot: QtBot, tmp_path: Path
) -> None:
    here, path = opened(desk, tmp_path / "a.py", "x\n")
    here.type(qtbot, "y")
    path.write_text("theirs\n")
    here.save()
    assert path.read_text() == "theirs\n"
    assert "another program" in here.problems[0]
    here.panel.path_chosen.emit(here.panel.current_key(), path, here.panel.text())
    assert path.read_text() == "yx\n"


def test_own_tabs_stay_while_chats_change(desk: Callable[[], Desk], qtbot: QtBot) -> None:
    here = desk()
    here.do(here.own.new, "Python")
    here.panel.open_tab("answer.py", "python", ("#", ""))
    assert here.titles() == ["untitled-1.py", "answer.py"]
    here.panel.clear()
    assert here.titles() == ["untitled-1.py"]


def test_closing_asks_where_the_text_is_nowhere_else(
    desk: Callable[[], Desk], qtbot: QtBot, tmp_path: Path
) -> None:
    here = desk()
    here.do(here.own.new, "")
    here.panel.close_shown()
    assert here.titles() == []  # an empty tab asks nothing
    path = tmp_path / "a.txt"
    path.write_text("x\n")
    here.do(here.own.open, [path])
    here.type(qtbot, "y")
    here.panel.close_shown()
    answer(here, "Cancel")
    assert here.titles() == ["a.txt ●"]
    qtbot.waitUntil(lambda: here.panel.findChild(QMessageBox) is None)
    here.panel.close_shown()
    here.do(answer, here, "Save")
    assert path.read_text() == "yx\n"
    assert here.titles() == []


def test_what_was_not_saved_is_there_after_a_crash(
    desk: Callable[[], Desk], qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "a.py"
    path.write_text("one\n" * 100)
    here = desk()
    here.do(here.own.new, "")
    here.type(qtbot, "a thought")
    here.do(here.own.open, [path])
    here.type(qtbot, "# mine ")
    here.panel.editor().go_to_line(60)
    here.loop.run_until_complete(here.own.keep())
    there = desk()  # the other window is never closed in order
    there.loop.run_until_complete(there.own.restore())
    assert there.titles() == ["untitled-1.txt ●", "a.py ●"]
    there.panel.tabs.setCurrentIndex(1)
    assert there.panel.text().startswith("# mine one\n")
    assert there.panel.editor().textCursor().blockNumber() == 59
    there.panel.editor().undo()
    assert there.panel.text() == "one\n" * 100
    there.panel.tabs.setCurrentIndex(0)
    assert there.panel.text() == "a thought"


def test_a_file_that_is_gone_is_named_and_the_others_open(
    desk: Callable[[], Desk], qtbot: QtBot, tmp_path: Path
) -> None:
    here = desk()
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text(name)
        here.do(here.own.open, [tmp_path / name])
    (tmp_path / "a.py").unlink()
    there = desk()
    with pytest.raises(Exception, match=r"a\.py cannot be read"):
        there.loop.run_until_complete(there.own.restore())
    assert there.titles() == ["b.py"]


def test_discarding_keeps_files_open_and_drops_the_rest(
    desk: Callable[[], Desk], qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "a.py"
    path.write_text("x\n")
    here = desk()
    here.do(here.own.new, "")
    here.type(qtbot, "a thought")
    here.do(here.own.open, [path])
    here.type(qtbot, "y")
    assert here.own.unsaved() == ["untitled-1.txt", "a.py"]
    here.own.discard_all()
    here.loop.run_until_complete(here.own.keep())
    kept = load_open_tabs(here.kept_at).tabs
    assert [(tab.title, tab.text) for tab in kept] == [("a.py", None)]
    assert path.read_text() == "x\n"


def test_saving_all_leaves_what_has_no_file_for_the_next_start(
    desk: Callable[[], Desk], qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "a.py"
    path.write_text("x\n")
    here = desk()
    here.do(here.own.new, "")
    here.type(qtbot, "a thought")
    here.do(here.own.open, [path])
    here.type(qtbot, "y")
    here.loop.run_until_complete(here.own.save_all())
    assert path.read_text() == "yx\n"
    assert here.own.unsaved() == ["untitled-1.txt"]


def test_a_file_dropped_on_the_code_opens_in_a_tab(
    desk: Callable[[], Desk], qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "a.py"
    path.write_text("x\n")
    here = desk()
    here.do(here.own.new, "")
    drop(here, QUrl.fromLocalFile(str(path)))
    assert here.titles() == ["untitled-1.txt", "a.py"]


def test_the_user_says_which_language_a_tab_is_in(desk: Callable[[], Desk], qtbot: QtBot) -> None:
    here = desk()
    here.do(here.own.new, "")
    here.type(qtbot, "x")
    key = here.panel.current_key()
    here.panel.set_language(key, "sql", ("--", ""))
    here.panel.editor().toggle_comment()
    assert here.panel.text() == "-- x"
    assert here.panel.foot.findChild(object, "codeLanguage").text() == "SQL"


def test_closing_the_window_asks_once_and_offers_what_is_possible(qtbot: QtBot) -> None:
    answers: list[Leaving] = []
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    box = ask_leave(window, ["a.py", "untitled-1.txt"], answers.append, can_save=True)
    assert box.text() == "2 tabs are not saved: a.py, untitled-1.txt."
    words = [button.text() for button in box.buttons()]
    assert set(words) == {"Keep for next time", "Save to files", "Discard", "Cancel"}
    next(button for button in box.buttons() if button.text() == "Discard").click()
    assert answers == [Leaving.DISCARD]
    alone = ask_leave(window, ["untitled-1.txt"], answers.append, can_save=False)
    assert "Save to files" not in [button.text() for button in alone.buttons()]
    alone.reject()
    assert answers == [Leaving.DISCARD]


def press(qtbot: QtBot, button: QWidget) -> None:
    qtbot.mouseMove(button)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def choose_encoding(here: Desk, qtbot: QtBot, entry: str, search: str) -> None:
    """Choose an encoding as a user does: a click, an entry of the menu, a search, Enter."""
    press(qtbot, here.panel.foot.findChild(QPushButton, "codeEncoding"))
    menu = here.panel.findChild(QMenu, "encodingMenu")
    action = next(action for action in menu.actions() if action.text() == entry)
    assert action.isEnabled()
    place = menu.actionGeometry(action).center()
    qtbot.mouseMove(menu, place)
    qtbot.mouseClick(menu, Qt.MouseButton.LeftButton, pos=place)
    chooser = here.panel.window().findChild(QWidget, "encodingChooser")
    assert chooser.isVisible()
    qtbot.keyClicks(chooser.search, search)
    assert chooser.findChild(QListView).model().rowCount() == 1
    qtbot.keyClick(chooser.search, Qt.Key.Key_Return)


def test_the_save_button_does_what_it_says(
    desk: Callable[[], Desk], qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "a.py"
    path.write_text("x\n")
    here = desk()
    here.do(here.own.new, "")
    here.type(qtbot, "new")
    assert here.button().text() == "Save as…"
    here.do(here.own.open, [path])
    assert here.button().text() == "Save"
    here.type(qtbot, "y")
    press(qtbot, here.button())
    assert path.read_text() == "yx\n"
    assert here.panel.findChild(QFileDialog) is None
    here.panel.tabs.setCurrentIndex(0)
    assert here.button().text() == "Save as…"
    press(qtbot, here.button())
    dialog = here.panel.findChild(QFileDialog)
    assert dialog is not None
    dialog.reject()
    here.loop.run_until_complete(here.own.keep())
    there = desk()
    there.loop.run_until_complete(there.own.restore())
    there.panel.tabs.setCurrentIndex(1)
    assert there.button().text() == "Save"
    there.panel.tabs.setCurrentIndex(0)
    assert there.button().text() == "Save as…"


def test_a_tab_that_is_saved_behind_another_leaves_that_ones_button_alone(
    desk: Callable[[], Desk], qtbot: QtBot, tmp_path: Path
) -> None:
    here = desk()
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text("x\n")
        here.do(here.own.open, [tmp_path / name])
    here.panel.tabs.setCurrentIndex(0)
    here.type(qtbot, "y")
    key, text = here.panel.current_key(), here.panel.text()
    here.panel.tabs.setCurrentIndex(1)
    here.do(here.own.save, key, text)
    assert here.button().text() == "Save"
    assert here.titles() == ["a.py", "b.py"]


def test_what_is_typed_while_a_file_is_written_stays_unsaved(
    desk: Callable[[], Desk], qtbot: QtBot, tmp_path: Path
) -> None:
    here, path = opened(desk, tmp_path / "a.py", "x\n")
    here.type(qtbot, "y")
    key, text = here.panel.current_key(), here.panel.text()
    here.type(qtbot, "z")
    here.do(here.own.save, key, text)
    assert path.read_text() == "yx\n"
    assert here.titles() == ["a.py ●"]
    here.loop.run_until_complete(here.own.keep())
    assert load_open_tabs(here.kept_at).tabs[0].text == "yzx\n"


def test_a_file_is_reopened_with_the_encoding_that_the_user_says(
    desk: Callable[[], Desk], qtbot: QtBot, tmp_path: Path
) -> None:
    here, path = opened(desk, tmp_path / "a.txt", "Řeka".encode("cp852"))
    assert here.panel.text() != "Řeka"
    choose_encoding(here, qtbot, "Reopen with encoding…", "852")
    assert here.panel.text() == "Řeka"
    assert here.encoding() == "Central European (DOS 852)"
    assert here.titles() == ["a.txt"]
    here.panel.editor().setFocus()
    here.type(qtbot, "x")
    press(qtbot, here.button())
    assert path.read_bytes() == "xŘeka".encode("cp852")
    there = desk()  # it is remembered
    there.loop.run_until_complete(there.own.restore())
    assert there.panel.text() == "xŘeka"
    there.panel.editor().setFocus()
    there.type(qtbot, "mine ")
    there.do(there.own.reopen, there.panel.current_key(), "utf-8")
    assert "unsaved changes" in there.problems[0]
    assert there.panel.text() == "mine xŘeka"


def test_a_file_is_saved_with_the_encoding_that_the_user_says(
    desk: Callable[[], Desk], qtbot: QtBot, tmp_path: Path
) -> None:
    here, path = opened(desk, tmp_path / "a.txt", b"gr\xfc\xdf\r\n")
    choose_encoding(here, qtbot, "Save with encoding…", "utf-16-be-sig")
    assert path.read_bytes() == "\ufeffgrüß\r\n".encode("utf-16-be")
    assert here.encoding() == "UTF-16 BE with BOM"
    choose_encoding(here, qtbot, "Save with encoding…", "koi8-r")
    assert "'ü', which Cyrillic (KOI8-R) cannot represent" in here.problems[0]
    assert here.encoding() == "UTF-16 BE with BOM"
    assert path.read_bytes() == "\ufeffgrüß\r\n".encode("utf-16-be")


def test_bytes_that_cannot_be_read_are_not_lost_by_saving(
    desk: Callable[[], Desk], qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "a.log"
    data = "größe über alles äöü\n".encode() + b"\xff\n"
    path.write_bytes(data)
    here = desk()
    here.do(here.own.open, [path])
    assert here.encoding() == "UTF-8, damaged"
    here.type(qtbot, "x")
    here.save()
    assert path.read_bytes() == data
    assert "saving would lose them" in here.problems[0]


def test_a_file_whose_name_is_not_utf8_opens_and_is_saved(
    desk: Callable[[], Desk], qtbot: QtBot, tmp_path: Path
) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.py"))
    path.write_text("x\n")
    here = desk()
    drop(here, QUrl.fromEncoded(path.as_uri().encode()))
    assert here.titles() == ["caf�.py"]
    here.type(qtbot, "y")
    press(qtbot, here.button())
    assert path.read_text() == "yx\n"
    assert [file.path for file in here.own.files()] == [f"{tmp_path}/caf�.py"]
    there = desk()
    there.loop.run_until_complete(there.own.restore())
    assert there.panel.text() == "yx\n"


def test_a_tab_whose_file_is_replaced_by_another_tab_goes_unless_it_was_written_in(
    desk: Callable[[], Desk], qtbot: QtBot, tmp_path: Path
) -> None:
    one, two = tmp_path / "one.txt", tmp_path / "two.txt"
    one.write_text("1\n")
    two.write_text("2\n")
    here = desk()
    here.do(here.own.open, [one])
    key = here.panel.current_key()
    here.do(here.own.open, [two])
    here.do(here.own.save_to, key, two, "1\n")
    assert here.titles() == ["two.txt"]
    assert here.panel.current_key() == key
    here.do(here.own.open, [one])
    here.type(qtbot, "written ")
    here.do(here.own.save_to, key, one, "1\n")
    assert here.titles() == ["one.txt", "one.txt ●"]
