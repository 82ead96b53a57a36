"""Runs every window test without a display, in the program's own look."""

import gc
import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from hands import turn_around
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import delete, isValid

from app.ui.widgets.look.theme import Theme

PATIENCE_MS = 60_000


def pytest_configure(config):
    # What the offscreen platform says of window sizes, masks and keyboard grabs.
    config.addinivalue_line("qt_log_ignore", "This plugin does not support")


class PatientBot(QtBot):
    """Waits longer than 5 seconds, and for the event loop: a busy machine is no fault of ours."""

    def waitUntil(self, callback, *, timeout=PATIENCE_MS):
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal, *, timeout=PATIENCE_MS, **kwargs):
        return super().waitSignal(signal, timeout=timeout, **kwargs)

    def waitSignals(self, signals, *, timeout=PATIENCE_MS, **kwargs):
        return super().waitSignals(signals, timeout=timeout, **kwargs)

    def wait(self, ms):
        """Wait for so long, and until the event loop has gone round some times."""
        super().wait(ms)
        turn_around()


@pytest.fixture
def qtbot(qapp, request):
    return PatientBot(request)


@pytest.fixture(scope="session")
def theme(qapp):
    qapp.setQuitOnLastWindowClosed(False)  # as the program does; else a closed window ends a loop
    look = Theme(qapp)
    look.apply()
    return look


def _leave_nothing():
    """Close what a test left open and let go of the button: else the next one's click is lost."""
    for window in QApplication.topLevelWidgets():
        if isValid(window) and window.isVisible():
            window.hide()
            window.deleteLater()
    if QApplication.mouseButtons():
        pad = QWidget()
        pad.show()
        for button in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            if QApplication.mouseButtons() & button:
                QTest.mouseRelease(pad.windowHandle(), button)
        delete(pad)


@pytest.fixture(autouse=True)
def _look(theme):
    yield
    _leave_nothing()
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
