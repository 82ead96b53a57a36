"""The facts at the foot of the window."""

import pytest
from PySide6.QtWidgets import QLabel

from app.core.context import ContextKind, ContextPart
from app.ui.widgets.look.palette import LIGHT
from app.ui.widgets.status.status_line import StatusLine

KINDS = ContextKind


def parts(**tokens):
    """Parts by the lower-case names of their kinds."""
    return [ContextPart(KINDS(name), name.title(), count) for name, count in tokens.items()]


@pytest.fixture
def line(qtbot):
    widget = StatusLine()
    qtbot.addWidget(widget)
    widget.resize(1200, 30)
    widget.show()
    return widget


def label(line, name):
    return line.findChild(QLabel, name)


def test_what_is_not_known_is_not_shown(line):
    assert label(line, "offlineBadge").text().endswith("Offline: nothing leaves this computer")
    assert not line.meter.isVisible()
    assert not label(line, "speedLabel").isVisible()
    assert not label(line, "memoryLabel").isVisible()


def test_numbers_carry_units(line):
    line.set_context(parts(chat=2_571, draft=2_531), total=16_384)
    line.set_speed(18.44, 0.61, is_writing=True)
    line.set_memory(4_400_000_000, 24_000_000_000)
    assert label(line, "contextText").text() == "5,102 of 16,384 tokens"
    assert label(line, "speedLabel").text() == "Writing 18.4 tok/s · first token 0.6 s"
    assert label(line, "memoryLabel").text() == "RAM 4.4 of 24 GB"
    assert "Draft: 2,531 tokens" in line.meter.accessibleName()
    assert line.meter.toolTip().splitlines() == [
        "Context: 5,102 of 16,384 tokens",
        "Chat: 2,571 tokens",
        "Draft: 2,531 tokens",
        "Room for the answer: 11,282 tokens",
    ]


def colours_at(line, *places):
    picture = line.meter.grab().toImage()
    y = picture.height() // 2
    return [picture.pixelColor(int(picture.width() * at), y).name() for at in places]


def test_the_meter_shows_its_parts_and_the_room_that_is_left(line):
    line.set_context(parts(format=20, chat=20, file=20, draft=20, answer=10), total=100)
    found = colours_at(line, 0.1, 0.3, 0.5, 0.7, 0.85, 0.95)
    assert len(set(found)) == 6
    assert found[1] == LIGHT.accent.lower()
    assert found[-1] == LIGHT.hover.lower()


def test_what_is_too_much_is_shown_and_said(line):
    line.set_context(parts(chat=150, draft=50), total=100)
    assert colours_at(line, 0.25, 0.75) == [LIGHT.accent.lower(), LIGHT.error.lower()]
    assert label(line, "contextText").text() == "200 of 100 tokens"
    assert label(line, "contextText").property("tone") == "warning"
    assert line.meter.toolTip().endswith("Too much by 100 tokens")
    line.set_context(parts(chat=50, answer=5), total=100)
    assert label(line, "contextText").property("tone") == ""
    assert line.meter.toolTip().endswith("Left: 45 tokens")


def test_many_files_do_not_make_a_tooltip_as_high_as_the_screen(line):
    files = [ContextPart(KINDS.FILE, f"{number}.py", 10) for number in range(90)]
    line.set_context(files, total=2_000)
    assert len(line.meter.toolTip().splitlines()) < 20
    assert "74 more: 740 tokens" in line.meter.toolTip()


def test_a_narrow_window_stays_narrow_and_no_fact_pushes_it_wider(line):
    line.set_context(parts(chat=1_000), total=16_384)
    line.set_speed(33.3, 0.4, is_writing=True)
    line.set_memory(10**10, 10**11)
    assert line.minimumSizeHint().width() < 420
