"""The bundled fonts are used, and code is shown letter by letter."""

from pathlib import Path

import pytest
from PySide6.QtGui import QFontInfo, QFontMetricsF, QRawFont

from app.core.paths import resources_path
from app.ui.widgets.composer.draft_editor import DraftEditor
from app.ui.widgets.conversation.message_editor import MessageEditor
from app.ui.widgets.look.fonts import code_font, text_font

FONTS = resources_path() / "fonts"
ORIGINALS = Path(__file__).parents[4] / "packaging" / "fonts"


def test_the_bundled_fonts_are_the_ones_in_use(theme):
    assert QFontInfo(text_font()).family() == "Inter"
    assert QFontInfo(code_font()).family() == "StarwrightMono"


def test_an_arrow_stays_two_letters(theme):
    raw = QRawFont.fromFont(code_font())
    alone = [*raw.glyphIndexesForString("-"), *raw.glyphIndexesForString(">")]
    assert raw.glyphIndexesForString("->") == alone
    assert not raw.fontTable("GSUB")


def test_what_is_shown_are_the_outlines_of_the_original(theme):
    made = {path.stem.partition("-")[2]: path for path in FONTS.glob("StarwrightMono-*.ttf")}
    assert sorted(made) == ["Bold", "Medium", "Regular"]
    for weight, path in made.items():
        original = QRawFont(str(ORIGINALS / f"JetBrainsMono-{weight}.ttf"), 16)
        raw = QRawFont(str(path), 16)
        assert raw.familyName().startswith("StarwrightMono")
        for table in ("glyf", "loca", "cmap", "hmtx", "GPOS"):
            assert raw.fontTable(table) == original.fontTable(table), (weight, table)
        said = bytes(raw.fontTable("name").data()).decode("latin-1").replace("\0", "")
        assert "The JetBrains Mono Project Authors" in said  # who made it is not taken away
        assert "SIL Open Font License" in said


def test_lines_of_code_have_air(theme):
    metrics = QFontMetricsF(code_font())
    assert 1.5 <= metrics.lineSpacing() / QFontInfo(code_font()).pixelSize() <= 1.7


@pytest.mark.parametrize("make", [DraftEditor, lambda: MessageEditor("x", is_answer=True).editor])
def test_what_one_types_is_shown_letter_by_letter(theme, qtbot, make):
    editor = make()
    qtbot.addWidget(editor)
    editor.show()
    metrics = QFontMetricsF(editor.document().defaultFont())
    for text in ("->", "=>", "!=", "3x4", "<="):
        letters = sum(metrics.horizontalAdvance(letter) for letter in text)
        assert metrics.horizontalAdvance(text) == pytest.approx(letters, abs=0.5), text
