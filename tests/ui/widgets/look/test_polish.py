"""Small things that one sees all day: room, alignment, words."""

from __future__ import annotations

from pathlib import Path

import pytest
from hands import rest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QPushButton, QToolButton

from app.core.models import FileFamily, ModelFile, ModelState
from app.core.syntax import Syntax, SyntaxState
from app.ui.widgets.look.palette import LIGHT
from app.ui.widgets.panel.code_head import LEAST_TAB_PX
from app.ui.window import Window

MODEL = ModelFile(
    Path("/models/a.gguf"), "StarCoder2 7B", FileFamily.GGUF, 4_000_000_000, quantization="Q4_0"
)


@pytest.fixture
def window(qtbot, theme):
    window = Window(lambda: None)
    qtbot.addWidget(window)
    window.resize(1440, 760)
    window.show()
    window.model_picker.set_models([MODEL], memory_bytes=10**11)
    window.model_picker.show_model(MODEL, ModelState.READY)
    rest(30)
    yield window
    theme.set_text(100)


def press(widget):
    window, place = widget.window(), widget.mapTo(widget.window(), widget.rect().center())
    QTest.mouseMove(window.windowHandle(), place)
    QTest.mouseClick(window.windowHandle(), Qt.MouseButton.LeftButton, pos=place)


def seen(widget):
    return [w.text() for w in widget.findChildren(QLabel) if w.isVisible() and w.text()]


def is_whole(label):
    return label.fontMetrics().horizontalAdvance(label.text()) <= label.width() + 1


def test_the_models_name_is_the_last_to_go(window):
    assert seen(window.model_picker) == ["StarCoder2 7B", "Q4_0 · 4.0 GB", "fits"]
    assert seen(window.language_picker) == ["Language", "Auto"]
    window.resize(900, 700)
    rest(30)
    name = next(w for w in window.model_picker.findChildren(QLabel) if "7B" in w.text())
    assert is_whole(name)
    assert "fits" not in seen(window.model_picker)
    window.model_picker.show_model(MODEL, ModelState.LOADING, 0.42)
    rest(30)
    assert is_whole(name)
    assert "Loading 42%" in window.model_picker.accessibleName()
    window.model_picker.show_model(MODEL, ModelState.READY)
    hint = window.composer.tokens
    assert is_whole(hint)
    window.resize(1440, 700)
    rest(30)
    assert "fits" in seen(window.model_picker)
    assert window.composer.tokens.text() == "Enter to send, Shift+Enter for a new line"


def test_a_notice_stands_in_the_column_of_the_composer(window):
    window.undo_bar.offer("The chat was deleted.", lambda: None)
    rest(30)
    card = window.composer.attachments.parentWidget()

    def sides(widget):
        left = widget.mapTo(window, QPoint(0, 0)).x()
        return left, left + widget.width()

    assert sides(window.undo_bar) == sides(card)


def test_a_tab_has_room_for_a_name(window):
    panel = window.code_panel
    panel.show_tab(panel.add_tab("a", "text", ("#", ""), [("x", None)]))
    rest(30)
    assert panel.tabs.tabRect(0).width() >= LEAST_TAB_PX


