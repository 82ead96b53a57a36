"""How prose of an answer looks: quotes have a bar, bold is a weight that is bundled."""

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QFont
from PySide6.QtTest import QTest

from app.text.markdown.whole import prose_blocks
from app.ui.widgets.conversation.prose_block import ProseBlock
from app.ui.widgets.conversation.quote_bars import QUOTE_PX, quote_bars
from app.ui.widgets.look.palette import LIGHT


@pytest.fixture
def prose(qtbot, theme):
    def show(text):
        block = ProseBlock()
        qtbot.addWidget(block)
        block.resize(500, 300)
        block.show_blocks(prose_blocks(text), frozenset(), {})
        block.show()
        QTest.qWait(1)
        return block

    return show


def test_a_quote_has_one_bar_from_its_beginning_to_its_end(prose):
    block = prose("Before\n\n> one\n>\n> two\n>\n> > inner\n\nAfter")
    bars = quote_bars(block.document(), QRectF(block.rect()))
    outer = [bar for bar in bars if bar.left() == 0]
    assert [bar.left() for bar in bars] == [0, 0, 0, QUOTE_PX]
    assert outer[0].bottom() == outer[1].top()
    assert outer[1].bottom() == outer[2].top()
    picture = block.grab().toImage()
    middle = outer[1].center().toPoint()
    assert picture.pixelColor(middle) == QColor(LIGHT.handle)
    assert picture.pixelColor(middle.x(), 5) != QColor(LIGHT.handle)


def test_bold_is_drawn_in_a_weight_that_is_bundled(prose):
    document = prose("a **b**\n\n| c |\n|---|\n").document()
    assert document.find("b").charFormat().fontWeight() == QFont.Weight.DemiBold
    assert document.find("c").charFormat().fontWeight() == QFont.Weight.DemiBold


def test_a_list_in_a_list_is_as_close_as_its_items(prose):
    block, found = prose("1. a\n   - b\n   - c\n2. d\n\nend").document().firstBlock(), []
    while block.isValid():
        found.append((block.text(), block.blockFormat().bottomMargin()))
        block = block.next()
    assert found == [("a", 4), ("b", 4), ("c", 4), ("d", 8), ("end", 8)]
