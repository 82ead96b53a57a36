"""The two bundled typefaces: Inter for the interface, JetBrains Mono for code.

Sizes are given in pixels, as the design is drawn, and may be fractions, which Qt knows for points
only; `points` converts.
"""

from __future__ import annotations

import struct

from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication

from app.core.paths import resources_path

TEXT_PX = 13.5
SMALL_PX = 12.0
TINY_PX = 11.0
CODE_PX = 12.5

TEXT_FAMILY = "Inter"
# The bundled mono font is changed while it is read (see `_for_code`), so it takes a name of its
# own: one that the machine may have installed as "JetBrains Mono" must not be used instead.
# Both names are fourteen letters, which lets one stand in for the other in the file.
CODE_FAMILY = "StarwrightMono"
_MONO_NAME = "JetBrains Mono"

# Of the font's size. Qt draws 12.5 px as 13, which makes lines of 20 px: 1.6 of what was asked.
CODE_LINE_HEIGHT = 1.53


def load_fonts() -> None:
    """Make the bundled fonts known to Qt; without them Qt uses what the machine has."""
    folder = resources_path() / "fonts"
    for path in sorted(folder.glob("Inter-*.otf")):
        QFontDatabase.addApplicationFont(str(path))
    for path in sorted(folder.glob("JetBrainsMono-*.ttf")):
        QFontDatabase.addApplicationFontFromData(_for_code(path.read_bytes()))
    QFont.insertSubstitutions(CODE_FAMILY, [_MONO_NAME, "DejaVu Sans Mono", "Menlo", "Consolas"])


def points(pixels: float) -> float:
    """Return `pixels` of the design in points, as large as the user wants text."""
    return _plain_points(pixels) * text_scale()


def text_scale() -> float:
    """Return how large the user wants text, 1 for as designed; the application's font tells."""
    font = QGuiApplication.font()
    if font.family() != TEXT_FAMILY:
        return 1.0  # no theme is put on yet
    return round(font.pointSizeF() / _plain_points(TEXT_PX), 2)


def scaled(pixels: float) -> int:
    """Return a height or width of the design that has to hold text, in pixels."""
    return round(pixels * text_scale())


def application_font(percent: int) -> QFont:
    """Return the font that makes all text so large; 100 is as designed."""
    return _plain(_plain_points(TEXT_PX) * percent / 100)


def _plain(size_pt: float) -> QFont:
    """Return Inter without its alternates, which draw an arrow for `->` and a cross in `3x4`."""
    font = QFont(TEXT_FAMILY)
    font.setPointSizeF(size_pt)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    font.setFeature(QFont.Tag("calt"), 0)
    return font


def _plain_points(pixels: float) -> float:
    screen = QGuiApplication.primaryScreen()
    return pixels * 72 / (screen.logicalDotsPerInch() if screen else 96.0)


def text_font(pixels: float = TEXT_PX, *, weight: int = 400) -> QFont:
    """Return the interface font."""
    font = _plain(points(pixels))
    font.setWeight(QFont.Weight(weight))
    return font


def code_font(pixels: float = CODE_PX) -> QFont:
    """Return the font of program text."""
    font = QFont(CODE_FAMILY)
    font.setStyleHint(QFont.StyleHint.Monospace)
    font.setPointSizeF(points(pixels))
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


def _for_code(font: bytes) -> bytes:
    """Return the mono font with taller lines and no ligatures.

    `QPlainTextEdit` takes its line height from the font and knows no other way to set it, so the
    ascent and descent in the tables `hhea` and `OS/2` are widened. Without the table `GSUB`
    nothing can turn `->` into an arrow, wherever the font is used.
    """
    data = bytearray(font)
    tables = {
        bytes(data[at : at + 4]): (at, *struct.unpack_from(">II", data, at + 8))
        for at in range(12, 12 + 16 * struct.unpack_from(">H", data, 4)[0], 16)
    }
    head, hhea, os2 = (tables[tag][1] for tag in (b"head", b"hhea", b"OS/2"))
    units = struct.unpack_from(">H", data, head + 18)[0]
    ascent, descent = struct.unpack_from(">hh", data, hhea + 4)
    extra = round((CODE_LINE_HEIGHT * units - (ascent - descent)) / 2)
    above, below = ascent + extra, -descent + extra
    struct.pack_into(">hhh", data, hhea + 4, above, -below, 0)
    struct.pack_into(">hhhHH", data, os2 + 68, above, -below, 0, above, below)
    if b"GSUB" in tables:
        data[tables[b"GSUB"][0] : tables[b"GSUB"][0] + 4] = b"none"
    _, start, length = tables[b"name"]
    names = bytes(data[start : start + length])
    for encoding in ("utf-16-be", "latin-1"):
        names = names.replace(_MONO_NAME.encode(encoding), CODE_FAMILY.encode(encoding))
    data[start : start + length] = names
    return bytes(data)
