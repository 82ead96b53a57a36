"""The window comes back where it stood, and all of it is on a screen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QMargins, QRect

from app.ui.window_place import on_screen

LEFT, RIGHT = QRect(0, 30, 1920, 1050), QRect(1920, 0, 1280, 1024)
FRAME = QMargins(1, 24, 1, 5)


@pytest.mark.parametrize(
    "place",
    [QRect(200, 100, 1000, 700), QRect(1, 54, 1918, 1021), QRect(1930, 24, 900, 600)],
)
def test_a_place_that_is_seen_stays_to_the_pixel(place: QRect) -> None:
    assert on_screen(place, FRAME, [LEFT, RIGHT]) == place


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (QRect(5000, 3000, 800, 600), QRect(1119, 475, 800, 600)),  # its screen is gone
        (QRect(100, 0, 800, 600), QRect(100, 54, 800, 600)),  # the title bar above the edge
        (QRect(-400, 900, 800, 600), QRect(1, 475, 800, 600)),
        (QRect(0, 0, 4000, 3000), QRect(1, 54, 1918, 1021)),  # larger than any screen
        (QRect(2000, 100, 1400, 2000), QRect(1921, 24, 1278, 995)),
    ],
)
def test_what_is_not_seen_comes_into_sight(place: QRect, expected: QRect) -> None:
    assert on_screen(place, FRAME, [LEFT, RIGHT]) == expected


numbers = st.integers(-(10**5), 10**5)
sizes = st.integers(1, 10**5)


@given(numbers, numbers, sizes, sizes)
def test_all_of_it_is_seen_wherever_it_was(x: int, y: int, width: int, height: int) -> None:
    place = on_screen(QRect(x, y, width, height), FRAME, [LEFT, RIGHT])
    outer = place.marginsAdded(FRAME)
    assert LEFT.contains(outer) or RIGHT.contains(outer)
    assert on_screen(place, FRAME, [LEFT, RIGHT]) == place  # and there it stays
