"""Runs every window test without a display, in the program's own look."""

import gc
import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import QCoreApplication, QEvent

from app.ui.widgets.look.theme import Theme


def pytest_configure(config):
    # What the offscreen platform says of window sizes, masks and keyboard grabs.
    config.addinivalue_line("qt_log_ignore", "This plugin does not support")


@pytest.fixture(scope="session")
def theme(qapp):
    qapp.setQuitOnLastWindowClosed(False)  # as the program does; else a closed window ends a loop
    look = Theme(qapp)
    look.apply()
    return look


@pytest.fixture(autouse=True)
def _look(theme):
    yield
    # No event loop runs here: windows that were closed would stay and be styled again, with all
    # that later tests open.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    theme.choose("system")


@pytest.fixture(scope="session", autouse=True)
def _collects_here():
    """Collect garbage on this thread only: on another it would destroy Qt objects there."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(scope="module", autouse=True)
def _collects_all(_collects_here):
    yield
    gc.collect()


@pytest.fixture(autouse=True)
def _collects_young(_collects_here):
    yield
    gc.collect(1)
