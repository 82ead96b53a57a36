"""The window: puts the widgets together, each of which is the view of its presenters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import (
    QVBoxLayout,
    QWidget,
)

from app.core.commands import Command
from app.core.machine import available_memory_bytes, total_memory_bytes
from app.store.window_state import WindowState
from app.ui.dialogs import Dialogs
from app.ui.language_choices import language_choices
from app.ui.pages import Pages
from app.ui.reach import Reach
from app.ui.widgets.composer.composer import Composer
from app.ui.widgets.composer.language_hint import LanguageHint
from app.ui.widgets.composer.model_note import ModelNote
from app.ui.widgets.controls.commands import CommandPalette, Offer, bind
from app.ui.widgets.controls.in_column import in_column
from app.ui.widgets.controls.stray_keys import write_into
from app.ui.widgets.controls.undo_bar import UndoBar
from app.ui.widgets.conversation.conversation import Conversation
from app.ui.widgets.conversation.find_in_chat import FindInChat
from app.ui.widgets.dialogs.shortcut_sheet import ShortcutSheet
from app.ui.widgets.frame.window_body import Arrangement, WindowBody
from app.ui.widgets.panel.code_panel import CodePanel
from app.ui.widgets.sidebar.sidebar import Sidebar
from app.ui.widgets.sidebar.sidebar_links import SidebarLinks
from app.ui.widgets.status.status_line import StatusLine
from app.ui.widgets.top_bar.language_picker import LanguagePicker
from app.ui.widgets.top_bar.model_picker import ModelPicker
from app.ui.widgets.top_bar.top_bar import TopBar
from app.ui.window_place import begin_on_screen, place_of, put_back

MEMORY_EVERY_MS = 2000

EXAMPLES = (
    "Write a Python function that checks whether a number is prime.",
    "Write a Dockerfile for a Python application.",
    "Write a SQL query that finds duplicate emails.",
    "Write a Terraform resource for an S3 bucket.",
)


class Window(QWidget):
    """The main window. `app.ui.wiring.introduction` introduces its places to their presenters."""

    def __init__(self, close_requested: Callable[[], None]) -> None:
        super().__init__()
        self._close_requested = close_requested
        self.setWindowTitle("Starwright")
        self.setObjectName("window")
        self.sidebar = Sidebar()
        self.model_picker = ModelPicker()
        self.language_picker = LanguagePicker()
        self.language_picker.set_languages(language_choices)
        self.conversation = Conversation()
        self.conversation.empty.set_examples(EXAMPLES)
        self.find_in_chat = FindInChat(self.conversation)
        self.composer = Composer()
        self.undo_bar = UndoBar()
        self.language_hint = LanguageHint()
        self.model_note = ModelNote()
        self.model_note.open_requested.connect(self.model_picker.open_dialog)
        self.code_panel = CodePanel()
        self.code_panel.code_actions.set_languages(language_choices)
        self.code_panel.language_choices = language_choices
        self.code_panel.find_elsewhere = self._find_in_chat
        self.status_line = StatusLine()
        self.dialogs = Dialogs(self)
        self._lay_out()
        begin_on_screen(self)
        self.composer.setFocus()
        self._memory_timer = QTimer(self, interval=MEMORY_EVERY_MS)
        self._memory_timer.timeout.connect(self._show_memory)
        self._memory_timer.start()

    def use_commands(self, commands: list[Offer]) -> None:
        """Let these commands answer to their keys, and be found in palette and sheet."""
        self.commands = self.reach.reaching(commands)
        self.palette_popup = CommandPalette(self)
        is_the_panels = [command in self.code_panel.commands for command in commands]
        both = zip(self.commands, is_the_panels, strict=True)
        bind([command for command, is_bound in both if not is_bound], self)

    def open_palette(self) -> None:
        """Show all commands to search, with what was done lately and can be undone."""
        undoable = (
            Offer(Command("Undo", done.text.rstrip(".")), partial(bar.undo, done))
            for bar in self.findChildren(UndoBar)
            for done in bar.kept
        )
        self.palette_popup.open_with([*undoable, *self.commands])

    def open_sheet(self) -> None:
        """Show all keys."""
        self.sheet = ShortcutSheet(self.commands, self)
        self.sheet.open()

    def add_commands(self, commands: Sequence[Offer]) -> None:
        """Let more be done, by name and by key."""
        reaching = self.reach.reaching(commands)
        self.commands += reaching
        bind(reaching, self)

    # --- how it was left -----------------------------------------------------------------

    def state(self, chat_id: int | None) -> WindowState:
        """Return how the window stands, to be kept for the next start."""
        body = self.body.arrangement()
        return replace(
            place_of(self),
            panel_share=body.panel_share,
            sidebar_px=body.sidebar_px,
            is_sidebar_hidden=body.is_sidebar_hidden,
            is_panel_hidden=body.is_panel_hidden,
            zoom_px=self.code_panel.zoom_px,
            is_wrapped=self.code_panel.is_wrapped,
            chat_id=chat_id,
            scroll=self.conversation.scroll_share(),
        )

    def restore(self, state: WindowState) -> None:
        """Stand as the window was left, where that place is still on a screen."""
        put_back(self, state)
        self.body.arrange(
            Arrangement(
                state.sidebar_px,
                state.panel_share,
                state.is_sidebar_hidden,
                state.is_panel_hidden,
            )
        )
        self.code_panel.set_look(zoom_px=state.zoom_px, is_wrapped=state.is_wrapped)

    def come_forward(self) -> None:
        """Raise the window: a second start was asked for."""
        self.reach.leave_page()
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take what nobody else took: Esc leads back or stops the answer, letters are a message."""
        focus = self.focusWidget()
        is_code = focus is not None and self.code_panel.isAncestorOf(focus)
        can_write = self.composer.isVisible() and not is_code
        if event.key() == Qt.Key.Key_Escape:
            if not self.reach.leave_page():
                self.composer.stop()
        elif not can_write or not write_into(self.composer.editor, event):
            super().keyPressEvent(event)

    def _find_in_chat(self) -> bool:
        """Find in the chat where the keyboard is in it; tell whether it is."""
        focus = self.focusWidget()
        places = (self.conversation, self.composer, self.find_in_chat)
        is_here = any(place is focus or place.isAncestorOf(focus) for place in places if focus)
        if is_here and self.conversation.messages():
            self.find_in_chat.open()
            return True
        return False

    def closeEvent(self, event: QCloseEvent) -> None:
        """Let the program ask what there is to ask, save, and close in order."""
        event.ignore()
        self._close_requested()

    # --- building ------------------------------------------------------------------------

    def _lay_out(self) -> None:
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.top_bar = TopBar(self.model_picker, self.language_picker)
        column.addWidget(self.top_bar)
        column.addWidget(self.find_in_chat)
        column.addWidget(self.conversation, 1)
        column.addWidget(in_column(self.undo_bar))
        column.addWidget(self.language_hint)
        column.addWidget(self.composer)
        column.addWidget(self.model_note)
        self.body = WindowBody(self.sidebar, middle, self.code_panel)
        self.reach = Reach(self, self.body, self.top_bar, self.composer)
        self.pages = Pages(self.body, self.reach)
        self.conversation.problem_shown.connect(self.pages.show_problem)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.body, 1)
        whole.addWidget(self.status_line)

    @property
    def project_views(self) -> tuple[SidebarLinks, Pages]:
        """Return the places that say which folder's files are read."""
        return self.sidebar.links, self.pages

    def _show_memory(self) -> None:
        total = total_memory_bytes()
        self.status_line.set_memory(total - available_memory_bytes(), total)
