"""Makes the typeface of code that ships with the program out of JetBrains Mono.

    make code-font

`QPlainTextEdit` takes its line height from the font and knows no other way to set it, so ascent
and descent are widened. Without the table `GSUB` nothing can turn `->` into an arrow, wherever the
font is used. The result has a name of its own: one that the machine may have installed as
"JetBrains Mono" must not be used instead. The outlines are those of the originals.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools.ttLib import TTFont

SOURCES = Path(__file__).resolve().parent / "fonts"
TARGET = Path(__file__).resolve().parent.parent / "resources" / "fonts"
FAMILY = "StarwrightMono"
# Of the font's size. Qt draws 12.5 px as 13, which makes lines of 20 px: 1.6 of what was asked.
LINE_HEIGHT = 1.53
# Family, unique name, full name, PostScript's name, and the families that styles belong to. Who
# made it, whose mark it is and its licence (0, 7 to 14) stay as they are.
_NAMES = (1, 3, 4, 6, 16, 21, 25)


def make(source: Path, target: Path) -> None:
    """Write the font for code that is made of a file of JetBrains Mono."""
    font = TTFont(source, recalcBBoxes=False, recalcTimestamp=False)
    _widen_lines(font)
    del font["GSUB"]
    for record in font["name"].names:
        if record.nameID in _NAMES:
            text = record.toUnicode()
            for old in ("JetBrains Mono", "JetBrainsMono"):
                text = text.replace(old, FAMILY)
            record.string = text
    font.save(target)


def _widen_lines(font: TTFont) -> None:
    hhea, os2 = font["hhea"], font["OS/2"]
    extra = round((LINE_HEIGHT * font["head"].unitsPerEm - (hhea.ascent - hhea.descent)) / 2)
    above, below = hhea.ascent + extra, -hhea.descent + extra
    hhea.ascent, hhea.descent, hhea.lineGap = above, -below, 0
    os2.sTypoAscender, os2.sTypoDescender, os2.sTypoLineGap = above, -below, 0
    os2.usWinAscent, os2.usWinDescent = above, below


def main() -> int:
    """Make all weights."""
    for source in sorted(SOURCES.glob("JetBrainsMono-*.ttf")):
        make(source, TARGET / source.name.replace("JetBrainsMono", FAMILY))
    return 0


if __name__ == "__main__":
    sys.exit(main())
