"""Runs every window test without a display, in the program's own look."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest

from app.ui.widgets.theme import Theme


def pytest_configure(config):
    # What the offscreen platform says of window sizes, masks and keyboard grabs.
    config.addinivalue_line("qt_log_ignore", "This plugin does not support")


@pytest.fixture(scope="session")
def theme(qapp):
    look = Theme(qapp)
    look.apply()
    return look


@pytest.fixture(autouse=True)
def _look(theme):
    yield
    theme.choose("system")
