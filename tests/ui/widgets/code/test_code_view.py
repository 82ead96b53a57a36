"""The code view shows program text in colours that equal those of a full lex."""

import pytest

from app.ui.widgets.code.code_highlight import lex_lines
from app.ui.widgets.code.code_view import CodeView
from app.ui.widgets.code.token_kinds import lexer_for, syntax_formats
from app.ui.widgets.look.palette import DARK, LIGHT

PYTHON = '''"""A module
over two lines."""


def is_prime(n: int) -> bool:  # naïve 🙂 and slow
    text = """
def not_code():
"""
    return n > 1 and all(n % d for d in range(2, n))
'''

SAMPLES = {
    "python": PYTHON,
    "javascript": "const f = (a) => `x ${a}`;\n/* a\nb */\nfunction g() {\n  return 3;\n}\n",
    "c": "/* one\n two */\nint main(void) {\n  return 0; // done\n}\n",
    "yaml": "a: 1\nb:\n  - x: 'y'\n# end\n",
    "bash": 'for f in *.txt; do\n  echo "$f" # say\ndone\n',
    "sql": "SELECT a, 'it''s' FROM t -- why\nWHERE b = 3;\n",
    "html": "<!doctype html>\n<script>\nlet a = 1;\n</script>\n<p class='x'>hi</p>\n",
    "terraform": 'resource "a" "b" {\n  count = 2\n}\n',
    "rust": 'fn main() {\n    println!("{}", 1);\n}\n',
    "dockerfile": "FROM debian:12\nRUN echo hi # no\n",
}


def shown(view):
    """Return what is coloured, line by line: (start, length, colour)."""
    lines = []
    block = view.document().firstBlock()
    while block.isValid():
        lines.append(
            [
                (r.start, r.length, r.format.foreground().color().name().upper())
                for r in block.layout().formats()
            ]
        )
        block = block.next()
    return lines


def expected(language, text, table=LIGHT):
    formats = syntax_formats(table)
    return [
        [(a, n, formats[kind].foreground().color().name().upper()) for a, n, kind in spans]
        for spans, _ in lex_lines(lexer_for(language), text)
    ]


@pytest.mark.parametrize("language", SAMPLES)
def test_streamed_text_ends_up_coloured_as_a_whole(qtbot, language):
    text = SAMPLES[language] * 15
    view = CodeView()
    qtbot.addWidget(view)
    view.set_language(language)
    for start in range(0, len(text), 7):
        view.append_text(text[start : start + 7])
    view.finish()
    qtbot.waitUntil(lambda: shown(view) == expected(language, text))
    assert view.text() == text


def test_an_edit_mends_the_colours_by_itself(qtbot):
    view = CodeView(read_only=False)
    qtbot.addWidget(view)
    view.set_language("python")
    view.set_text(PYTHON * 20)
    cursor = view.textCursor()
    cursor.setPosition(len(PYTHON) * 3)
    cursor.insertText('"""open\n')
    qtbot.waitUntil(lambda: shown(view) == expected("python", view.text()))


def test_very_long_lines_stay_plain(qtbot):
    view = CodeView()
    qtbot.addWidget(view)
    view.set_language("python")
    view.set_text("x = 1\n" + "y = 2;" * 500 + "\nz = 3")
    qtbot.waitUntil(lambda: [bool(line) for line in shown(view)] == [True, False, True])


def test_an_unknown_language_is_plain_text(qtbot):
    view = CodeView()
    qtbot.addWidget(view)
    view.set_language("klingon")
    view.set_text("def f(): pass")
    assert shown(view) == [[]]


def test_the_theme_changes_the_colours_at_run_time(qtbot, theme):
    view = CodeView(line_numbers=True)
    qtbot.addWidget(view)
    view.set_language("python")
    view.set_text(PYTHON)
    view.show()
    theme.choose("dark")
    qtbot.waitUntil(lambda: shown(view) == expected("python", PYTHON, DARK))


def test_appending_leaves_the_selection_alone(qtbot):
    view = CodeView()
    qtbot.addWidget(view)
    view.set_text("abc def")
    cursor = view.textCursor()
    cursor.setPosition(0)
    cursor.setPosition(3, cursor.MoveMode.KeepAnchor)
    view.setTextCursor(cursor)
    view.append_text(" more")
    assert view.textCursor().selectedText() == "abc"
