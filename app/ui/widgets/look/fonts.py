"""The two bundled typefaces: Inter for the interface, one made of JetBrains Mono for code.

Sizes are given in pixels, as the design is drawn, and may be fractions, which Qt knows for points
only; `points` converts.
"""

from __future__ import annotations

from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication

from app.core.paths import resources_path

TEXT_PX = 13.5
SMALL_PX = 12.0
TINY_PX = 11.0
CODE_PX = 12.5

TEXT_FAMILY = "Inter"
CODE_FAMILY = "StarwrightMono"
"""JetBrains Mono with taller lines and no ligatures; `packaging/code_font.py` makes it."""


def load_fonts() -> None:
    """Make the bundled fonts known to Qt; without them Qt uses what the machine has."""
    folder = resources_path() / "fonts"
    for path in sorted([*folder.glob("*.otf"), *folder.glob("*.ttf")]):
        QFontDatabase.addApplicationFont(str(path))
    QFont.insertSubstitutions(
        CODE_FAMILY, ["JetBrains Mono", "DejaVu Sans Mono", "Menlo", "Consolas"]
    )


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
