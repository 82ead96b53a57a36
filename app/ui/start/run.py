"""Starts the window: the application, its event loop, and the order of opening and closing.

Paint first, load after: the history, the chat list and the model come once the window stands.
"""

from __future__ import annotations

import asyncio
import gc
import locale
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from types import TracebackType

import psutil
import PySide6
import qasync
from PySide6.QtCore import QEvent, QLocale, QObject, QTimer
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication, QWidget

from app.core.errors import AppError, DamagedError, DisplayError, StoreError
from app.core.paths import resources_path
from app.core.settings import Value
from app.services.chats.chats import Chats
from app.services.chats.rescue import rescue_file
from app.services.services import Services
from app.services.snippets import Snippets
from app.services.tasks import Tasks
from app.store.history import History
from app.store.rescue import Rescued
from app.store.window_state import load_window_state, save_window_state
from app.ui.presenters.ensemble import make_presenters
from app.ui.start.display import has_display
from app.ui.start.opening import refuse_missing, sorted_out
from app.ui.start.qt_libraries import check_qt_libraries
from app.ui.start.single_instance import SingleInstance
from app.ui.widgets.controls.questions import Leaving
from app.ui.widgets.dialogs.rescue_question import ask_rescue
from app.ui.widgets.look.theme import Theme
from app.ui.window import Window
from app.ui.wiring.introduction import introduce
from app.ui.wiring.snippets import add_snippets

_log = logging.getLogger(__name__)
COLLECT_EVERY_MS = 2000
KEEP_STATE_EVERY_S = 3.0

OpenServices = Callable[[], AbstractContextManager[Services]]


def run_window(open_services: OpenServices, paths: Sequence[Path]) -> int:
    """Open the window and stay until it is closed; return the exit code.

    `paths` are what to open: a model, text files, the project's folder. Raises `DisplayError` where
    no window can open, `StoreError` where there is no such file.
    """
    refuse_missing(paths)
    _refuse_broken_qt()
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
                loop.run_until_complete(_Program(services, instance).run(paths))
        finally:
            instance.close()
            gc.enable()
    return 0