def test_the_empty_panel_offers_how_to_begin(window, qtbot):
    panel = window.code_panel
    middle = panel.empty.mapTo(panel, panel.empty.rect().center())
    row = [panel.findChild(QPushButton, name) for name in ("emptyOpenFile", "emptyNewTab")]
    left, right = (b.mapTo(panel, b.rect().center()).x() for b in row)
    assert abs((left + right) // 2 - middle.x()) < 20
    with qtbot.waitSignal(panel.files_wanted):
        press(row[0])
    with qtbot.waitSignal(panel.new_requested):
        press(row[1])


def test_icons_grow_with_the_text(window, theme):
    button = window.findChild(QToolButton, "attach")
    small = (button.width(), button.iconSize().width())
    theme.set_text(150)
    rest(50)
    large = (button.width(), button.iconSize().width())
    assert large[0] > small[0]
    assert large[1] == round(small[1] * 1.5)


def test_find_has_toggle_buttons(window):
    panel = window.code_panel
    panel.show_tab(panel.add_tab("a", "text", ("#", ""), [("n N n", None)]))
    panel.find_bar.open_for(panel.editor(), can_replace=False)
    panel.find_bar.wanted.setText("n")
    rest(30)
    assert panel.find_bar.count.text().endswith("3")
    toggle = panel.findChild(QToolButton, "findCase")
    press(toggle)
    rest(30)
    assert toggle.isChecked()
    assert panel.find_bar.count.text().endswith("2")


def test_the_demo_is_warned_of_once_with_a_link(window, qtbot):
    window.model_note.say("The demo handles <small> tasks. For real work,", "open a model…")
    rest(30)
    texts = [label.text() for label in window.findChildren(QLabel) if label.isVisible()]
    assert sum("real work" in text for text in texts) == 1
    note = window.model_note
    assert "&lt;small&gt;" in note.text()
    note.setFocus()
    QTest.keyClick(note, Qt.Key.Key_Tab)  # the first link
    QTest.keyClick(note, Qt.Key.Key_Return)
    dialog = window.findChild(object, "modelDialog")
    assert dialog is not None
    dialog.close()


@pytest.mark.parametrize("kind", [QLineEdit, QPlainTextEdit])
def test_menus_of_fields_are_in_sentence_case(qtbot, theme, kind):
    field = kind()
    qtbot.addWidget(field)
    menu = field.createStandardContextMenu()
    words = [a.text().partition("\t")[0].replace("&", "") for a in menu.actions() if a.text()]
    assert "Select all" in words
    assert all(text == text[:1] + text[1:].lower() for text in words), words
    menu.deleteLater()


def colours_in(view):
    image = view.viewport().grab().toImage()
    points = ((x, y) for x in range(image.width()) for y in range(min(image.height(), 40)))
    return {image.pixelColor(x, y).name().upper() for x, y in points}


def test_selected_code_keeps_its_colours(window, theme):
    theme.choose("light")
    panel = window.code_panel
    panel.show_tab(panel.add_tab("a.py", "python", ("#", ""), [("def f():\n    return 'a'", None)]))
    rest(100)
    editor = panel.editor()
    editor.setFocus()
    before = colours_in(editor)
    keyword = LIGHT.code.keyword.upper()
    assert keyword in before
    editor.selectAll()
    rest(30)
    after = colours_in(editor)
    ground = editor.palette().highlight().color()
    assert ground.name().upper() in after
    assert near(keyword, after)


def near(colour, seen):
    """The letters' edges are smoothed over another ground: their middles have the colour."""
    wanted = QColor(colour)
    parts = [(c.red(), c.green(), c.blue()) for c in map(QColor, seen)]
    mine = (wanted.red(), wanted.green(), wanted.blue())
    return any(max(abs(a - b) for a, b in zip(part, mine, strict=True)) < 12 for part in parts)


def test_the_foot_stands_on_one_line(window):
    panel = window.code_panel
    panel.show_tab(panel.add_tab("a.py", "python", ("#", ""), [("x = 1", None)]))
    panel.foot.show_syntax(Syntax(SyntaxState.PARSES))
    rest(50)
    image = panel.foot.grab().toImage()
    lowest = []
    for widget in (
        panel.foot.findChild(QPushButton, "codeLanguage"),
        panel.foot.findChild(QLabel, "codePlace"),
    ):
        box = widget.geometry()
        # The first letter, P or L, ends on the line.
        rows = [
            y
            for y in range(box.top(), box.bottom() + 1)
            for x in range(box.left(), box.left() + 9)
            if image.pixelColor(x, y).lightness() < 160
        ]
        lowest.append(max(rows))
    assert lowest[0] == lowest[1]
