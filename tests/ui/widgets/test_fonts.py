"""The bundled fonts are used, and code is shown letter by letter."""

from PySide6.QtGui import QFontInfo, QFontMetricsF, QRawFont

from app.ui.widgets.fonts import code_font, text_font


def test_the_bundled_fonts_are_the_ones_in_use(theme):
    assert QFontInfo(text_font()).family() == "Inter"
    assert QFontInfo(code_font()).family() == "StarwrightMono"


def test_an_arrow_stays_two_letters(theme):
    raw = QRawFont.fromFont(code_font())
    alone = [*raw.glyphIndexesForString("-"), *raw.glyphIndexesForString(">")]
    assert raw.glyphIndexesForString("->") == alone
    assert not raw.fontTable("GSUB")


def test_lines_of_code_have_air(theme):
    metrics = QFontMetricsF(code_font())
    assert 1.5 <= metrics.lineSpacing() / QFontInfo(code_font()).pixelSize() <= 1.7
