"""Tab and Enter in the code panel write what the file is indented with."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor

from app.ui.widgets.code.code_editor import CodeEditor

GO = "package main\n\nfunc main() {\n\tx := 1\n\tif x > 0 {\n\t\tprintln(x)\n\t}\n}\n"
MAKE = "CC = gcc\n\nbuild: main.c\n\t$(CC) -o app main.c\n\nclean:"
TWO = "a:\n  b:\n    - c\n"


@pytest.fixture
def editor(qtbot):
    made = CodeEditor()
    qtbot.addWidget(made)
    made.show()
    return made


def fill(editor, text, language, line):
    editor.set_language(language)
    editor.set_text(text)
    editor.set_editable()
    editor.go_to_line(line)
    editor.moveCursor(QTextCursor.MoveOperation.EndOfBlock)


@pytest.mark.parametrize(
    ("text", "language", "line", "written"),
    [
        (MAKE, "makefile", 6, "clean:\n\t"),
        (MAKE, "makefile", 4, "\t$(CC) -o app main.c\n\t"),
        ("all:", "makefile", 1, "all:\n\t"),
        (GO, "go", 5, "\tif x > 0 {\n\t\t"),
        ("func f() {", "go", 1, "func f() {\n\t"),
        (TWO, "yaml", 2, "  b:\n    "),
        ("a:", "yaml", 1, "a:\n  "),
        ("function f() {\n   x()\n   y()\n}\nfunction g() {", "js", 5, "function g() {\n   "),
        ("def f():\n\treturn 1\n\ndef g():", "python", 4, "def g():\n\t"),
        ("def f():", "python", 1, "def f():\n    "),
    ],
)
def test_enter_goes_deeper_as_the_file_does(editor, qtbot, text, language, line, written):
    fill(editor, text, language, line)
    before = editor.text()
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    expected = before.split("\n")
    expected[line - 1] = written
    assert editor.text() == "\n".join(expected)


@pytest.mark.parametrize(
    ("text", "language", "written"),
    [
        (GO, "go", "\t"),
        (f"{MAKE}\n", "makefile", "\t"),
        (TWO, "yaml", "  "),
        ("x = 1\n", "python", "    "),
        ("", "go", "\t"),
        ("", "", "    "),
    ],
)
def test_tab_and_back_tab_are_one_step_of_the_file(editor, qtbot, text, language, written):
    fill(editor, f"{text}\n", language, text.count("\n") + 1)
    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    assert editor.text() == f"{text}{written}\n"
    qtbot.keyClick(editor, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert editor.text() == f"{text}\n"


def test_selected_lines_move_by_the_step_of_the_file(editor, qtbot):
    fill(editor, GO, "go", 1)
    editor.selectAll()
    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    assert editor.text() == "".join(
        f"\t{line}" if line.strip() else line for line in GO.splitlines(keepends=True)
    )
    qtbot.keyClick(editor, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert editor.text() == GO


def test_a_long_file_is_read_near_the_cursor(editor, qtbot):
    text = "if x:\n    y\n" * 800 + "class A {\n  b() {\n  }\n" * 400 + "class Z {"
    fill(editor, text, "text", 100_000)
    qtbot.waitUntil(lambda: not editor.isReadOnly())
    editor.moveCursor(QTextCursor.MoveOperation.End)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert editor.text().endswith("class Z {\n  ")