class _Program:
    """The running window: what was opened, and how it is closed again."""

    def __init__(self, services: Services, instance: SingleInstance) -> None:
        self._services = services
        self._closing = asyncio.Event()
        self._theme = Theme(_application())
        self._theme.choose(
            os.environ.get("STARWRIGHT_THEME") or str(services.settings.value("window.theme"))
        )
        self._theme.set_text(int(services.settings.value("window.text_percent")))
        self._theme.apply()
        self._window = Window(self._wish_to_close)
        self._tasks = Tasks(self._report)
        self._state = load_window_state(services.paths.window_state)
        self._window.restore(self._state)
        self._to = make_presenters(self._window, services, self._tasks, self._follow)
        introduce(self._window, self._to)
        self._chats: Chats | None = None
        self._history: History | None = None
        self._snippets: Snippets | None = None
        self._is_rescue_offered = False
        instance.raise_requested.connect(self._raise)
        self._painted = _FirstPaint(self._window)

    async def run(self, paths: Sequence[Path]) -> None:
        """Show the window, open what it needs, and stay until it is closed."""
        self._watch_for_trouble()
        self._window.show()
        await self._painted.wait()
        self._collector = collect_here(self._window)
        wanted = await asyncio.to_thread(sorted_out, paths)
        self._tasks.start(self._open_history(wanted.files), name="open history")
        self._tasks.start(self._to.models.begin(wanted.model), name="open models")
        if wanted.folder is None:
            self._to.project.begin()
        else:
            self._to.project.choose(wanted.folder)
        await self._closing.wait()
        await self._close()

    async def _open_history(self, files: Sequence[Path]) -> None:
        path = self._services.paths.database
        try:
            try:
                self._history = await asyncio.to_thread(History, path)
            except DamagedError:
                rescued = await asyncio.to_thread(rescue_file, path)
                self._window.show_notice(_words_of(rescued))
                self._history = await asyncio.to_thread(History, path)
        except StoreError as error:
            self._report(error)
            self._window.show_notice("Until this is fixed, chats are not saved.")
            self._history = await asyncio.to_thread(History, None)
        self._chats = Chats(self._history, self._services.generation)
        self._chats.on_damage(self._offer_rescue)
        for problem in self._services.settings.problems:
            self._report(problem)
        await self._to.chat.begin(self._chats, self._to.chats.refresh)
        await self._to.draft.begin(self._chats)
        await self._to.chats.begin(self._chats)
        self._begin_snippets(self._history)
        self._to.code.find_editor()
        try:
            await self._to.code.restore()
        except StoreError as error:
            self._report(error)
        if files:
            self._to.code.own.open(files)
        if not self._to.chat.is_asked_early:
            await self._reopen(self._chats)
        self._to.chat.send_early()
        self._tasks.start(self._keep_state(), name="keep window state")
        self._tasks.start(self._chats.index_older(), name="index older messages")

    def _offer_rescue(self, error: DamagedError) -> None:
        """Damage was met after the start: offer the rescue once, until the next start."""
        _log.error("%s", error)
        is_in_file = self._history is not None and self._history.database.path is not None
        if is_in_file and not self._is_rescue_offered:
            self._is_rescue_offered = True
            ask_rescue(self._window, self._rescue)

    def _rescue(self) -> None:
        self._tasks.start(self._use_rescued(), name="rescue")

    async def _use_rescued(self) -> None:
        assert self._chats is not None
        rescued = await self._chats.rescue()
        self._is_rescue_offered = False
        self._to.chats.refresh()
        await self._to.chat.show_anew()
        self._window.show_notice(_words_of(rescued))

    def _begin_snippets(self, history: History) -> None:
        services = self._services
        self._snippets = Snippets(history, services.generation, services.models)
        # Made now, and not before the first paint.
        add_snippets(self._window, self._to, self._tasks).begin(self._snippets)

    async def _reopen(self, chats: Chats) -> None:
        """Show the chat that was open when the window was left."""
        chat_id = self._state.chat_id
        if chat_id in [chat.id for chat in await chats.chats()] and self._to.chat.chat_id is None:
            await self._to.chat.show(chat_id)
            self._window.scroll_to(self._state.scroll)

    async def _keep_state(self) -> None:
        """Save the window's state when it has changed, so that a crash loses little of it."""
        while True:
            await asyncio.sleep(KEEP_STATE_EVERY_S)
            await self._save_state()

    async def _save_state(self) -> None:
        try:
            await self._to.code.keep()
        except StoreError as error:
            _log.warning("%s", error)
        state = self._window.state(self._to.chat.chat_id)
        if state != self._state:
            self._state = state
            try:
                await asyncio.to_thread(save_window_state, self._services.paths.window_state, state)
            except StoreError as error:
                _log.warning("%s", error)

    async def _close(self) -> None:
        self._window.code_panel.tell_edits()
        await self._save_state()
        try:
            await self._to.draft.keep()
        except StoreError as error:
            _log.error("The draft could not be saved: %s", error)
        try:
            await self._to.settings.keep()
        except StoreError as error:
            _log.error("The settings could not be saved: %s", error)
        if self._snippets is not None:
            self._snippets.close()
        await self._tasks.close()
        if self._chats is not None:
            problem = await self._chats.close()
            if problem is not None:
                _log.error("The last answer could not be saved: %s", problem)
        if self._history is not None:
            await asyncio.to_thread(self._history.close)

    def _follow(self, key: str, value: Value) -> None:
        """Let a changed setting of the window hold at once."""
        if key == "window.theme":
            self._theme.choose(str(value))
        elif key == "window.text_percent":
            self._theme.set_text(int(value))
        elif key == "editor.command":
            self._to.code.find_editor()

    def _wish_to_close(self) -> None:
        """Close, after one question where text is in no file."""
        self._window.code_panel.tell_edits()
        unsaved = self._to.code.own.unsaved()
        if unsaved:
            can_save = self._to.code.own.has_file_to_save()
            self._window.ask_leave(unsaved, self._leave, can_save=can_save)
        else:
            self._leave(Leaving.KEEP)

    def _leave(self, how: Leaving) -> None:
        async def leave() -> None:
            if how is Leaving.SAVE:
                await self._to.code.own.save_all()
            elif how is Leaving.DISCARD:
                self._to.code.own.discard_all()
            self._window.hide()
            self._closing.set()

        self._tasks.start(leave(), name="leave")

    def _raise(self, paths: list[Path]) -> None:
        self._window.come_forward()

        async def open_() -> None:
            wanted = await asyncio.to_thread(sorted_out, paths)
            if wanted.model is not None:
                self._to.models.choose(wanted.model)
            if wanted.folder is not None:
                self._to.project.choose(wanted.folder)
            if wanted.files:
                self._to.code.own.open(wanted.files)

        self._tasks.start(open_(), name="open what was handed over")

    def _report(self, error: BaseException) -> None:
        if isinstance(error, AppError):
            self._window.show_problem(error)
            return
        _log.error("A bug", exc_info=error)
        problem = AppError(
            f"Something went wrong inside Starwright: {type(error).__name__}.",
            hint=f"Nothing is lost. Please report it with {self._services.paths.log}.",
        )
        try:
            self._window.show_problem(problem)
        except Exception:  # noqa: BLE001 - a second bug must not hide the first
            _log.exception("The bug could not be shown")

    def _watch_for_trouble(self) -> None:
        loop = asyncio.get_running_loop()
        for name in (signal.SIGINT, signal.SIGTERM):
            if sys.platform != "win32":
                loop.add_signal_handler(name, self._closing.set)
        loop.set_exception_handler(lambda _, context: self._report_context(context))
        sys.excepthook = self._report_uncaught

    def _report_context(self, context: dict[str, object]) -> None:
        error = context.get("exception")
        self._report(error if isinstance(error, BaseException) else RuntimeError(str(context)))

    def _report_uncaught(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._closing.set()
            return
        self._report(error.with_traceback(trace))


def _words_of(rescued: Rescued) -> str:
    return (
        f"Your chat history was damaged. {rescued.chats:,} chats with {rescued.messages:,} "
        f"messages were rescued. The damaged file is kept as {rescued.kept_as}."
    )


class _FirstPaint(QObject):
    """Waits for the window's first paint and logs how long it took since the process began."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._done = asyncio.Event()
        window.installEventFilter(self)

    async def wait(self) -> None:
        """Return once the window was painted."""
        await self._done.wait()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See the first paint; never swallow anything."""
        if event.type() is QEvent.Type.Paint and not self._done.is_set():
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self._tell)
        return False

    def _tell(self) -> None:
        age_s = time.time() - psutil.Process().create_time()
        _log.info("First paint %.0f ms after the process began", age_s * 1000)
        self._done.set()


def collect_here(window: QWidget) -> QTimer:
    """Collect garbage on the GUI thread only: elsewhere it would destroy Qt objects there."""
    gc.collect()
    gc.freeze()
    gc.disable()
    timer = QTimer(window, interval=COLLECT_EVERY_MS)
    timer.timeout.connect(partial(gc.collect, 1))
    timer.start()
    return timer


def _application() -> QApplication:
    application = QGuiApplication.instance()
    assert isinstance(application, QApplication)
    return application


def _refuse_broken_qt() -> None:
    # PySide6 6.12 drops a reference to None, True or False with each call on Python below 3.12.
    if sys.version_info < (3, 12) and tuple(map(int, PySide6.__version__.split(".")[:2])) >= (
        6,
        12,
    ):
        raise DisplayError(
            f"PySide6 {PySide6.__version__} crashes on Python below 3.12.",
            hint="Remove .venv and start again with make run, which installs 6.11.",
        )
