"""Runs every window test without a display, in the program's own look."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest

from app.ui.widgets.theme import Theme


@pytest.fixture(scope="session")
def theme(qapp):
    look = Theme(qapp)
    look.apply()
    return look


@pytest.fixture(autouse=True)
def _look(theme):
    yield
    theme.choose("system")
