"""The facts at the foot of the window."""

import pytest
from PySide6.QtWidgets import QLabel

from app.ui.widgets.status_line import StatusLine


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
    line.set_context([("chat", 2_571), ("draft", 2_531)], total=16_384)
    line.set_speed(18.44, 0.61, is_writing=True)
    line.set_memory(4_400_000_000, 24_000_000_000)
    assert label(line, "contextText").text() == "5,102 of 16,384 tokens"
    assert label(line, "speedLabel").text() == "Writing 18.4 tok/s · first token 0.6 s"
    assert label(line, "memoryLabel").text() == "4.4 of 24 GB memory"
    assert "draft 2,531 tokens" in line.meter.accessibleName()


def test_the_meter_shows_its_parts(line):
    line.set_context([("chat", 50), ("draft", 25)], total=100)
    picture = line.meter.grab().toImage()
    y = picture.height() // 2
    colours = {picture.pixelColor(int(picture.width() * at), y).name() for at in (0.2, 0.6, 0.9)}
    assert len(colours) == 3


def test_a_narrow_window_stays_narrow_and_no_fact_pushes_it_wider(line):
    line.set_context([("Prompt", 1_000)], total=16_384)
    line.set_speed(33.3, 0.4, is_writing=True)
    line.set_memory(10**10, 10**11)
    assert line.minimumSizeHint().width() < 420
