"""Starts the window: the application, its event loop, and the order of opening and closing.

Paint first, load after: the history, the chat list and the model come once the window stands.
"""

from __future__ import annotations

import gc
import locale
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import qasync
from PySide6.QtCore import QLocale
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from app.core.errors import DisplayError
from app.core.paths import resources_path
from app.services.services import Services
from app.ui.start.display import has_display
from app.ui.start.opening import refuse_missing
from app.ui.start.program import Program
from app.ui.start.qt_libraries import check_qt_libraries
from app.ui.start.qt_version import refuse_broken_qt
from app.ui.start.single_instance import SingleInstance

OpenServices = Callable[[], AbstractContextManager[Services]]


def run_window(open_services: OpenServices, paths: Sequence[Path]) -> int:
    """Open the window and stay until it is closed; return the exit code.

    `paths` are what to open: a model, text files, the project's folder. Raises `DisplayError` where
    no window can open, `StoreError` where there is no such file.
    """
    refuse_missing(paths)
    refuse_broken_qt()
    if not has_display():
        raise DisplayError("No display was found to open a window on.")
    check_qt_libraries()
    QLocale.setDefault(QLocale.c())  # 0.7 is 0.7 everywhere: see `number_fields`
    application = QApplication(sys.argv[:1])
    locale.setlocale(locale.LC_NUMERIC, "C")  # Qt set the user's, which C code would read by
    application.setApplicationName("starwright")
    application.setApplicationDisplayName("Starwright")
    application.setDesktopFileName("starwright")
    application.setQuitOnLastWindowClosed(False)
    application.setWindowIcon(QIcon(str(resources_path() / "icons" / "brand.svg")))
    with open_services() as services:
        instance = SingleInstance(services.paths.state)
        if instance.hand_over(paths):
            sys.stdout.write("Starwright is already open; its window was brought to the front.\n")
            return 0
        instance.listen()
        loop = qasync.QEventLoop(application)
        try:
            with loop:
                loop.run_until_complete(Program(services, instance).run(paths))
        finally:
            instance.close()
            gc.enable()
    return 0
